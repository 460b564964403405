using System.Runtime.CompilerServices;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Sessions;

/// <summary>One session, open or closed: sessions outlive connections and restarts.</summary>
internal struct SessionRecord
{
    /// <summary>Sequence number of the request that comes next.</summary>
    public ulong NextRequest;

    /// <summary>Sequence number of the next recoverable report.</summary>
    public ulong NextReport;

    /// <summary>The first report that can be sent again; 0 until there is one.</summary>
    public ulong RetainedFrom;

    /// <summary>The highest client order id so far; the next must be above it.</summary>
    public ulong LastClientOrderId;

    /// <summary>Outcome of the last request.</summary>
    public ulong PresentOrderId;
    public ushort PresentRejectCode;

    public SessionRoles Roles;
    public uint Account;

    /// <summary>Head of the list of its live orders.</summary>
    public uint FirstOrder;
    public uint OrderCount;
    public SessionStatus Status;
    public byte CancelOnDisconnect;

    /// <summary>1 while its orders are being cancelled as pending work.</summary>
    public byte Closing;

    public SessionIdBytes SessionId;
}

/// <summary>What the client called its session.</summary>
[InlineArray(LengthBytes)]
internal struct SessionIdBytes
{
    public const int LengthBytes = 16;

    private byte _first;
}

/// <summary>How a request ended: the answer to its duplicate.</summary>
internal struct RequestOutcomeRecord
{
    public ulong Sequence;
    public ulong OrderId;
    public ushort RejectCode;
}
