namespace HftDelta.Journal.Snapshots;

/// <summary>What goes into a snapshot file, cut into chunks of one size, the last one not longer.</summary>
public interface ISnapshotContent
{
    int ChunkCount { get; }

    long LengthBytes { get; }

    ReadOnlySpan<byte> Chunk(int index);
}
