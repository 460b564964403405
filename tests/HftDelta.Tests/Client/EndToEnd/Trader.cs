using System.Globalization;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>
/// A client that trades by chance and believes only what it is told. Every word that does not fit what it knew before fails the
/// test: an outcome that nobody waits for, a fill of an order that is not there, a quantity that does not add up, a report out of
/// order. Owner: the test's thread.
/// </summary>
internal sealed class Trader : VenueListener, IDisposable
{
    private readonly SeededRandom _random;
    private readonly string _name;
    private readonly Dictionary<ulong, Call> _open = [];
    private readonly Dictionary<ulong, Call> _unknown = [];
    private readonly Dictionary<ulong, Live> _live = [];
    private readonly ulong _answerGraceNanos;
    private readonly ulong _answerWithinNanos;
    private readonly ulong _lifetimeNanos;
    private readonly NanoClock _clock;
    private readonly HashSet<ulong> _orderIds = [];
    private readonly Dictionary<uint, long> _positions = [];
    private ulong _lastReport;

    public Trader(VenueClientOptions options, ulong seed, string name)
    {
        _random = new SeededRandom(seed);
        _name = name;
        _answerGraceNanos = options.AnswerGraceNanos;
        _answerWithinNanos = options.AnswerWithinNanos;
        _lifetimeNanos = options.RequestLifetimeNanos;
        _clock = options.Clock!;
        Client = new VenueClient(options, this);
        Client.OnStart();
    }

    public VenueClient Client { get; }

    public int Sent { get; private set; }

    public int Outcomes { get; private set; }

    public int NotApplied { get; private set; }

    /// <summary>Calls that ended as unknown because their time was up.</summary>
    public int Unknown { get; private set; }

    /// <summary>Those of them whose truth was told later.</summary>
    public int ResolvedLate { get; private set; }

    public int Fills { get; private set; }

    public int Healed { get; private set; }

    public int Lapses { get; private set; }

    /// <summary>Cash as the last report said; null before the first.</summary>
    public long? Cash { get; private set; }

    public IEnumerable<Live> Orders => _live.Values;

    public bool IsQuiet => Client.State == ConnectionState.Established && _open.Count == 0
        && Client.Orders.Outstanding == 0 && _unknown.Count == 0 && Client.Orders.Unresolved == 0;

    public long PositionOf(InstrumentId instrument) => _positions.GetValueOrDefault(instrument.Value);

    /// <summary>One call by chance.</summary>
    public void Act()
    {
        var orders = Client.Orders;
        var call = default(Call);
        Submission sent;
        var chance = _random.NextBelow(10);
        if (_live.Count == 0 || (chance < 6 && _live.Count < 40))
        {
            call = NewOrder(out var terms);
            sent = orders.NewOrder(terms);
            call.Order.Name = sent.Order.Value;
        }
        else
        {
            var order = _live.Values.ElementAt((int)_random.NextBelow((ulong)_live.Count));
            call = new Call(chance < 8 ? CallKind.Cancel : CallKind.Replace, order);
            sent = call.Kind == CallKind.Cancel ? Cancel(orders, order) : Replace(orders, ref call);
        }

        if (!sent.IsSent)
        {
            return;
        }

        Sent++;
        call.AnswerByNanos = _clock.Now.Value
            + (call.Kind == CallKind.Cancel ? _answerWithinNanos : _lifetimeNanos + _answerGraceNanos);
        _open.Add(sent.Request.Value, call);
    }

    /// <summary>No call is without an end after its time; a client that ran all the while keeps it to a step.</summary>
    public void ProveAnswered(ulong slackNanos)
    {
        foreach (var (number, call) in _open)
        {
            Require(_clock.Now.Value <= call.AnswerByNanos + slackNanos, $"call {number} has no end in time");
        }
    }

