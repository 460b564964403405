using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>
/// Takes the commands of a life into a second engine, keeps its state at some command, loads it into a third one, and lets both
/// go on: every event of every command equal byte by byte, both hashes equal after each.
/// </summary>
internal static class SnapshotLife
{
    private const int ChunkBytes = 64 * 1024;
    private const int CommandsPerHash = 16;

    /// <summary>Proves it at a place that follows from the length of the life.</summary>
    public static void Prove(EngineHarness lived) => Prove(lived, (ulong)lived.Commands.Count);

    /// <summary>Proves it at so many places, drawn from the seed.</summary>
    public static void Prove(EngineHarness lived, ulong seed, int places = 1)
    {
        var random = new SplitMix64(seed);
        for (var place = 0; place < places; place++)
        {
            var at = (int)(random.Next() % (ulong)(lived.Commands.Count + 1));
            var where = $"snapshot behind command {at} of {lived.Commands.Count}, seed {seed}";
            Assert.That(DifferenceAfter(lived, at), Is.Null, where);
        }
    }

    /// <summary>What differs first between a life and its continuation from a snapshot; null when nothing does.</summary>
    /// <param name="lived">Whose commands.</param>
    /// <param name="at">How many are in the snapshot.</param>
    /// <param name="writing">What is written and read; all of the state by default.</param>
    public static string? DifferenceAfter(EngineHarness lived, int at, StateFields? writing = null)
    {
        using var original = Fresh(lived);
        for (var index = 0; index < at; index++)
        {
            Apply(original, lived, index);
        }

        using var loaded = Load(original, writing);
        if ((DifferenceOf(original, loaded) ?? SessionDifference(original, loaded)) is { } atOnce)
        {
            return $"at once: {atOnce}";
        }

        for (var index = at; index < lived.Commands.Count; index++)
        {
            Apply(original, lived, index);
            Apply(loaded, lived, index);
            if (EventDifference(original, loaded) is { } difference)
            {
                return $"at command {index + 1}: {difference}";
            }

            if ((index % CommandsPerHash == 0 || index == lived.Commands.Count - 1)
                && DifferenceOf(original, loaded) is { } hash)
            {
                return $"after command {index + 1}: {hash}";
            }
        }

        loaded.View.Audit();
        return null;
    }

    /// <summary>Another engine with the state of this one.</summary>
    public static EngineHarness Load(EngineHarness original, StateFields? writing = null)
    {
        var output = StateImage.Write(original.Processor, ChunkBytes, writing);
        var loaded = Fresh(original);
        StateImage.Read(loaded.Processor, InputOf(output), writing);
        return loaded;
    }

    public static ImageInput InputOf(ImageOutput output)
    {
        var next = 0;
        return new ImageInput(() => next < output.ChunkCount ? output.Chunk(next++) : default);
    }

    public static EngineHarness Fresh(EngineHarness like) => new(like.Limits, answerRisk: false);

    private static void Apply(EngineHarness engine, EngineHarness lived, int index)
    {
        engine.Events.Clear();
        var (envelope, frame) = lived.Commands[index];
        engine.Apply(envelope, frame);
    }

    private static string? DifferenceOf(EngineHarness original, EngineHarness loaded)
    {
        var (left, right) = (original.Processor, loaded.Processor);
        var components = right.StateComponents();
        if (left.StateComponents().FirstDifference(in components) is { } part)
        {
            return $"component {part}";
        }

        if (right.RecomputeStateHash() != right.StateHash())
        {
            return "the running sum is not that of the records";
        }

        return left.HistoryHash == right.HistoryHash && left.HistoryHashAtPoint == right.HistoryHashAtPoint
            ? null
            : "the history's hash";
    }

    /// <summary>
    /// What a client may ask for again after a restart: its reports, byte by byte, and the outcomes of its requests.
    /// </summary>
    private static string? SessionDifference(EngineHarness original, EngineHarness loaded)
    {
        var (left, right) = (original.View, loaded.View);
        for (uint handle = 1; handle < left.SessionHandleLimit; handle++)
        {
            var session = new SessionHandle(handle);
            var isThere = left.TryGetSession(session, out var sequences);
            if (right.TryGetSession(session, out var others) != isThere || (isThere && !sequences.Equals(others)))
            {
                return $"session {handle}";
            }

            for (var report = sequences.RetainedFrom; isThere && report < sequences.NextReport; report++)
            {
                if (!left.RetainedReport(session, report).SequenceEqual(right.RetainedReport(session, report)))
                {
                    return $"report {report} of session {handle}";
                }
            }

            for (ulong request = 1; isThere && request < sequences.NextRequest; request++)
            {
                var known = left.TryGetOutcome(session, request, out var order, out var code);
                if (right.TryGetOutcome(session, request, out var otherOrder, out var otherCode) != known
                    || (known && (order, code) != (otherOrder, otherCode)))
                {
                    return $"outcome of request {request} of session {handle}";
                }
            }
        }

        return null;
    }

    private static string? EventDifference(EngineHarness original, EngineHarness loaded)
    {
        if (original.Processor.HasPendingWork != loaded.Processor.HasPendingWork
            || original.Processor.IsRiskOutstanding != loaded.Processor.IsRiskOutstanding)
        {
            return "what is left to do";
        }

        if (original.Events.Count != loaded.Events.Count)
        {
            return $"{original.Events.Count} events, and {loaded.Events.Count} from the snapshot";
        }

        for (var index = 0; index < original.Events.Count; index++)
        {
            var (left, right) = (original.Events[index], loaded.Events[index]);
            if (!left.Envelope.Equals(right.Envelope) || !left.Frame.AsSpan().SequenceEqual(right.Frame))
            {
                return $"event {index} of template {left.TemplateId}";
            }
        }

        return null;
    }
}
