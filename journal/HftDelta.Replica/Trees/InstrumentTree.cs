using System.Buffers.Binary;
using HftDelta.Engine;
using HftDelta.Engine.Instruments;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Trees;

/// <summary>
/// The listed instruments as a tree of the same form as the accounts': the indices and marks that every leaf of an account was
/// computed with. Owner: one thread.
/// </summary>
public sealed class InstrumentTree
{
    public const int LeafLengthBytes = 102;

    private readonly Keccak256 _keccak = new();
    private readonly FixedDepthTree _tree;

    public InstrumentTree(EngineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _tree = new FixedDepthTree(limits.Instruments + 1);
    }

    /// <summary>Takes over every instrument as it is now.</summary>
    /// <returns>The root.</returns>
    public Bytes32 Update(in VenueView view)
    {
        Span<byte> bytes = stackalloc byte[LeafLengthBytes];
        for (uint id = 1; id <= view.InstrumentCount; id++)
        {
            Write(view.Instrument(new InstrumentId(id)), bytes);
            _tree.SetLeaf(id, _keccak.Hash(bytes));
        }

        return _tree.Root();
    }

    /// <summary>What proves an instrument's leaf, or that there is none.</summary>
    public InclusionProof Prove(InstrumentId id) => _tree.Prove(id.Value);

    /// <summary>What is hashed of an instrument: <see cref="LeafLengthBytes"/> bytes, big-endian and packed.</summary>
    public static void Write(in InstrumentFacts facts, Span<byte> bytes)
    {
        bytes[0] = TreeDomain.InstrumentLeaf;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], facts.Id.Value);
        bytes[5] = (byte)facts.State;
        // The sum of all positions: zero, and the engine proves it after every command.
        BinaryPrimitives.WriteInt64BigEndian(bytes[6..], 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes[14..], facts.OpenInterest.Value);
        BinaryPrimitives.WriteInt128BigEndian(bytes[22..], facts.DeltaIndex.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[38..], facts.SettlementPrice.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[46..], facts.Delta.Value);
        BinaryPrimitives.WriteInt128BigEndian(bytes[54..], facts.FundingIndex.Value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[70..], facts.ExpiryTime.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes[78..], facts.Strike.Value);
        BinaryPrimitives.WriteInt128BigEndian(bytes[86..], facts.Mark.Value);
    }
}
