using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Connections;

/// <summary>
/// The client's side of a connection within the process: frames to the venue, records from it. Owner: one client thread.
/// What it receives is read in place: look, advance, and release when a batch is done; a client that does not is cut.
/// </summary>
public sealed class InProcessConnection
{
    private readonly FrameRing _toVenue;
    private readonly ConnectionOutput _output;

    /// <param name="source">What its frames are: a client's, an oracle source's, the operator's.</param>
    /// <param name="session">The session that it speaks for.</param>
    /// <param name="toVenue">Its ring to ingress; in lockstep the driver's, which it shares.</param>
    /// <param name="output">The venue's side.</param>
    public InProcessConnection(RecordSource source, SessionHandle session, FrameRing toVenue, ConnectionOutput output)
    {
        ArgumentNullException.ThrowIfNull(toVenue);
        ArgumentNullException.ThrowIfNull(output);
        Source = source;
        Session = session;
        _toVenue = toVenue;
        _output = output;
    }

    public RecordSource Source { get; }

    public SessionHandle Session { get; }

    /// <summary>The venue gave this connection up because it did not read in time.</summary>
    public bool IsCut => _output.IsCut;

    /// <summary>Sends a frame.</summary>
    /// <returns>False when the ring to the venue is full: try again.</returns>
    public bool TrySend(ReadOnlySpan<byte> frame) => _toVenue.TryWrite(Source, Session, frame);

    /// <summary>Lays a frame into the ring; <see cref="Flush"/> sends all at once.</summary>
    public bool TryStage(ReadOnlySpan<byte> frame) => _toVenue.TryStage(Source, Session, frame);

    public void Flush() => _toVenue.Flush();

    /// <summary>Sends a mark that is answered in <see cref="Barriers"/> when everything before it is done.</summary>
    public bool TrySendBarrier(BarrierNumber number) => _toVenue.TryWriteBarrier(number);

    /// <summary>The next record from the venue, which stays the next until <see cref="Advance"/>.</summary>
    public bool TryPeek(out RingRecord record) => _output.Ring.Reader.TryPeek(out record);

    public void Advance() => _output.Ring.Reader.Advance();

    /// <summary>Gives back the room of everything that was read.</summary>
    public void Release() => _output.Ring.Reader.Release();
}
