using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Perf.State;

/// <summary>What the state hash costs per record that changed, against a CRC32C of the same bytes.</summary>
public static class StateHashSuite
{
    private const ulong Seed = 1;
    private const int RecordLengthBytes = 96;
    private const int RecordCount = 256;
    private const int UpdatesPerRun = 4_096;
    private const double BudgetNanos = 60;
    private const int WarmUpRounds = 20;

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "state-hash",
            $"records of {RecordLengthBytes} bytes, {RecordCount} of them in turns, one thread; an update takes the old "
            + "contribution out of the sum and puts the new one in; floor: CRC32C of the same bytes by the "
            + $"processor's instruction, in turns; the shortest of many runs of {UpdatesPerRun} updates");
        var records = new byte[RecordCount * RecordLengthBytes];
        var random = new SplitMix64(Seed);
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(records.AsSpan()))
        {
            word = random.Next();
        }

        using var store = new TrackedRecords(records);
        WarmUp(records, store);
        var pairs = options.Quick ? 5 : 15;
        var runs = options.Quick ? 40 : 400;
        Func<double> floor = () => ShortestRun.Of(runs, () => FloorNanos(records, UpdatesPerRun));
        var update = PairedRuns.Measure(pairs, floor, () => ShortestRun.Of(
            runs, () => UpdateNanos(records, UpdatesPerRun), result.Counters));
        result.Rows.Add(new SuiteRow("CRC32C of the record", "ns", update.FloorMedian));
        result.Rows.Add(update.Row($"update, budget {BudgetNanos:F0}", "ns"));
        var tracked = PairedRuns.Measure(pairs, floor, () => ShortestRun.Of(
            runs, () => store.MarkAndFoldNanos(UpdatesPerRun), result.Counters));
        result.Rows.Add(tracked.Row("mark, encode and fold", "ns"));
        var running = PairedRuns.Measure(pairs, floor, () => ShortestRun.Of(
            runs, () => RunningNanos(records, UpdatesPerRun), result.Counters));
        result.Rows.Add(running.Row("running hash, one record", "ns"));
        var portable = PairedRuns.Measure(
            3, floor, () => ShortestRun.Of(10, () => PortableNanos(records, UpdatesPerRun)));
        result.Rows.Add(portable.Row("update without AES instructions", "ns"));
        result.Notes.Add(RecordHash.IsHardware ? "this processor has AES instructions" : "no AES instructions here");
        return result;
    }

    private static void WarmUp(byte[] records, TrackedRecords store)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            FloorNanos(records, UpdatesPerRun);
            UpdateNanos(records, UpdatesPerRun);
            RunningNanos(records, UpdatesPerRun);
            PortableNanos(records, 1_000);
            store.MarkAndFoldNanos(UpdatesPerRun);

            // The compiler's last tier comes only after a quiet moment.
            Thread.Sleep(30);
        }
    }

    private static double FloorNanos(byte[] records, int updates)
    {
        var sum = 0U;
        var began = Stopwatch.GetTimestamp();
        for (var update = 0; update < updates; update++)
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(RecordOf(records, update)))
            {
                sum = BitOperations.Crc32C(sum, word);
            }
        }

        return NanosPer(began, updates, sum);
    }

    private static double UpdateNanos(byte[] records, int updates)
    {
        Span<Hash256> contributions = stackalloc Hash256[RecordCount];
        var sum = Hash256.Zero;
        var began = Stopwatch.GetTimestamp();
        for (var update = 0; update < updates; update++)
        {
            var record = RecordOf(records, update);
            ref var contribution = ref contributions[update % RecordCount];
            sum -= contribution;
            contribution = RecordHash.Compute(StateRecordType.Order, (uint)(update % RecordCount), record);
            sum += contribution;
        }

        return NanosPer(began, updates, sum.Word0);
    }

    private static double PortableNanos(byte[] records, int updates)
    {
        var sum = Hash256.Zero;
        var began = Stopwatch.GetTimestamp();
        for (var update = 0; update < updates; update++)
        {
            sum += RecordHash.ComputePortable(StateRecordType.Order, (uint)update, RecordOf(records, update));
        }

        return NanosPer(began, updates, sum.Word0);
    }

    private static double RunningNanos(byte[] records, int updates)
    {
        var hash = default(RunningHash);
        var began = Stopwatch.GetTimestamp();
        for (var update = 0; update < updates; update++)
        {
            hash.Fold(RecordOf(records, update));
        }

        return NanosPer(began, updates, hash.Value.Word0);
    }

    private static Span<byte> RecordOf(byte[] records, int update) =>
        records.AsSpan(update % RecordCount * RecordLengthBytes, RecordLengthBytes);

    /// <summary>The result is used, so that nothing of the work can be left out.</summary>
    private static double NanosPer(long began, int updates, ulong result)
    {
        var nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds / updates;
        Check.That(result != 0);
        return nanos;
    }

    /// <summary>The same records behind a tracker, as the engine has them.</summary>
    private sealed class TrackedRecords(byte[] records) : IDisposable
    {
        private readonly RecordTracker<Records> _tracker = new(new Records(records), RecordCount);

        public double MarkAndFoldNanos(int updates)
        {
            var sum = Hash256.Zero;
            var began = Stopwatch.GetTimestamp();
            for (var update = 0; update < updates; update++)
            {
                _tracker.Mark((uint)(update % RecordCount));
                if (_tracker.DirtyCount == RecordCount)
                {
                    _tracker.Fold(ref sum);
                }
            }

            _tracker.Fold(ref sum);
            var nanos = Stopwatch.GetElapsedTime(began).TotalNanoseconds / updates;
            Check.That(_tracker.DirtyCount == 0);
            return nanos;
        }

        public void Dispose() => _tracker.Dispose();
    }

    private readonly struct Records(byte[] records) : IStateRecords
    {
        public void Prefetch(uint id)
        {
        }

        public StateRecordType Type => StateRecordType.Order;

        public uint IdLimit => RecordCount;

        public bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes)
        {
            lengthBytes = RecordLengthBytes;
            RecordOf(records, (int)id).CopyTo(buffer);
            return true;
        }
    }
}
