using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;

namespace HftDelta.Perf.Network;

/// <summary>
/// The subject: a driver of its own in invoker mode, with a subscription on loopback and a publication to the other end's. A look
/// for a message is one duty cycle of the driver and one poll. Owner: one thread at a time.
/// </summary>
internal sealed class AeronEnd : MessageEnd
{
    private const string Channel = "aeron:udp?endpoint=127.0.0.1:0";
    private const int StreamId = 1;

    // While the floor has its turn the drivers stand still, on a busy machine for long; neither is to think the other gone.
    private const long StandstillNanosMax = 120_000_000_000;
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(30);

    private readonly string _parameters;
    private readonly AeronDriver _driver;
    private readonly IAgent _invoker;
    private readonly Subscription _subscription;
    private readonly Dictionary<string, Counter> _counters = [];
    private ExclusivePublication? _publication;

    private AeronEnd(NanoClock clock, AeronWay way)
    {
        _parameters = FormattableString.Invariant($"|mtu={way.MtuLengthBytes}");
        _driver = new AeronDriver(new AeronOptions
        {
            Clock = clock,
            OffersSendAtOnce = true,
            UsesSegmentationOffload = way.Segments,
            UsesReceiveOffload = way.Coalesces,
            ImageLivenessTimeoutNanos = StandstillNanosMax,
            PublicationConnectionTimeoutNanos = StandstillNanosMax,
            Counters = (name, label, unit) => _counters[$"{name} {label}"] = Counter.Detached(name, label, unit),
        });
        _invoker = _driver.Invoker;
        _subscription = _driver.AddSubscription(Channel, StreamId);
    }

    public static (AeronEnd Near, AeronEnd Far) OpenPair(AeronWay way)
    {
        var clock = new SystemNanoClock();
        var near = new AeronEnd(clock, way);
        var far = new AeronEnd(clock, way);
        near._publication = near._driver.AddExclusivePublication(far._subscription.ResolvedChannel + near._parameters, StreamId);
        far._publication = far._driver.AddExclusivePublication(near._subscription.ResolvedChannel + near._parameters, StreamId);
        var began = Stopwatch.GetTimestamp();
        while (!near.IsConnected || !far.IsConnected)
        {
            near.DoWork();
            far.DoWork();
            if (Stopwatch.GetElapsedTime(began) > ConnectDeadline)
            {
                throw new TimeoutException("the two drivers do not find each other on loopback");
            }
        }

        return (near, far);
    }

    /// <summary>NAKs that this end sent: datagrams that the system dropped.</summary>
    public long Naks => _counters["hftdelta_aeron_naks_total direction=sent"].Value;

    public long DatagramsSent => _counters["hftdelta_aeron_datagrams_total direction=sent"].Value;

    private bool IsConnected => _publication!.IsConnected && _subscription.IsConnected;

    public override bool TrySend(ReadOnlySpan<byte> message) => _publication!.Offer(message) > 0;

    public override int TryReceive(byte[] buffer)
    {
        _invoker.DoWork();
        var copy = new CopyHandler(buffer);
        _subscription.Poll(ref copy, 1);
        return copy.LengthBytes;
    }

    public int DoWork() => _invoker.DoWork();

    public int Poll<THandler>(ref THandler handler, int fragmentLimit)
        where THandler : struct, IFragmentHandler => _subscription.Poll(ref handler, fragmentLimit);

    public override void Dispose()
    {
        _publication?.Dispose();
        _subscription.Dispose();
        _driver.Dispose();
    }

    /// <summary>Takes a message out of the log, as the floor's system call takes it out of the socket.</summary>
    private struct CopyHandler(byte[] buffer) : IFragmentHandler
    {
        public int LengthBytes { get; private set; }

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
        {
            payload.CopyTo(buffer);
            LengthBytes = payload.Length;
        }
    }
}
