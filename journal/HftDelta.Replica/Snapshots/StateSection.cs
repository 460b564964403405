namespace HftDelta.Replica.Snapshots;

/// <summary>A slab or array in a snapshot: where the state holds it, and how much of it was not zero.</summary>
/// <param name="Path">From the engine to it, field by field.</param>
/// <param name="RecordBytes">Bytes of one value.</param>
/// <param name="LengthBytes">Bytes of all.</param>
/// <param name="StoredBytes">Bytes that the snapshot holds of them.</param>
public sealed record StateSection(string Path, int RecordBytes, long LengthBytes, long StoredBytes);
