using System.Runtime.InteropServices;
using HftDelta.Wire;

namespace HftDelta.Perf.Codecs;

/// <summary>All values of a new order, as an application has them. No padding to begin with, widest first.</summary>
public struct OrderFields
{
    public ulong Sequence;
    public ulong SendingTime;
    public ulong Deadline;
    public ulong AuthTag;
    public ulong ClientOrderId;
    public long Price;
    public long Quantity;
    public ulong ExpireTime;
    public uint SessionHandle;
    public RequestFlags Flags;
    public uint AccountId;
    public uint InstrumentId;
    public ushort Reserved2;
    public Side Side;
    public OrderType OrderType;
    public TimeInForce TimeInForce;
    public ExecutionFlags ExecutionFlags;
    public SelfTradePrevention SelfTradePrevention;
    public byte Reserved;
}

/// <summary>
/// The frame of a new order as somebody would lay it out by hand: header and block, 96 bytes, each field where the schema has it.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct HandWrittenOrder
{
    public ushort BlockLength;
    public ushort TemplateId;
    public ushort SchemaId;
    public ushort Version;
    public uint SessionHandle;
    public RequestFlags Flags;
    public ulong Sequence;
    public ulong SendingTime;
    public ulong Deadline;
    public ulong AuthTag;
    public uint AccountId;
    public uint InstrumentId;
    public ulong ClientOrderId;
    public long Price;
    public long Quantity;
    public ulong ExpireTime;
    public Side Side;
    public OrderType OrderType;
    public TimeInForce TimeInForce;
    public ExecutionFlags ExecutionFlags;
    public SelfTradePrevention SelfTradePrevention;
    public byte Reserved;
    public ushort Reserved2;
}
