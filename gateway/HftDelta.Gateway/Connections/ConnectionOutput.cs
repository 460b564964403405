using Disruptor;
using HftDelta.Gateway.Rings;
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
/// The venue's side of a connection: the bounded ring to one client. A client that does not read in time is cut: its reports
/// can be asked for again, the venue does not wait. Written by the egress agent; <see cref="IsCut"/> is read by all.
/// </summary>
public sealed class ConnectionOutput
{
    // Padded: egress writes the fields of this object for every record, ingress looks at this one in every duty cycle.
    private readonly Sequence _cuts = new(0);

    public ConnectionOutput(FrameRing ring, SessionHandle session, ConnectionInterests interests)
    {
        ArgumentNullException.ThrowIfNull(ring);
        Ring = ring;
        Session = session;
        Interests = interests;
    }

    public FrameRing Ring { get; }

    /// <summary>The session whose reports go here; none for a connection without.</summary>
    public SessionHandle Session { get; }

    public ConnectionInterests Interests { get; }

    /// <summary>The client lagged, and nothing more is handed to it.</summary>
    public bool IsCut => _cuts.Value != 0;

    /// <summary>Gives the client up. The egress agent's thread, which alone delivers.</summary>
    public void Cut() => _cuts.SetValue(1);

    internal bool HasStaged { get; private set; }

    /// <summary>Copies a record towards the client.</summary>
    /// <returns>False when this record found the ring full: the connection is cut.</returns>
    internal bool Deliver(in RingRecord record)
    {
        if (IsCut)
        {
            return true;
        }

        if (!Ring.TryStage(in record))
        {
            Cut();
            return false;
        }

        HasStaged = true;
        return true;
    }

    internal void Flush()
    {
        HasStaged = false;
        Ring.Flush();
    }
}
