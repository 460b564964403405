using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Engine.State;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Risk;

/// <summary>
/// Mark, delta and scenario vector of each instrument, twice: what is installed, and what the outstanding computation of its
/// underlying makes. A marker installs by exchanging the two. The one side is read by the engine, the other one is written by
/// whoever computes: workers live, the engine itself in a replay. Workers are done with it before the marker is sent; the
/// rings in between order the two.
/// </summary>
internal sealed class RiskResults(int instruments, int underlyings) : IDisposable
{
    private readonly NativeSlab<InstrumentResult> _zero = new(instruments + 1);
    private readonly NativeSlab<InstrumentResult> _one = new(instruments + 1);
    private readonly NativeSlab<long> _computed = new(underlyings + 1);

    /// <param name="side">0 or 1.</param>
    /// <param name="instrument">An id in range.</param>
    public ref InstrumentResult At(byte side, uint instrument) => ref (side == 0 ? _zero : _one)[instrument];

    /// <summary>The input sequence that the computed results of this underlying belong to.</summary>
    public ref long ComputedSequence(uint underlying) => ref _computed[underlying];

    public void Dispose()
    {
        _zero.Dispose();
        _one.Dispose();
        _computed.Dispose();
    }
}

/// <summary>What the kernel says of one instrument.</summary>
internal struct InstrumentResult
{
    /// <summary>Price of one lot in sub-atoms, rounded down.</summary>
    public Int128 Mark;

    /// <summary>Profit and loss of one lot in the scenarios, in sub-atoms.</summary>
    public VectorTable Vector;

    /// <summary>Of all of it: its share of the hash that the marker carries.</summary>
    public Hash256 Digest;

    /// <summary>In 2^-32, to the nearest.</summary>
    public long Delta;

    /// <summary>What <see cref="Digest"/> must be.</summary>
    /// <param name="instrument">Whose result it is.</param>
    [SkipLocalsInit]
    public readonly Hash256 DigestOf(uint instrument)
    {
        const int Middle = (ScenarioVectors.Count + 1) / 2;
        Span<byte> buffer = stackalloc byte[IStateRecords.RecordLengthMaxBytes];
        BinaryPrimitives.WriteInt128LittleEndian(buffer, Mark);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], Delta);
        var first = Write(Vector[..Middle], buffer[24..]) + 24;
        var digest = RecordHash.Compute(StateRecordType.RiskInputs, instrument, buffer[..first]);
        var rest = Write(Vector[Middle..], buffer);
        return digest + RecordHash.Compute(StateRecordType.RiskInputs, (1UL << 32) | instrument, buffer[..rest]);
    }

    private static int Write(ReadOnlySpan<Int128> components, Span<byte> buffer)
    {
        for (var index = 0; index < components.Length; index++)
        {
            BinaryPrimitives.WriteInt128LittleEndian(buffer[(16 * index)..], components[index]);
        }

        return 16 * components.Length;
    }
}

/// <summary>The components of <see cref="ScenarioVectors"/>.</summary>
[InlineArray(ScenarioVectors.Count)]
internal struct VectorTable
{
    private Int128 _first;
}
