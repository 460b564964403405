using HftDelta.Aeron.Sockets;
using HftDelta.Gateway.Security;

namespace HftDelta.Node;

/// <summary>How clients reach a venue over the network, and how much it holds for them. Immutable.</summary>
public sealed record VenueNetworkOptions
{
    /// <summary>
    /// HOST:PORT where requests are received; port 0 takes a free one, told by <see cref="Venue.ListenEndpoint"/>.
    /// </summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    /// <summary>Where sockets come from: the machine, or a simulated network in tests.</summary>
    public DatagramSocketFactory Sockets { get; init; } = DatagramSocketFactory.Machine;

    /// <summary>
    /// Where the transport shows itself to Aeron's tools; null: nowhere, and logs are in memory of the process.
    /// </summary>
    public string? AeronDirectory { get; init; }

    /// <summary>Makes everything that the transport draws repeatable, for simulations; null: the system's randomness.</summary>
    public ulong? RandomSeed { get; init; }

    /// <summary>Who may open sessions.</summary>
    public required ParticipantDirectory Participants { get; init; }

    /// <summary>
    /// A session that the journal says is open is closed, and its orders cancelled if it asked for that, when its client has
    /// not come back this long after a start.
    /// </summary>
    public ulong GraceNanos { get; init; } = 30_000_000_000;

    /// <summary>A handshake that is not finished after this long is given up.</summary>
    public ulong HandshakeNanosMax { get; init; } = 5_000_000_000;

    /// <summary>
    /// Connections at the same time, unfinished handshakes included. One that ended takes its place until its streams are freed:
    /// about three seconds after its client heard the end, eight when the client is gone.
    /// </summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>
    /// Unfinished handshakes at the same time; one that is given up takes its place until its streams are freed.
    /// </summary>
    public int HandshakesMax { get; init; } = 32;

    /// <summary>
    /// Sessions of one account, open or closed; an account that has them all gives up a closed one of its own for a new one.
    /// </summary>
    public int SessionsPerAccountMax { get; init; } = 32;

    /// <summary>
    /// A closed session keeps its place, and the outcomes of its requests, this long against other accounts that need one.
    /// </summary>
    public ulong SessionRetentionNanos { get; init; } = 3_600_000_000_000;

    /// <summary>
    /// Handshakes that one address may begin in a second. Those beyond it hear nothing and try again: 256 clients of one machine
    /// are back after four seconds.
    /// </summary>
    public int HandshakesPerSecondMax { get; init; } = 64;

    /// <summary>
    /// The longest terms of a stream of requests: the client chooses, and the venue pays for three of them as they fill. The
    /// default is what official drivers take when the channel names none.
    /// </summary>
    public int RequestTermLengthBytesMax { get; init; } = 1 << 24;

    /// <summary>
    /// Streams of requests from one address at the same time: those of all clients on a machine, and some that end just now.
    /// </summary>
    public int ImagesPerAddressMax => ConnectionsMax + HandshakesMax;

    /// <summary>Streams of requests in all: no one address can take them alone.</summary>
    public int ImagesMax => 2 * ImagesPerAddressMax;

    /// <summary>
    /// Slots of 128 bytes that hold what a client's flow control does not let through yet; a client that leaves them full is
    /// cut. A power of two.
    /// </summary>
    public int BacklogSlots { get; init; } = 1 << 10;

    /// <summary>Bytes of a term of what goes to one client; memory is three terms for each stream.</summary>
    public int TermLengthBytes { get; init; } = 1 << 18;
}
