using HftDelta.Client.MarketData;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Samples;

/// <summary>How the canonical load looks.</summary>
public sealed record SampleLoadOptions
{
    public const int UsualDistance = 32;

    public const int UsualLots = 10;

    public const int UsualResting = 8_192;

    public required VenueClientOptions Client { get; init; }

    /// <summary>The first gets half of all orders, the others share the rest.</summary>
    public required IReadOnlyList<InstrumentId> Instruments { get; init; }

    public required SamplePricing Pricing { get; init; }

    /// <summary>Passive orders rest within so many half spreads of fair value; those that cross reach as far.</summary>
    public int DistanceMax { get; init; } = UsualDistance;

    public int LotsMax { get; init; } = UsualLots;

    /// <summary>With so many resting a request is a cancel, so that books stay as deep however long it lasts.</summary>
    public int RestingWanted { get; init; } = UsualResting;

    public ulong Seed { get; init; } = 1;

    public LatencyRecorder? Latency { get; init; }
}

/// <summary>
/// The canonical load: 50 % passive orders, 40 % cancels, 10 % that cross, at a fixed rate in an open loop: each request has the
/// moment at which it is meant to be sent, and what waits for room in the window counts from then. Whoever wants to hear more of
/// the outcomes derives from it. Owner: one thread.
/// </summary>
public class SampleLoad : SampleClient
{
    /// <summary>Of 100.</summary>
    public const int PassiveShare = 50;

    public const int CancelShare = 40;

    private const int All = 100;
    private const int BurstMax = 32;
    private const double NanosPerSecond = 1e9;
    private static readonly RequestTag PassiveTag = new(1);

    private static readonly int CodeMax = Enum.GetValues<RejectCode>().Max(static code => (int)code);

    private readonly SampleLoadOptions _options;
    private readonly RestingOrders _resting;
    private readonly long[] _rejected = new long[CodeMax + 1];
    private readonly long[] _positionLots;
    private readonly Dictionary<uint, int> _places = [];
    private SampleNumbers _numbers;
    private double _intervalNanos;
    private ulong _begunNanos;
    private long _first;
    private long _end;

    public SampleLoad(SampleLoadOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Client, options.Latency)
    {
        _options = options;
        _numbers = new SampleNumbers(options.Seed);
        _resting = new RestingOrders(2 * options.RestingWanted);
        _positionLots = new long[options.Instruments.Count];
        for (var place = 0; place < _positionLots.Length; place++)
        {
            _places.Add(options.Instruments[place].Value, place);
        }
    }

    public override string RoleName => "sample-load";

    public long Sent { get; private set; }

    public long Answered { get; private set; }

    /// <summary>Answered, and the venue did not do it: cancels that came after a fill.</summary>
    public long Refused { get; private set; }

    /// <summary>Requests that were due and had no price yet.</summary>
    public long Unpriced { get; private set; }

    /// <summary>Its own orders that rest, as far as it has been told.</summary>
    public int Resting => _resting.Count;

    /// <summary>When the next request is meant to be sent.</summary>
    public TimeNanos NextIntended => new(_begunNanos + (ulong)((Sent - _first) * _intervalNanos));

    /// <summary>What was begun is sent and answered.</summary>
    public bool IsDone => Sent == _end && Answered == _end;

