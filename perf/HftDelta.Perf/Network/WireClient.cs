using System.Diagnostics;
using HdrHistogram;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Perf.Pipeline;
using HftDelta.Perf.Rings;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Perf.Network;

/// <summary>
/// The client of a venue that is measured wire to wire: one session over UDP, orders and cancels out of a seed at a fixed rate,
/// each timed until the first report that answers it is told. Owner: one thread.
/// </summary>
internal sealed class WireClient : VenueListener, IDisposable
{
    /// <summary>Requests without outcome at most; further ones wait, and the wait counts.</summary>
    public const int Window = 1_024;

    private const int BurstMax = 32;
    private const int Options = 8;
    private const long DistanceTicksMax = 32;
    private const long LotsMax = 10;
    private const int RestingMax = 1 << 16;

    /// <summary>With so many resting a request is a cancel, so that the books stay as deep however long it lasts.</summary>
    private const int RestingWanted = 8_192;
    private const uint KeepAliveMillis = 20_000;
    private static readonly RequestTag PassiveTag = new(1);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly NanoClock _clock = new SystemNanoClock();
    private readonly VenueClient _client;
    private readonly SeededRandom _random;
    private readonly Action _throwIfStopped;
    private readonly RestingOrders _resting = new(RestingMax);
    private readonly long[] _middles =
        [FlowMarket.Price, .. Enumerable.Range(0, Options).Select(o => FlowMarket.OptionMiddle(o, Options))];

    private HistogramBase? _histogram;
    private long _lastWork = Stopwatch.GetTimestamp();

    public WireClient(string endpoint, ulong key, ulong seed, Action throwIfStopped)
    {
        _random = new SeededRandom(seed);
        _throwIfStopped = throwIfStopped;
        _client = new VenueClient(
            new VenueClientOptions
            {
                VenueEndpoint = endpoint,
                Key = new KeyId(key),
                MarketDataStreamId = 0,
                Clock = _clock,
                WindowRequests = Window,
                HeldReports = Window,

                // While the floor has its turn the client stands still; and an order that waited long is to count.
                KeepAliveMillis = KeepAliveMillis,
                RequestLifetimeNanos = 0,
            },
            this);
    }

    /// <summary>Where latencies are sorted by the time; null: nowhere.</summary>
    public IntervalRecorder? Intervals { get; set; }

    public long Sent { get; private set; }

    public long Answered { get; private set; }

    public long Refused { get; private set; }

    public long Fills { get; private set; }

    /// <summary>Requests that the client sent again because their answer took long.</summary>
    public long Resent => _client.Statistics.Resent;

    public void Connect()
    {
        var idle = default(SpinThenYield);
        while (_client.State != ConnectionState.Established)
        {
            Idle(ref idle, _client.DoWork());
        }
    }

    /// <summary>Open loop: each request counts from the time at which it was meant to be sent.</summary>
    /// <returns>Seconds from the first intended send to the last answer.</returns>
    public double RunOpen(double ratePerSecond, int count, HistogramBase? histogram)
    {
        _histogram = histogram;
        var began = _clock.Now.Value;
        var interval = 1e9 / ratePerSecond;
        var end = Sent + count;
        var first = Sent;
        var idle = default(SpinThenYield);
        while (Answered < end)
        {
            var work = 0;
            while (work < BurstMax && Sent < end)
            {
                var intended = began + (ulong)((Sent - first) * interval);
                if (intended > _clock.Now.Value || !TrySend(new TimeNanos(intended)))
                {
                    break;
                }

                work++;
            }

            if (work > 0)
            {
                _client.Flush();
            }

            Idle(ref idle, work + _client.DoWork());
        }

        return (_clock.Now.Value - began) / 1e9;
    }

    public override void OnOutcome(in RequestOutcome outcome)
    {
        var now = _clock.Now.Value;
        var nanos = Math.Max(1, (long)(now - outcome.IntendedTime.Value));
        _histogram?.RecordValue(nanos);
        Intervals?.Record(nanos);
        Answered++;
        if (!outcome.IsApplied)
        {
            Refused++;
        }
        else if (outcome.Tag == PassiveTag)
        {
            _resting.Add(outcome.Instrument, outcome.OrderId);
        }
    }

    public override void OnFill(in OrderFill fill)
    {
        Fills++;
        if (fill.Leaves.Value == 0)
        {
            _resting.Remove(fill.OrderId);
        }
    }

    public override void OnCanceled(in OrderCancellation cancellation) => _resting.Remove(cancellation.OrderId);

    public override void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code)
    {
        if (from == ConnectionState.Established && cause != ConnectionCause.Requested)
        {
            throw new InvalidOperationException($"the session was lost while it was measured: {cause} {code}");
        }
    }

    /// <summary>Ends the session in order.</summary>
    public void Close() => _client.OnClose();

    public void Dispose() => _client.Dispose();

    private bool TrySend(TimeNanos intended)
    {
        var draw = _resting.Count < RestingWanted ? _random.NextBelow(100) : OrderFlow.PassiveShare;
        if (draw >= OrderFlow.PassiveShare && draw < OrderFlow.PassiveShare + OrderFlow.CancelShare && _resting.Count > 0)
        {
            var order = _resting.Take(_random);
            return Count(_client.Orders.Cancel(order.Instrument, order.Order, new CallNote(default, intended)));
        }

        var isPassive = draw < OrderFlow.PassiveShare + OrderFlow.CancelShare;
        var instrument = _random.Chance(1, 2) ? 0 : _random.NextInRange(1, Options);
        var isBuy = _random.Chance(1, 2);
        var distance = isPassive ? _random.NextInRange(1L, DistanceTicksMax) : DistanceTicksMax;
        var terms = new OrderTerms
        {
            Instrument = new InstrumentId(FlowMarket.Perpetual + (uint)instrument),
            Side = isBuy ? Side.Buy : Side.Sell,
            Price = new PriceTicks(_middles[instrument] + (isBuy == isPassive ? -distance : distance)),
            Quantity = new QuantityLots(_random.NextInRange(1L, LotsMax)),
            TimeInForce = isPassive ? TimeInForce.GoodTillCancel : TimeInForce.ImmediateOrCancel,
        };
        return Count(_client.Orders.NewOrder(terms, new CallNote(isPassive ? PassiveTag : default, intended)));
    }

    private bool Count(in Submission submission)
    {
        if (submission.IsSent)
        {
            Sent++;
        }

        return submission.IsSent;
    }

    private void Idle(ref SpinThenYield idle, int work)
    {
        if (work > 0)
        {
            idle.Reset();
            _lastWork = Stopwatch.GetTimestamp();
            return;
        }

        _throwIfStopped();
        if (Stopwatch.GetElapsedTime(_lastWork) > SilenceMax)
        {
            throw new TimeoutException("the venue answers no more");
        }

        idle.Idle();
    }
}
