using HftDelta.Primitives.Units;

namespace HftDelta.Replica.Snapshots;

/// <summary>A snapshot that was written and proved.</summary>
/// <param name="Sequence">The last command in it.</param>
/// <param name="FileBytes">Length of its file.</param>
/// <param name="WriteTime">From the first byte of the state to the device.</param>
/// <param name="ProofTime">To read it back into an engine of its own and compute its hash from nothing.</param>
public sealed record SnapshotReport(CommandSequence Sequence, long FileBytes, TimeSpan WriteTime, TimeSpan ProofTime);
