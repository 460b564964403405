using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Primitives;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// Puts a snapshot into an engine and proves that it is what it says: chunks, both hashes, sequence and time. Whatever is wrong
/// is said and nothing of it is used: the engine is good for nothing after a fault. One thread.
/// </summary>
public static class SnapshotLoader
{
    /// <param name="file">Opened, none of its chunks read.</param>
    /// <param name="processor">Of a new engine.</param>
    /// <param name="limits">Which that engine has.</param>
    /// <exception cref="JournalException">It is damaged, of other limits, or a later program wrote it.</exception>
    public static IReadOnlyList<StateSection> Load(SnapshotFile file, CommandProcessor processor, EngineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(processor);
        var header = file.Header;
        if (LimitsOf(header) != limits)
        {
            throw Fault(header, JournalFault.SnapshotForeign, "it is of an engine with other limits");
        }

        if (header.EngineVersion > EngineVersions.Newest)
        {
            throw Fault(
                header,
                JournalFault.FormatUnknown,
                $"its engine version is {header.EngineVersion}, and this program knows versions up to {EngineVersions.Newest}");
        }

        var sections = ReadImage(file, processor);
        if (processor.LastSequence != header.Sequence || processor.LastTime != header.Time)
        {
            throw Fault(header, JournalFault.SnapshotDamaged, $"it holds the state after command {processor.LastSequence}");
        }

        var state = processor.RecomputeStateHash();
        if (StateComparison.WordsOf(state) != header.StateHash || processor.StateHash() != state)
        {
            throw Fault(
                header, JournalFault.SnapshotDamaged, $"its state hashes to {state}, and its header says another hash");
        }

        return StateComparison.WordsOf(processor.HistoryHash) == header.HistoryHash
            ? sections
            : throw Fault(header, JournalFault.SnapshotDamaged, "the history's hash is not the one that its header names");
    }

    /// <summary>Reads one into an engine of its own and audits it.</summary>
    /// <returns>What it holds.</returns>
    /// <exception cref="JournalException">It is not good.</exception>
    public static IReadOnlyList<StateSection> Prove(MappedStorage storage, string name)
    {
        using var file = SnapshotFile.Open(storage, name);
        var limits = LimitsOf(file.Header);
        using var engine = new ReplicaEngine(limits);
        var sections = Load(file, engine.Processor, limits);
        try
        {
            engine.Processor.View.Audit();
        }
        catch (InvariantBrokenException broken)
        {
            throw Fault(file.Header, JournalFault.SnapshotDamaged, $"its state breaks an invariant: {broken.Message}", broken);
        }

        return sections;
    }

    /// <summary>The limits of the engine that it is of.</summary>
    /// <exception cref="JournalException">They cannot be read.</exception>
    public static EngineLimits LimitsOf(SnapshotHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        try
        {
            return EngineLimitsText.Parse(header.Limits.Span);
        }
        catch (FormatException unreadable)
        {
            throw Fault(header, JournalFault.SnapshotDamaged, $"its limits cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static IReadOnlyList<StateSection> ReadImage(SnapshotFile file, CommandProcessor processor)
    {
        try
        {
            return StateImage.Read(processor, new ImageInput(file.NextChunk));
        }
        catch (SnapshotLayoutException other)
        {
            throw Fault(file.Header, JournalFault.FormatUnknown, $"another program wrote it: {other.Message}", other);
        }
        catch (NotSupportedException unknown)
        {
            // A mistake of this program, which its tests name; a start goes on without the snapshot.
            throw Fault(file.Header, JournalFault.FormatUnknown, unknown.Message, unknown);
        }
        catch (FormatException damage)
        {
            throw Fault(file.Header, JournalFault.SnapshotDamaged, damage.Message, damage);
        }
    }

    private static JournalException Fault(
        SnapshotHeader header, JournalFault fault, string what, Exception? cause = null) =>
        new(
            fault,
            $"snapshot of command {header.Sequence}: {what}.\n"
            + "  next: hftdelta snapshot list DIR tells the others; without any the journal is replayed from its beginning.",
            cause)
        {
            Sequence = header.Sequence,
        };
}
