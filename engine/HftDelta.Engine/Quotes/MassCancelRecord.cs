using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Wire;

namespace HftDelta.Engine.Quotes;

/// <summary>A mass cancel that is not finished: what it covers, and how far it is. A session has one at most.</summary>
internal struct MassCancelRecord : IOrderFilter
{
    public ulong ClientOrderId;
    public long LowestPrice;
    public long HighestPrice;

    /// <summary>The number of the last order that was accepted before the request: later ones are not covered.</summary>
    public ulong LastOrder;

    /// <summary>Whose orders; 0: none is outstanding.</summary>
    public uint OwnerAccount;
    public uint Instrument;
    public uint Underlying;

    /// <summary>The session that is walked, or that was done last.</summary>
    public uint WalkSession;
    public uint Canceled;
    public SideFilter Side;

    public readonly uint Account => OwnerAccount;

    public readonly CancelReason Reason => CancelReason.MassCancel;

    public readonly ulong Request => ClientOrderId;

    public readonly bool Covers(VenueState state, uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var instrument = hot.Instrument.Value;
        return state.Orders.Slab.NumberOf(slot) <= LastOrder &&
            (Instrument == 0 || Instrument == instrument) &&
            (Underlying == 0 || Underlying == state.Instruments.Read(instrument).Underlying) &&
            (Side == SideFilter.Both || (Side == SideFilter.Buy) == (hot.Side == Primitives.Units.Side.Buy)) &&
            ((LowestPrice == 0 && HighestPrice == 0) ||
                (hot.PriceTicks >= LowestPrice && hot.PriceTicks <= HighestPrice));
    }
}

/// <summary>All of it is state.</summary>
internal readonly struct MassCancelEncoding : IRecordEncoding<MassCancelRecord>
{
    public static StateRecordType Type => StateRecordType.PendingWork;

    public static bool TryEncode(uint id, in MassCancelRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, record.ClientOrderId);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], record.LowestPrice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], record.HighestPrice);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], record.LastOrder);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], record.OwnerAccount);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[36..], record.Instrument);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[40..], record.Underlying);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[44..], record.WalkSession);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[48..], record.Canceled);
        buffer[52] = (byte)record.Side;
        lengthBytes = 53;
        return record.OwnerAccount != 0;
    }
}
