using HftDelta.Engine;
using HftDelta.Journal.Reading;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Perf.Recovery;

/// <summary>
/// A journal's first records replayed, beside the core alone: the same records from memory into an engine, each named ahead as a
/// replay does. In time of the thread.
/// </summary>
internal sealed class ReplayRate : IDisposable
{
    private const double NanosPerSecond = 1e9;

    private readonly MappedStorage _journal;
    private readonly EngineLimits _limits;
    private readonly NativeSlab<byte> _records;
    private readonly int[] _offsets;

    /// <param name="journal">Whose records.</param>
    /// <param name="limits">Of the engines.</param>
    /// <param name="count">How many of them.</param>
    public ReplayRate(MappedStorage journal, EngineLimits limits, int count)
    {
        _journal = journal;
        _limits = limits;
        _offsets = new int[count + 1];
        using (var reader = new JournalReader(journal))
        {
            for (var record = 0; record < count; record++)
            {
                Check.That(reader.TryRead(out var view));
                _offsets[record + 1] = _offsets[record] + BytesOf(view.Frame.Length);
            }
        }

        _records = new NativeSlab<byte>(_offsets[count]);
        using (var reader = new JournalReader(journal))
        {
            for (var record = 0; record < count; record++)
            {
                Check.That(reader.TryRead(out var view));
                EnvelopeOf(record) = view.Envelope;
                view.Frame.CopyTo(FrameOf(record));
            }
        }
    }

    private int Count => _offsets.Length - 1;

    public void Measure(int pairs, string label, SuiteResult result)
    {
        var runs = PairedRuns.Measure(pairs, FromMemory, FromJournal);
        result.Rows.Add(new SuiteRow(
            $"{label}, within 1.5 of the core alone", "commands/s", Count / (runs.SubjectMedian / NanosPerSecond),
            runs.RatioMedian, Count / (runs.FloorMedian / NanosPerSecond)));
    }

    public void Dispose() => _records.Dispose();

    private double FromJournal()
    {
        using var host = new EngineHost(_limits);
        var begun = ThreadClock.Nanos();
        var replayed = JournalReplay.Run(_journal, host, new CommandSequence(Count));
        var nanos = ThreadClock.Nanos() - begun;
        Check.That(replayed.FirstDifference is null && replayed.Commands == Count);
        return nanos;
    }

    private double FromMemory()
    {
        using var host = new EngineHost(_limits);
        var begun = ThreadClock.Nanos();
        for (var record = 0; record < Count; record++)
        {
            if (record + RecordWindow.CountMax < Count)
            {
                var ahead = record + RecordWindow.CountMax;
                host.Processor.Note(in EnvelopeOf(ahead), FrameOf(ahead));
            }

            host.Apply(in EnvelopeOf(record), FrameOf(record));
        }

        return ThreadClock.Nanos() - begun;
    }

    private static int BytesOf(int frameBytes) => (RecordEnvelope.LengthBytes + frameBytes + 7) & -8;

    private unsafe ref RecordEnvelope EnvelopeOf(int record) => ref *(RecordEnvelope*)(_records.Pointer + _offsets[record]);

    private unsafe Span<byte> FrameOf(int record) =>
        new(_records.Pointer + _offsets[record] + RecordEnvelope.LengthBytes, EnvelopeOf(record).Length);
}