    public override void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code)
    {
        Lapses += from == ConnectionState.Established ? 1 : 0;
        Require(to != ConnectionState.Closed || cause == ConnectionCause.Requested, $"closed: {cause} {code}");
        Require(cause != ConnectionCause.SessionForgotten, "the venue forgot the session");
    }

    public override void OnOutcome(in RequestOutcome outcome)
    {
        Outcomes++;
        Require(_open.Remove(outcome.Request.Value, out var call), $"outcome of {outcome.Request} that nobody waits for");
        if (outcome.Kind == OutcomeKind.Unknown)
        {
            Unknown++;
            Require(_clock.Now.Value >= call.AnswerByNanos, $"{outcome.Request} is unknown before its time");
            _unknown.Add(outcome.Request.Value, call);
            return;
        }

        Take(in outcome, call);
    }

    public override void OnResolvedLate(in RequestOutcome outcome)
    {
        ResolvedLate++;
        Require(_unknown.Remove(outcome.Request.Value, out var call), $"{outcome.Request} was not unknown");
        Take(in outcome, call);
    }

    private void Take(in RequestOutcome outcome, Call call)
    {
        var order = call.Order;
        switch (outcome.Kind)
        {
            case OutcomeKind.Accepted:
                Require(call.Kind == CallKind.New, "accepted is a new order");
                Require(_orderIds.Add(outcome.OrderId.Value), $"order {outcome.OrderId} was made twice");
                order.OrderId = outcome.OrderId;
                _live.Add(order.Name, order);
                break;
            case OutcomeKind.Canceled:
                Require(call.Kind == CallKind.Cancel, "cancelled is a cancel");
                Require(_live.Remove(order.Name), $"order {order.Name} was not there to cancel");
                break;
            case OutcomeKind.Replaced:
                Require(call.Kind == CallKind.Replace, "replaced is a replacement");
                Require(_live.Remove(order.Name), $"order {order.Name} was not there to replace");
                order.Name = outcome.Order.Value;
                order.Price = call.Price;
                order.Total = call.Total;
                _live.Add(order.Name, order);
                break;
            case OutcomeKind.NotApplied:
                NotApplied++;
                Require(outcome.Code == RejectCode.DeadlinePassed, "not applied is a deadline");
                break;
            case OutcomeKind.Rejected:
                Require(
                    outcome.Code is RejectCode.UnknownOrder or RejectCode.QuantityNotAboveFilled or RejectCode.InstrumentBusy,
                    $"rejected: {outcome.Code}");
                break;
            default:
                Require(false, $"outcome {outcome.Kind}");
                break;
        }
    }

    public override void OnFill(in OrderFill fill)
    {
        Follow(fill.Place);
        Fills++;
        Require(_live.TryGetValue(fill.Order.Value, out var order), $"fill of {fill.Order}, which is not there");
        order!.Filled += fill.Quantity.Value;
        Require(order.Leaves == fill.Leaves.Value, $"leaves {fill.Leaves} and not {order.Leaves}");
        Require(fill.OrderId == order.OrderId, "one name, one order");
        if (order.Leaves == 0)
        {
            _live.Remove(order.Name);
        }

        var lots = fill.Side == Side.Buy ? fill.Quantity.Value : -fill.Quantity.Value;
        _positions[fill.Instrument.Value] = PositionOf(fill.Instrument) + lots;
        Cash = fill.Cash.Value;
    }

    public override void OnCanceled(in OrderCancellation cancellation)
    {
        Follow(cancellation.Place);
        Require(_live.Remove(cancellation.Order.Value, out var order), $"{cancellation.Order} is not there to be cancelled");
        Require(order!.Leaves == cancellation.Quantity.Value, $"cancelled {cancellation.Quantity} and not {order.Leaves}");
    }

    public override void OnAccountSettled(in AccountSettlement settlement)
    {
        Follow(settlement.Place);
        Cash = settlement.Cash.Value;
    }

    public override void OnReportsHealed(ReportSequence first, ReportSequence last) => Healed++;

    public override void OnReportsLost(ReportSequence first, ReportSequence last) => Require(false, $"lost {first} to {last}");

    public void Dispose() => Client.Dispose();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_name} {Client.State} sent {Sent} outcomes {Outcomes} not applied {NotApplied} fills {Fills} "
        + $"lapses {Lapses} healed {Healed} open {string.Join(',', _open.Keys.Take(5))} {Client.Statistics}");

    private Call NewOrder(out OrderTerms terms)
    {
        var order = new Live
        {
            Instrument = new InstrumentId(1 + (uint)_random.NextBelow(2)),
            Side = (Side)_random.NextBelow(2),
            Price = TradedVenue.StartPrice + (long)_random.NextBelow(9) - 4,
            Total = 1 + (long)_random.NextBelow(10),
        };
        var chance = _random.NextBelow(8);
        terms = new OrderTerms
        {
            Instrument = order.Instrument,
            Side = order.Side,
            Price = new PriceTicks(order.Price),
            Quantity = new QuantityLots(order.Total),
            TimeInForce = chance == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancel,
        };
        return new Call(CallKind.New, order);
    }

    private Submission Cancel(OrderSession orders, Live order) => _random.Chance(1, 2)
        ? orders.Cancel(order.Instrument, order.OrderId)
        : orders.Cancel(order.Instrument, new ClientOrderId(order.Name));

    private Submission Replace(OrderSession orders, ref Call call)
    {
        var order = call.Order;
        call.Price = order.Price + (long)_random.NextBelow(5) - 2;
        call.Total = order.Filled + 1 + (long)_random.NextBelow(10);
        return orders.Replace(new ReplaceTerms
        {
            Instrument = order.Instrument,
            OrderId = order.OrderId,
            Price = new PriceTicks(call.Price),
            Quantity = new QuantityLots(call.Total),
        });
    }

    private void Follow(in ReportPlace place)
    {
        Require(place.Sequence.Value > _lastReport, $"report {place.Sequence} after {_lastReport}");
        _lastReport = place.Sequence.Value;
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            Assert.Fail($"{otherwise}: {this}");
        }
    }

    /// <summary>An order as its owner believes it to be.</summary>
    internal sealed class Live
    {
        public required InstrumentId Instrument { get; init; }

        public required Side Side { get; init; }

        public ulong Name { get; set; }

        public OrderId OrderId { get; set; }

        public required long Price { get; set; }

        public required long Total { get; set; }

        public long Filled { get; set; }

        public long Leaves => Total - Filled;
    }

    private enum CallKind
    {
        New,
        Cancel,
        Replace,
    }

    private record struct Call(CallKind Kind, Live Order)
    {
        public long Price { get; set; }

        public long Total { get; set; }

        public ulong AnswerByNanos { get; set; }
    }
}
