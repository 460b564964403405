using HftDelta.Journal.Reading;
using HftDelta.Primitives.Records;
using HftDelta.Wire;

namespace HftDelta.Node.Export;

/// <summary>
/// What the request says of an order that its reports do not repeat: side, type, time in force, and of a refused one price and
/// lots. Kept for as long as the reports of its command are read. One thread.
/// </summary>
internal sealed class OrderRequest
{
    private readonly Dictionary<(uint Instrument, Side Side), (long Price, long Lots)> _quotes = [];
    private ulong _clientOrderId;
    private uint _session;

    public ExportCell Side { get; private set; }

    public ExportCell Type { get; private set; }

    public ExportCell TimeInForce { get; private set; }

    public ExportCell Price { get; private set; }

    public ExportCell Lots { get; private set; }

    /// <summary>A command was read, of whatever kind.</summary>
    public void Take(in RecordView command)
    {
        _session = 0;
        if (command.Envelope.Source != RecordSource.Client || !HftDeltaSchema.TryPeekHeader(command.Frame, out var header))
        {
            return;
        }

        switch ((ushort)header.TemplateId)
        {
            case NewOrderSingleDecoder.TemplateId:
                var order = NewOrderSingleDecoder.Trusted(command.Frame);
                Keep(in command, order.ClientOrderId, order.Side, order.Price, order.Quantity);
                Type = Words<OrderType>.Of(order.OrderType);
                TimeInForce = Words<TimeInForce>.Of(order.TimeInForce);
                break;
            case NewOrderExtendedDecoder.TemplateId:
                var extended = NewOrderExtendedDecoder.Trusted(command.Frame);
                Keep(in command, extended.ClientOrderId, extended.Side, extended.Price, extended.Quantity);
                Type = Words<OrderType>.Of(extended.OrderType);
                TimeInForce = Words<TimeInForce>.Of(extended.TimeInForce);
                break;
            case MassQuoteDecoder.TemplateId:
                KeepQuotes(MassQuoteDecoder.Trusted(command.Frame));
                break;
            default:
                break;
        }
    }

    /// <summary>Whether this command is the order that a report tells of.</summary>
    public bool Is(uint session, ulong clientOrderId) => _session == session && session != 0 && _clientOrderId == clientOrderId;

    /// <summary>A side of the mass quote that this command is; null: it has no such side.</summary>
    public (long Price, long Lots)? Quote(uint instrument, Side side) =>
        _quotes.TryGetValue((instrument, side), out var quote) ? quote : null;

    private void Keep(in RecordView command, ulong clientOrderId, Side side, long price, long lots)
    {
        _session = command.Envelope.SessionHandle;
        _clientOrderId = clientOrderId;
        Side = Words<Side>.Of(side);
        Price = price;
        Lots = lots;
    }

    private void KeepQuotes(in MassQuoteDecoder message)
    {
        _quotes.Clear();
        foreach (var quote in message.Quotes)
        {
            Keep(quote.InstrumentId, Wire.Side.Buy, quote.BidPrice, quote.BidQuantity);
            Keep(quote.InstrumentId, Wire.Side.Sell, quote.AskPrice, quote.AskQuantity);
        }
    }

    private void Keep(uint instrument, Side side, long price, long lots)
    {
        if (lots != 0)
        {
            _quotes[(instrument, side)] = (price, lots);
        }
    }
}
