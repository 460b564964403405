using System.Buffers.Binary;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Collateral;

/// <summary>An asset that accounts may hold beside the quote asset: what it is worth as collateral, and how much of it.</summary>
internal struct AssetRecord
{
    /// <summary>What the accounts hold of it together: deposits less withdrawals, in its atoms.</summary>
    public long DepositedAtoms;

    public long AtomsPerUnit;

    /// <summary>Quote atoms that one unit is worth for each tick of its underlying's price.</summary>
    public long QuoteAtomsPerTick;

    public long VenueMaxAtoms;
    public long AccountMaxAtoms;

    /// <summary>Whose price it has.</summary>
    public uint Underlying;

    /// <summary>What is taken off its value.</summary>
    public uint HaircutPpm;

    public SymbolText Symbol;
}

/// <summary>All of it is state.</summary>
internal readonly struct AssetEncoding : IRecordEncoding<AssetRecord>
{
    private const int FixedBytes = 48;

    public static StateRecordType Type => StateRecordType.Underlying;

    public static bool TryEncode(uint id, in AssetRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, record.DepositedAtoms);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.AtomsPerUnit);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.QuoteAtomsPerTick);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], record.VenueMaxAtoms);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], record.AccountMaxAtoms);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[40..], record.Underlying);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[44..], record.HaircutPpm);
        ((ReadOnlySpan<byte>)record.Symbol).CopyTo(buffer[FixedBytes..]);
        lengthBytes = FixedBytes + SymbolText.LengthBytes;
        return record.AtomsPerUnit != 0;
    }
}