    /// <summary>From now on: so many requests, meant to leave at fixed moments.</summary>
    /// <param name="ratePerSecond">Far above what the venue takes: a closed loop that the window alone holds back.</param>
    /// <param name="count">How many.</param>
    /// <param name="now">By the client's clock.</param>
    public void Begin(double ratePerSecond, long count, TimeNanos now)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ratePerSecond);
        _intervalNanos = NanosPerSecond / ratePerSecond;
        _begunNanos = now.Value;
        _first = Sent;
        _end = Sent + count;
    }

    /// <summary>Nothing more of it is begun; what was sent is answered as ever.</summary>
    public void Stop() => _end = Sent;

    /// <summary>Requests that were meant to be sent by now and are not.</summary>
    public long Behind(TimeNanos now)
    {
        var due = _first + 1 + (long)((now.Value - _begunNanos) / _intervalNanos);
        return Math.Max(0, Math.Min(due, _end) - Sent);
    }

    /// <summary>
    /// Cancels its own orders that rest, as many as the window takes; behind <see cref="Stop"/>, and until none do.
    /// </summary>
    /// <returns>How many were sent.</returns>
    public int Withdraw()
    {
        var sent = 0;
        while (_resting.Count > 0 && TryCancel(_resting.At(_resting.Count - 1), default))
        {
            sent++;
        }

        return sent;
    }

    /// <summary>Requests that the venue refused for this reason.</summary>
    public long RejectedFor(RejectCode code) => _rejected[Math.Min((int)code, CodeMax)];

    /// <summary>What its fills have added up to; 0 when it traded with itself alone.</summary>
    public QuantityLots PositionOf(InstrumentId instrument) => new(_positionLots[_places[instrument.Value]]);

    public override void OnOutcome(in RequestOutcome outcome)
    {
        base.OnOutcome(in outcome);
        Answered++;
        Refused += outcome.IsApplied ? 0 : 1;
        Take(in outcome);
    }

    public override void OnResolvedLate(in RequestOutcome outcome)
    {
        base.OnResolvedLate(in outcome);
        Take(in outcome);
    }

    public override void OnFill(in OrderFill fill)
    {
        base.OnFill(in fill);
        if (_places.TryGetValue(fill.Instrument.Value, out var place))
        {
            _positionLots[place] += fill.Side == Side.Buy ? fill.Quantity.Value : -fill.Quantity.Value;
        }

        if (fill.Leaves.Value == 0)
        {
            _resting.Remove(fill.OrderId);
        }
    }

    public override void OnCanceled(in OrderCancellation cancellation)
    {
        base.OnCanceled(in cancellation);
        _resting.Remove(cancellation.OrderId);
    }

    public override void OnOraclePrice(in OraclePriceChange change) => _options.Pricing.OnOraclePrice(in change);

    public override void OnDeltaMove(in DeltaMove move) => _options.Pricing.OnDeltaMove(in move);

    public override void OnInstrument(in InstrumentFacts instrument) => _options.Pricing.OnInstrument(in instrument);

    public override void OnMarketState(in MarketStateChange change) => _options.Pricing.OnMarketState(in change);

    protected override int Act(TimeNanos now)
    {
        var sent = 0;
        while (sent < BurstMax && Sent < _end)
        {
            var intended = _begunNanos + (ulong)((Sent - _first) * _intervalNanos);
            if (intended > now.Value || !TrySend(now, new TimeNanos(intended)))
            {
                break;
            }

            sent++;
        }

        if (sent > 0)
        {
            Client.Flush();
        }

        return sent;
    }

    private void Take(in RequestOutcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Rejected)
        {
            _rejected[Math.Min((int)outcome.Code, CodeMax)]++;
        }
        else if (outcome.IsApplied && outcome.Tag == PassiveTag)
        {
            _resting.Add(outcome.Instrument, outcome.OrderId);
        }
    }

    /// <returns>False when the session takes nothing now: the request keeps its moment and is tried again.</returns>
    private bool TrySend(TimeNanos now, TimeNanos intended)
    {
        var draw = _resting.Count < _options.RestingWanted ? _numbers.Below(All) : PassiveShare;
        if (draw is >= PassiveShare and < PassiveShare + CancelShare && _resting.Count > 0)
        {
            return TryCancel(_resting.At(_numbers.Below(_resting.Count)), new CallNote(default, intended));
        }

        var isPassive = draw < PassiveShare + CancelShare;
        var place = _options.Instruments.Count == 1 || _numbers.Below(2) == 0
            ? 0
            : 1 + _numbers.Below(_options.Instruments.Count - 1);
        var instrument = _options.Instruments[place];
        if (!_options.Pricing.TryPrice(instrument, now, out var fair, out var half))
        {
            Unpriced++;
            return false;
        }

        var isBuy = _numbers.Below(2) == 0;
        var distance = half * (isPassive ? 1 + _numbers.Below(_options.DistanceMax) : _options.DistanceMax);
        var terms = new OrderTerms
        {
            Instrument = instrument,
            Side = isBuy ? Side.Buy : Side.Sell,
            Price = new PriceTicks(Math.Max(1, fair.Value + (isBuy == isPassive ? -distance : distance))),
            Quantity = new QuantityLots(1 + _numbers.Below(_options.LotsMax)),
            TimeInForce = isPassive ? TimeInForce.GoodTillCancel : TimeInForce.ImmediateOrCancel,
        };
        return Count(Orders.NewOrder(terms, new CallNote(isPassive ? PassiveTag : default, intended)));
    }

    // What could not be sent rests on: a full window must not change the mix.
    private bool TryCancel(RestingOrder order, CallNote note)
    {
        if (!Count(Orders.Cancel(order.Instrument, order.Order, note)))
        {
            return false;
        }

        _resting.Remove(order.Order);
        return true;
    }

    private bool Count(in Submission submission)
    {
        Sent += submission.IsSent ? 1 : 0;
        return submission.IsSent;
    }
}
