using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Risk;

/// <summary>
/// Delta and mark of each option as the last computation of its underlying made them. Written by whoever computes: the
/// risk worker live, the engine itself in a replay. Read by the engine at the marker, which the worker sends after its
/// last write; the rings in between order the two.
/// </summary>
internal sealed class RiskResults(int instruments, int underlyings) : IDisposable
{
    private readonly NativeSlab<InstrumentResult> _records = new(instruments + 1);
    private readonly NativeSlab<long> _computed = new(underlyings + 1);

    public ref InstrumentResult At(uint instrument) => ref _records[instrument];

    /// <summary>The input sequence that the results of this underlying belong to.</summary>
    public ref long ComputedSequence(uint underlying) => ref _computed[underlying];

    public void Dispose()
    {
        _records.Dispose();
        _computed.Dispose();
    }
}

/// <summary>What the kernel says of one option.</summary>
internal struct InstrumentResult
{
    /// <summary>Price of one lot in sub-atoms, rounded down.</summary>
    public Int128 Mark;

    /// <summary>In 2^-32, to the nearest.</summary>
    public long Delta;
}
