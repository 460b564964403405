using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HftDelta.Wire;

namespace HftDelta.Perf.Codecs;

/// <summary>
/// One order from values to bytes and back, by the generated codec and by a struct laid over the bytes (faster here than one
/// that is filled beside them and copied). None is inlined into the loops that measure, so that neither side profits from what
/// its loop lets the compiler see.
/// </summary>
public static class OrderCodecs
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EncodeByStruct(in OrderFields order, Span<byte> frame)
    {
        ref var copy = ref MemoryMarshal.AsRef<HandWrittenOrder>(frame);
        copy.BlockLength = NewOrderSingleDecoder.BlockLength;
        copy.TemplateId = NewOrderSingleDecoder.TemplateId;
        copy.SchemaId = NewOrderSingleDecoder.SchemaId;
        copy.Version = NewOrderSingleDecoder.SchemaVersion;
        copy.SessionHandle = order.SessionHandle;
        copy.Flags = order.Flags;
        copy.Sequence = order.Sequence;
        copy.SendingTime = order.SendingTime;
        copy.Deadline = order.Deadline;
        copy.AuthTag = order.AuthTag;
        copy.AccountId = order.AccountId;
        copy.InstrumentId = order.InstrumentId;
        copy.ClientOrderId = order.ClientOrderId;
        copy.Price = order.Price;
        copy.Quantity = order.Quantity;
        copy.ExpireTime = order.ExpireTime;
        copy.Side = order.Side;
        copy.OrderType = order.OrderType;
        copy.TimeInForce = order.TimeInForce;
        copy.ExecutionFlags = order.ExecutionFlags;
        copy.SelfTradePrevention = order.SelfTradePrevention;
        copy.Reserved = order.Reserved;
        copy.Reserved2 = order.Reserved2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EncodeByCodec(in OrderFields order, Span<byte> frame)
    {
        var message = NewOrderSingleEncoder.Wrap(frame);
        message.Header.SetSessionHandle(order.SessionHandle).SetFlags(order.Flags).SetSequence(order.Sequence)
            .SetSendingTime(order.SendingTime).SetDeadline(order.Deadline).SetAuthTag(order.AuthTag);
        message.SetAccountId(order.AccountId).SetInstrumentId(order.InstrumentId).SetClientOrderId(order.ClientOrderId)
            .SetPrice(order.Price).SetQuantity(order.Quantity).SetExpireTime(order.ExpireTime).SetSide(order.Side)
            .SetOrderType(order.OrderType).SetTimeInForce(order.TimeInForce).SetExecutionFlags(order.ExecutionFlags)
            .SetSelfTradePrevention(order.SelfTradePrevention).SetReserved(order.Reserved).SetReserved2(order.Reserved2);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DecodeByStruct(ReadOnlySpan<byte> frame, ref OrderFields order)
    {
        ref readonly var copy = ref MemoryMarshal.AsRef<HandWrittenOrder>(frame);
        order.SessionHandle = copy.SessionHandle;
        order.Flags = copy.Flags;
        order.Sequence = copy.Sequence;
        order.SendingTime = copy.SendingTime;
        order.Deadline = copy.Deadline;
        order.AuthTag = copy.AuthTag;
        order.AccountId = copy.AccountId;
        order.InstrumentId = copy.InstrumentId;
        order.ClientOrderId = copy.ClientOrderId;
        order.Price = copy.Price;
        order.Quantity = copy.Quantity;
        order.ExpireTime = copy.ExpireTime;
        order.Side = copy.Side;
        order.OrderType = copy.OrderType;
        order.TimeInForce = copy.TimeInForce;
        order.ExecutionFlags = copy.ExecutionFlags;
        order.SelfTradePrevention = copy.SelfTradePrevention;
        order.Reserved = copy.Reserved;
        order.Reserved2 = copy.Reserved2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DecodeByCodec(ReadOnlySpan<byte> frame, ref OrderFields order)
    {
        if (NewOrderSingleDecoder.TryValidate(frame, out var message) != ValidationCode.Valid)
        {
            return;
        }

        var header = message.Header;
        order.SessionHandle = header.SessionHandle;
        order.Flags = header.Flags;
        order.Sequence = header.Sequence;
        order.SendingTime = header.SendingTime;
        order.Deadline = header.Deadline;
        order.AuthTag = header.AuthTag;
        order.AccountId = message.AccountId;
        order.InstrumentId = message.InstrumentId;
        order.ClientOrderId = message.ClientOrderId;
        order.Price = message.Price;
        order.Quantity = message.Quantity;
        order.ExpireTime = message.ExpireTime;
        order.Side = message.Side;
        order.OrderType = message.OrderType;
        order.TimeInForce = message.TimeInForce;
        order.ExecutionFlags = message.ExecutionFlags;
        order.SelfTradePrevention = message.SelfTradePrevention;
        order.Reserved = message.Reserved;
        order.Reserved2 = message.Reserved2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ValidationCode Validate(ReadOnlySpan<byte> frame) => NewOrderSingleDecoder.Validate(frame);

    /// <summary>Reads each field of the frame once, header included, and nothing else.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Touch(ReadOnlySpan<byte> frame)
    {
        ref readonly var order = ref MemoryMarshal.AsRef<HandWrittenOrder>(frame);
        return (ulong)order.BlockLength + order.TemplateId + order.SchemaId + order.Version
            + order.SessionHandle + (uint)order.Flags + order.Sequence + order.SendingTime + order.Deadline + order.AuthTag
            + order.AccountId + order.InstrumentId + order.ClientOrderId + (ulong)order.Price + (ulong)order.Quantity
            + order.ExpireTime + (byte)order.Side + (byte)order.OrderType + (byte)order.TimeInForce
            + (byte)order.ExecutionFlags + (byte)order.SelfTradePrevention + order.Reserved + order.Reserved2;
    }
}
