using Disruptor;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>What a connection wants beside the reports of its session.</summary>
[Flags]
public enum ConnectionInterests
{
    None = 0,

    /// <summary>All public data.</summary>
    MarketData = 1,

    /// <summary>Events of the venue's own: refused commands, cash movements, session states. For operators.</summary>
    Internal = 2,
}

/// <summary>
/// The venue's side of a connection: a bounded ring to a client in the process, or streams to one on the network. A client
/// that does not read in time is cut: its reports can be asked for again, the venue does not wait. Written by the egress
/// agent; <see cref="IsCut"/> and <see cref="IsReleased"/> are read by all.
/// </summary>
public sealed class ConnectionOutput
{
    // Padded: egress writes the fields of this object for every record, ingress looks at these in its duty cycle.
    private readonly Sequence _cuts = new(0);
    private readonly Sequence _releases = new(0);
    private readonly Sequence _retransmissions = new(0);
    private readonly FrameRing? _ring;

    /// <summary>To a client within the process, for one session or none.</summary>
    public ConnectionOutput(FrameRing ring, SessionHandle session, ConnectionInterests interests)
    {
        ArgumentNullException.ThrowIfNull(ring);
        _ring = ring;
        Slot = -1;
        Session = session;
        Interests = interests;
    }

    /// <summary>To a client on the network; it gets its session when that is established.</summary>
    internal ConnectionOutput(uint number, int slot, OutputStream reports, OutputStream? marketData)
    {
        Check.That(number > 0);
        Number = number;
        Slot = slot;
        Reports = reports;
        MarketData = marketData;
    }

    /// <summary>The ring to a client within the process.</summary>
    public FrameRing Ring => _ring ?? throw new InvalidOperationException("a connection over the network has no ring");

    /// <summary>The session whose reports go here; none for a connection without.</summary>
    public SessionHandle Session { get; private set; }

    public ConnectionInterests Interests { get; private set; }

    /// <summary>The client lagged, and nothing more is handed to it.</summary>
    public bool IsCut => _cuts.Value != 0;

    /// <summary>Egress has let go of it and never touches it again.</summary>
    public bool IsReleased => _releases.Value != 0;

    /// <summary>Never given twice; 0 for one within the process.</summary>
    internal uint Number { get; }

    /// <summary>Where egress keeps it; -1 for one within the process.</summary>
    internal int Slot { get; }

    internal OutputStream? Reports { get; }

    internal OutputStream? MarketData { get; }

    internal bool IsNetwork => Number != 0;

    /// <summary>Retransmissions that are finished; ingress compares it with those that it asked for.</summary>
    internal long RetransmissionsDone => _retransmissions.Value;

    /// <summary>What is being sent again. Egress.</summary>
    internal Retransmission Again;

    /// <summary>Nothing of a session follows; it ends when its backlog is sent, or at this time. Egress.</summary>
    internal ulong EndsAtNanos;

    internal bool IsEnding => EndsAtNanos != 0;

    /// <summary>Time of the last frame that went to the client. Egress.</summary>
    internal ulong LastSentNanos;

    /// <summary>The venue says something at least this often; 0: never, it is not established. Egress.</summary>
    internal ulong KeepAliveNanos;

    internal bool HasStaged { get; private set; }

    /// <summary>Gives the client up. The egress agent's thread, which alone delivers.</summary>
    public void Cut() => _cuts.SetValue(1);

    internal void Release() => _releases.SetValue(1);

    internal void RetransmissionDone() => _retransmissions.SetValue(_retransmissions.Value + 1);

    /// <summary>The session is established: its reports go here from now on.</summary>
    internal void Bind(SessionHandle session, ulong keepAliveNanos)
    {
        Session = session;
        KeepAliveNanos = keepAliveNanos;
        Interests = MarketData is null ? ConnectionInterests.None : ConnectionInterests.MarketData;
    }

    /// <summary>Hands a record on towards the client.</summary>
    /// <returns>False when this record was the first that found no room: the connection is cut.</returns>
    internal bool Deliver(in RingRecord record)
    {
        if (IsCut || IsEnding)
        {
            return true;
        }

        if (_ring is null)
        {
            return Deliver(record.Frame, record.Envelope.Source == RecordSource.MarketData);
        }

        if (!_ring.TryStage(in record))
        {
            Cut();
            return false;
        }

        HasStaged = true;
        return true;
    }

    /// <summary>Hands an answer on towards the client.</summary>
    /// <returns>False when it found no room: the connection is cut.</returns>
    internal bool Deliver(ReadOnlySpan<byte> frame, bool isMarketData = false)
    {
        if (IsCut || IsEnding)
        {
            return true;
        }

        var isKept = _ring is not null
            ? _ring.TryWrite(RecordSource.Report, Session, frame)
            : (isMarketData ? MarketData! : Reports!).TryDeliver(frame);
        if (!isKept)
        {
            Cut();
        }

        return isKept;
    }

    /// <summary>Sends what waits for the client's flow control; one whose publication has ended is cut.</summary>
    internal int DrainBacklogs()
    {
        var count = 0;
        if ((Reports!.HasBacklog && !Reports.Drain(ref count))
            || (MarketData is { HasBacklog: true } && !MarketData.Drain(ref count)))
        {
            Cut();
        }

        return count;
    }

    internal void Flush()
    {
        HasStaged = false;
        _ring?.Flush();
    }
}

/// <summary>Reports that are being sent again.</summary>
internal struct Retransmission
{
    /// <summary>0: none.</summary>
    public ulong Next;
    public ulong End;

    /// <summary>The Retransmission message has gone: the reports follow.</summary>
    public bool IsAnnounced;

    /// <summary>For the headers of what announces it.</summary>
    public ulong NextRequest;
    public long After;
}
