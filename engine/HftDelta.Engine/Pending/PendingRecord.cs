using System.Buffers.Binary;
using HftDelta.Engine.State;

namespace HftDelta.Engine.Pending;

/// <summary>What kind of work is unfinished.</summary>
internal enum PendingKind : byte
{
    None = 0,

    /// <summary>An incoming order goes on taking from its book. Id: its slot.</summary>
    Sweep = 1,

    /// <summary>The orders of a lost session are cancelled. Id: its handle.</summary>
    CancelSessionOrders = 2,

    /// <summary>The orders of an expired instrument are cancelled. Id: the instrument.</summary>
    CancelInstrumentOrders = 3,

    /// <summary>The positions in an expired instrument are paid and closed. Id: the instrument.</summary>
    CloseInstrumentPositions = 4,

    /// <summary>The state of each session is told after a start. Id: the next handle.</summary>
    TellSessionStates = 5,

    /// <summary>An instrument changes its market state once nothing trades in it. Id: the instrument.</summary>
    ChangeMarketState = 6,

    /// <summary>A call ends in one price. Id: the instrument.</summary>
    Uncross = 7,

    /// <summary>The indication of a call is looked for. Id: the instrument.</summary>
    IndicateAuction = 8,

    /// <summary>The orders of killed accounts are cancelled. Id: the next session's handle.</summary>
    EndKilledOrders = 9,

    /// <summary>Day orders of the days before this one are cancelled. Id: the session whose orders are walked.</summary>
    EndDay = 10,

    /// <summary>Triggered stops of an instrument are activated. Id: the instrument.</summary>
    ActivateTriggered = 11,

    /// <summary>Pegged orders come back with new prices. Id: the instrument.</summary>
    RepricePegs = 12,

    /// <summary>A mass cancel goes on. Id: the session that sent it.</summary>
    MassCancel = 13,

    /// <summary>The orders that market-maker protection pulled are cancelled. Id: the protection.</summary>
    PullProtected = 14,

    /// <summary>A resting order of a strategy goes on taking from the legs. Id: the strategy.</summary>
    LookAtStrategy = 15,

    /// <summary>The operator is told what it controls. Id: the next instrument, or with the top bit the next account.</summary>
    TellControlState = 16,

    /// <summary>The parameters are told. Id: where the telling stands.</summary>
    TellParameters = 17,

    /// <summary>A changed fee schedule comes into force. Id: where that stands.</summary>
    MoveFeeSchedule = 18,

    /// <summary>Accounts are looked at for cash too far below 0. Id: the next account.</summary>
    LookForShortfalls = 20,

    /// <summary>Obligations whose deadline has passed are settled; <see cref="VenueState.Delivery"/> tells how far.</summary>
    SettleDeliveries = 21,
}

/// <summary>One piece of unfinished work.</summary>
internal struct PendingRecord
{
    public PendingKind Kind;
    public uint Id;
}

/// <summary>All of it is state, and so is its place in the queue.</summary>
internal readonly struct PendingEncoding : IRecordEncoding<PendingRecord>
{
    public static StateRecordType Type => StateRecordType.PendingWork;

    public static bool TryEncode(uint id, in PendingRecord record, Span<byte> buffer, out int lengthBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, (uint)record.Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], record.Id);
        lengthBytes = 8;
        return record.Kind != PendingKind.None;
    }
}
