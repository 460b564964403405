using HftDelta.Gateway.Connections;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Development;

/// <summary>
/// What the operator sees of the public data: prices of the underlyings, and how much has happened since the start. Owner: the
/// operator's thread.
/// </summary>
internal sealed class PublicCounts(InProcessConnection connection, int underlyings)
{
    private readonly long[] _prices = new long[underlyings + 1];

    public long Trades { get; private set; }

    public long SettlementTicks { get; private set; }

    /// <summary>0 before it was published.</summary>
    public PriceTicks PriceOf(uint underlyingId) => new(_prices[underlyingId]);

    /// <summary>A price that is known from the state that was recovered.</summary>
    public void Know(uint underlyingId, PriceTicks price) => _prices[underlyingId] = price.Value;

    public void Read()
    {
        while (connection.TryPeek(out var record))
        {
            var frame = record.Frame;
            HftDeltaSchema.TryPeekHeader(frame, out var header);
            switch ((ushort)header.TemplateId)
            {
                case TradeDecoder.TemplateId:
                    Trades++;
                    break;
                case DeltaSettlementDecoder.TemplateId:
                    var settlement = DeltaSettlementDecoder.Trusted(frame);
                    SettlementTicks += settlement.Last != 0 && settlement.Trigger != SettlementTrigger.Expiry ? 1 : 0;
                    break;
                case OraclePriceDecoder.TemplateId:
                    var price = OraclePriceDecoder.Trusted(frame);
                    if (price.UnderlyingId < _prices.Length)
                    {
                        _prices[price.UnderlyingId] = price.Price;
                    }

                    break;
                default:
                    break;
            }

            connection.Advance();
        }

        connection.Release();
    }
}
