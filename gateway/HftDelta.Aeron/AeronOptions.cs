using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;

namespace HftDelta.Aeron;

/// <summary>Where the driver's counters come from: a file, or memory of their own (<see cref="Counter.Detached"/>).</summary>
public delegate Counter AeronCounterAllocation(string name, string label, CounterUnit unit);

/// <summary>
/// What a driver is made with. The defaults are those of the official driver unless the property says why not; what a channel
/// names for itself wins.
/// </summary>
public sealed record AeronOptions
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1_000 * Millisecond;
    private const int CounterValuesLengthBytesMin = 64 * 1024;
    private const int CounterValuesLengthBytesMax = 64 * 1024 * 1024;

    public required NanoClock Clock { get; init; }

    /// <summary>The network: the machine's, or a simulated one.</summary>
    public DatagramSocketFactory Sockets { get; init; } = DatagramSocketFactory.Machine;

    /// <summary>The longest datagram of a publication: a multiple of 32.</summary>
    public int MtuLengthBytes { get; init; } = 1408;

    /// <summary>
    /// Of a publication: a power of two from 64 KiB. An eighth of it is the longest message; half of it is in flight at most.
    /// Smaller than the official 16 MiB, because every session of a client has terms of its own.
    /// </summary>
    public int TermLengthBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// The folder that the driver shows itself in to Aeron's tools: counters, errors, losses, and logs as files. One driver at a
    /// time; what a dead one left is wiped. Null shows nothing and keeps logs in anonymous memory.
    /// </summary>
    public string? AeronDirectory { get; init; }

    /// <summary>
    /// Of the counters in the Aeron directory: 128 for each. A stream has up to 6, a channel 2; more than fit are counted unseen.
    /// </summary>
    public int CounterValuesLengthBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>How much an image takes before its reader has to follow: never more than half a term.</summary>
    public int InitialWindowLengthBytes { get; init; } = 128 * 1024;

    /// <summary>
    /// SO_RCVBUF of receiving sockets, best effort. More than the official 128 KiB, because many clients may send to one socket.
    /// </summary>
    public int SocketReceiveBufferLengthBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>SO_SNDBUF of sending sockets; 0 leaves the system's.</summary>
    public int SocketSendBufferLengthBytes { get; init; }

    /// <summary>
    /// Datagrams that leave together pass the network stack as one, where the kernel can cut them up (UDP GSO). They are the
    /// same on the wire.
    /// </summary>
    public bool UsesSegmentationOffload { get; init; } = true;

    /// <summary>
    /// A message that the invoker's own thread offers, or commits, between two turns leaves within that call, when the last turn
    /// found nothing to send: a lone message does not wait for what the thread does before its next turn. What follows before
    /// that turn waits for it, so that messages in a row share datagrams as ever: a burst costs one datagram more, and only
    /// after a turn without any. Order, flow control and refusals are the same. Off, because of that datagram: whoever offers
    /// one message at a time gains by it, whoever offers several at a time is better served by the turn that follows. Other
    /// threads and the other modes are not concerned. Whoever hands the invoker over to another thread offers nothing until that
    /// one has taken a turn.
    /// </summary>
    public bool OffersSendAtOnce { get; init; }

    /// <summary>
    /// Datagrams of one sender may come up the network stack as one, where the kernel can join them (UDP GRO). Off, because
    /// a kernel that waits for more to join delays the first.
    /// </summary>
    public bool UsesReceiveOffload { get; init; }

    /// <summary>
    /// How long a look at an empty socket may drive the network card itself (SO_BUSY_POLL), best effort; 0 leaves it to the
    /// system.
    /// </summary>
    public int SocketBusyPollMicros { get; init; }

    /// <summary>A SETUP that names longer terms is refused: the sender chooses, and this process pays three of them.</summary>
    public int ImageTermLengthBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Images that one endpoint holds at once; further SETUPs are refused until one ends.</summary>
    public int ImagesPerEndpointMax { get; init; } = 1024;

    /// <summary>Those of one address among them (of one network of 64 bits with IPv6).</summary>
    public int ImagesPerAddressMax { get; init; } = 1024;

    /// <summary>
    /// The logs of all images together, three terms each; SETUPs beyond are refused. Addresses, not memory: a term takes memory
    /// as its sender fills it.
    /// </summary>
    public long ImageLogLengthBytesMax { get; init; } = 64L * 1024 * 1024 * 1024;

    /// <summary>An SM at least this often for each image.</summary>
    public long StatusMessageTimeoutNanos { get; init; } = 200 * Millisecond;

    /// <summary>A receiver that sent no SM for so long is gone.</summary>
    public long PublicationConnectionTimeoutNanos { get; init; } = 5 * Second;

    /// <summary>How long a closed publication stays to repair losses, unless its receiver told that it has everything.</summary>
    public long PublicationLingerNanos { get; init; } = 5 * Second;

    /// <summary>A claim that was not committed for so long, and that holds up what follows, is cleared away.</summary>
    public long PublicationUnblockTimeoutNanos { get; init; } = 15 * Second;

    /// <summary>A receiver that flow control waits for and that was silent for so long no longer counts.</summary>
    public long FlowControlReceiverTimeoutNanos { get; init; } = 5 * Second;

    /// <summary>How many receivers a group needs unless the channel says so.</summary>
    public int FlowControlGroupSizeMin { get; init; }

    /// <summary>The tag of a group's receivers unless the channel says so.</summary>
    public long FlowControlGroupTag { get; init; }

    /// <summary>One NAK brings back at most this many times a receiver's window.</summary>
    public int UnicastRetransmitWindowMultiple { get; init; } = 16;

    /// <summary>The same where several receivers get what one of them missed.</summary>
    public int GroupRetransmitWindowMultiple { get; init; } = 4;

    /// <summary>How many ranges are sent again at once to a group; one receiver has one.</summary>
    public int MaxResend { get; init; } = 16;

    /// <summary>How many destinations a channel has at once; those that announce themselves beyond are refused.</summary>
    public int DestinationsMax { get; init; } = 256;

    /// <summary>
    /// Told when a receiver refuses a stream, on the conductor's thread; it must not throw. Null when nobody wants to know.
    /// </summary>
    public Action<PublicationError>? OnPublicationError { get; init; }

    /// <summary>A closed publication that cannot send what it has is given up after so long.</summary>
    public long PublicationDrainTimeoutNanos { get; init; } = 15 * Second;

    /// <summary>An image from which nothing came for so long is gone.</summary>
    public long ImageLivenessTimeoutNanos { get; init; } = 10 * Second;

    /// <summary>
    /// How often slow changes of state are looked at. Shorter than the official second, so that the end of a stream is told at
    /// once.
    /// </summary>
    public long TimerIntervalNanos { get; init; } = 10 * Millisecond;

    /// <summary>How long the memory of a log that nobody uses any more is kept, for a thread that may still be inside.</summary>
    public long ResourceLingerNanos { get; init; } = 3 * Second;

    /// <summary>From a gap's discovery to its first NAK.</summary>
    public long NakDelayNanos { get; init; } = 1_000;

    /// <summary>A NAK is repeated after the delay times this.</summary>
    public int NakRetryDelayRatio { get; init; } = 100;

    /// <summary>In a group a receiver waits at most so long before it asks for a gap.</summary>
    public long NakMulticastBackoffNanosMax { get; init; } = 10 * Millisecond;

    /// <summary>How many receivers a group is assumed to have: more wait longer.</summary>
    public int NakMulticastGroupSize { get; init; } = 10;

    /// <summary>What subscriptions call themselves to tagged flow control unless their channel does; null: nothing.</summary>
    public long? ReceiverGroupTag { get; init; }

    /// <summary>Whether cubic congestion control asks senders how long a round trip takes.</summary>
    public bool CubicMeasuresRoundTrip { get; init; }

    /// <summary>What cubic congestion control assumes until it has measured.</summary>
    public long CubicRoundTripNanos { get; init; } = Millisecond / 10;

    /// <summary>An untethered reader that is too far behind the fastest one for so long is let go.</summary>
    public long UntetheredWindowLimitTimeoutNanos { get; init; } = 5 * Second;

    /// <summary>Its place still counts for so long after that; null: as long as the limit.</summary>
    public long? UntetheredLingerTimeoutNanos { get; init; }

    /// <summary>After so long it joins again, where the stream stands by then.</summary>
    public long UntetheredRestingTimeoutNanos { get; init; } = 10 * Second;

    /// <summary>A range that was sent again is not sent a third time within this.</summary>
    public long RetransmitLingerNanos { get; init; } = 10 * Millisecond;

    /// <summary>
    /// Session ids, initial term ids and receiver ids are derived from it, so that a simulation repeats itself; null takes the
    /// system's randomness, which everything that really talks should.
    /// </summary>
    public ulong? RandomSeed { get; init; }

    /// <summary>Where counters come from; null keeps them in memory of their own.</summary>
    public AeronCounterAllocation? Counters { get; init; }

    /// <exception cref="AeronException">A value that cannot be.</exception>
    internal void Validate()
    {
        Require(TermArithmetic.IsTermLength(TermLengthBytes), $"{nameof(TermLengthBytes)} is {TermLengthBytes}: "
            + "it must be a power of two from 65536 to 1073741824");
        Require(TermArithmetic.IsMtuLength(MtuLengthBytes), $"{nameof(MtuLengthBytes)} is {MtuLengthBytes}: "
            + $"it must be a multiple of 32 from {TermArithmetic.MtuLengthBytesMin} to {TermArithmetic.MtuLengthBytesMax}");
        Require(TermArithmetic.IsTermLength(ImageTermLengthBytesMax),
            $"{nameof(ImageTermLengthBytesMax)} is {ImageTermLengthBytesMax}: "
            + "it must be a power of two from 65536 to 1073741824");
        Require(InitialWindowLengthBytes >= MtuLengthBytes, $"{nameof(InitialWindowLengthBytes)} is "
            + $"{InitialWindowLengthBytes}: it must hold at least one datagram of {MtuLengthBytes} bytes");
        Require(
            CounterValuesLengthBytes is >= CounterValuesLengthBytesMin and <= CounterValuesLengthBytesMax
            && CounterValuesLengthBytes % CounterValuesLengthBytesMin == 0,
            $"{nameof(CounterValuesLengthBytes)} is {CounterValuesLengthBytes}: it must be a multiple of "
            + $"{CounterValuesLengthBytesMin} up to {CounterValuesLengthBytesMax}");
        Require(SocketBusyPollMicros >= 0, $"{nameof(SocketBusyPollMicros)} must not be negative");
        Require(ImagesPerEndpointMax > 0, $"{nameof(ImagesPerEndpointMax)} must be more than 0");
        Require(ImagesPerAddressMax > 0, $"{nameof(ImagesPerAddressMax)} must be more than 0");
        Require(
            PublicationUnblockTimeoutNanos > 0 && FlowControlReceiverTimeoutNanos > 0 && FlowControlGroupSizeMin >= 0,
            "timeouts and sizes of groups are not negative");
        Require(
            UnicastRetransmitWindowMultiple > 0 && GroupRetransmitWindowMultiple > 0, "a NAK brings back at least a window");
        Require(MaxResend is > 0 and <= Channels.ChannelUri.MaxResendMax,
            $"{nameof(MaxResend)} is {MaxResend}: it must be from 1 to {Channels.ChannelUri.MaxResendMax}");
        Require(DestinationsMax > 0, $"{nameof(DestinationsMax)} must be more than 0");
        Require(ImageLogLengthBytesMax > 0, $"{nameof(ImageLogLengthBytesMax)} must be more than 0");
        Require(NakMulticastGroupSize > 0, $"{nameof(NakMulticastGroupSize)} must be more than 0");
        Require(
            NakMulticastBackoffNanosMax >= 0 && CubicRoundTripNanos > 0 && UntetheredWindowLimitTimeoutNanos >= 0
            && UntetheredLingerTimeoutNanos is null or >= 0 && UntetheredRestingTimeoutNanos >= 0,
            "timeouts of receivers are not negative");
        Require(NakRetryDelayRatio > 0, $"{nameof(NakRetryDelayRatio)} must be more than 0");
        Require(
            StatusMessageTimeoutNanos > 0 && PublicationConnectionTimeoutNanos > 0 && PublicationLingerNanos >= 0
            && PublicationDrainTimeoutNanos >= 0 && ImageLivenessTimeoutNanos > 0 && TimerIntervalNanos > 0
            && ResourceLingerNanos >= 0 && NakDelayNanos >= 0 && RetransmitLingerNanos >= 0,
            "timeouts are not negative");
    }

    private static void Require(bool holds, string words)
    {
        if (!holds)
        {
            throw new AeronException(words);
        }
    }
}
