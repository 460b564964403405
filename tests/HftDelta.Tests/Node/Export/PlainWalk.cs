using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Node.Cli;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Wire;

namespace HftDelta.Tests.Node.Export;

/// <summary>What a replay says, counted in the most obvious way.</summary>
internal sealed class PlainWalk : ReplayObserver
{
    private readonly long _from;
    private long _sequence;

    private PlainWalk(long from) => _from = from;

    /// <summary>Trades by instrument: how many, lots, and the highest price.</summary>
    public SortedDictionary<uint, (long Count, long Lots, long High)> Volumes { get; } = [];

    /// <summary>Reports by template.</summary>
    public Dictionary<ushort, long> Reports { get; } = [];

    /// <summary>By account and reason.</summary>
    public SortedDictionary<(uint Account, string Reason), long> Rejects { get; } = [];

    public static PlainWalk Of(string journal, long from = 1, long? to = null)
    {
        var walk = new PlainWalk(from);
        using var replayed = ReplayedJournal.Read(journal, to, walk, TextWriter.Null);
        return walk;
    }

    protected override void OnCommand(in RecordView command) => _sequence = command.Sequence.Value;

    protected override void OnEvent(in RingRecord record)
    {
        if (_sequence < _from || !HftDeltaSchema.TryPeekHeader(record.Frame, out var header))
        {
            return;
        }

        if (record.Envelope.Source == RecordSource.MarketData && header.TemplateId == TradeDecoder.TemplateId)
        {
            var trade = TradeDecoder.Trusted(record.Frame);
            var (count, lots, high) = Volumes.GetValueOrDefault(trade.InstrumentId);
            Volumes[trade.InstrumentId] = (count + 1, lots + trade.Quantity, Math.Max(high, trade.Price));
        }
        else if (record.Envelope.Source == RecordSource.Report)
        {
            var template = (ushort)header.TemplateId;
            Reports[template] = Reports.GetValueOrDefault(template) + 1;
            if (template == OrderRejectedDecoder.TemplateId)
            {
                var reject = OrderRejectedDecoder.Trusted(record.Frame);
                var key = (reject.AccountId, reject.Code.ToString());
                Rejects[key] = Rejects.GetValueOrDefault(key) + 1;
            }
        }
    }
}
