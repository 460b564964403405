using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Statements;

/// <summary>
/// The gross price at which each open position was entered, on average, from the fills of a replay: what is closed leaves the
/// average as it is, what goes beyond flat begins anew. For display. One thread.
/// </summary>
internal sealed class EntryPrices : ReplayObserver
{
    private readonly Dictionary<(uint Account, uint Instrument), (long Lots, decimal Price)> _entries = [];

    public KnownInstruments Known { get; } = new();

    /// <summary>In ticks; null: the account never traded it.</summary>
    public decimal? Of(AccountId account, InstrumentId instrument) =>
        _entries.TryGetValue((account.Value, instrument.Value), out var entry) ? entry.Price : null;

    protected override void OnCommand(in RecordView command)
    {
    }

    protected override void OnEvent(in RingRecord record)
    {
        if (record.Envelope.Source is not (RecordSource.MarketData or RecordSource.Report)
            || !HftDeltaSchema.TryPeekHeader(record.Frame, out var header))
        {
            return;
        }

        switch ((ushort)header.TemplateId)
        {
            case InstrumentDefinitionDecoder.TemplateId:
                Known.Take(InstrumentDefinitionDecoder.Trusted(record.Frame));
                break;
            case OrderFilledDecoder.TemplateId:
                var fill = OrderFilledDecoder.Trusted(record.Frame);
                if (Known.Find(fill.InstrumentId) is not { IsStrategy: true })
                {
                    Take(fill.AccountId, fill.InstrumentId, Signed(fill.Side, fill.Quantity), fill.Price);
                }

                break;
            case StrategyLegFilledDecoder.TemplateId:
                var leg = StrategyLegFilledDecoder.Trusted(record.Frame);
                Take(leg.AccountId, leg.InstrumentId, Signed(leg.Side, leg.Quantity), leg.Price);
                break;
            default:
                break;
        }
    }

    private static long Signed(Wire.Side side, long lots) => side == Wire.Side.Buy ? lots : -lots;

    private void Take(uint account, uint instrument, long lots, long price)
    {
        var (held, average) = _entries.GetValueOrDefault((account, instrument));
        var after = held + lots;
        if (held == 0 || Math.Sign(after) == -Math.Sign(held))
        {
            average = price;
        }
        else if (Math.Abs(after) > Math.Abs(held))
        {
            average = ((average * held) + ((decimal)price * lots)) / after;
        }

        _entries[(account, instrument)] = (after, average);
    }
}
