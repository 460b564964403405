using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Client.Samples;
using HftDelta.Node.Demo.Participants;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using PrimitiveSide = HftDelta.Primitives.Units.Side;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Clients;

/// <summary>
/// A participant's desk over the network: its requests go through a client, and what it knows of its orders comes from their
/// outcomes. Owner: the client's thread.
/// </summary>
internal sealed class NetworkDesk : VenueListener, IOrderDesk, IDisposable
{
    private const int OutstandingMax = 128;

    private readonly Dictionary<ulong, LiveOrder> _live = [];
    private readonly Dictionary<ulong, LiveOrder> _sent = [];
    private readonly Dictionary<ulong, ulong> _replaced = [];
    private readonly LatencyRecorder _latency;
    private readonly long[] _outcomes = new long[(int)OutcomeKind.Unknown + 1];
    private SampleStatistics _statistics;

    public NetworkDesk(VenueClientOptions options, LatencyRecorder latency)
    {
        _latency = latency;
        Client = new VenueClient(options, this);
    }

    public VenueClient Client { get; }

    public bool IsReady => Client.Orders.IsEstablished && Client.Orders.Outstanding < OutstandingMax;

    public SampleStatistics Statistics
    {
        get
        {
            var read = _statistics with
            {
                Accepted = _outcomes[(int)OutcomeKind.Accepted],
                Canceled = _outcomes[(int)OutcomeKind.Canceled],
                Replaced = _outcomes[(int)OutcomeKind.Replaced],
                Rejected = _outcomes[(int)OutcomeKind.Rejected],
                NotApplied = _outcomes[(int)OutcomeKind.NotApplied],
                Unknown = _outcomes[(int)OutcomeKind.Unknown],
            };
            return read with { Requests = read.Ended + Client.Orders.Outstanding };
        }
    }

    public bool IsAnswered(ClientOrderId order) => !_sent.ContainsKey(order.Value);

    public LiveOrder? Find(ClientOrderId order) => _live.GetValueOrDefault(order.Value);

    public ClientOrderId New(
        InstrumentId instrument, Side side, long price, long lots, TimeInForce timeInForce = TimeInForce.GoodTillCancel,
        ExecutionFlags flags = default, TimeNanos expireTime = default)
    {
        var sent = Client.Orders.NewOrder(new OrderTerms
        {
            Instrument = instrument,
            Side = (PrimitiveSide)side,
            Price = new PriceTicks(price),
            Quantity = new QuantityLots(lots),
            TimeInForce = timeInForce,
            Flags = flags,
            ExpireTime = expireTime,
        });
        return Follow(sent, sent.Order, instrument, side, price, lots, filledLots: 0);
    }

    public void Cancel(InstrumentId instrument, ClientOrderId order, OrderId venueOrder = default) =>
        Count(venueOrder == default
            ? Client.Orders.Cancel(instrument, order)
            : Client.Orders.Cancel(instrument, venueOrder));

    public ClientOrderId Replace(LiveOrder order, long price, long leavesLots)
    {
        var sent = Client.Orders.Replace(new ReplaceTerms
        {
            Instrument = order.Instrument,
            Order = order.ClientId,
            Price = new PriceTicks(price),
            Quantity = new QuantityLots(order.FilledLots + leavesLots),
        });
        if (sent.IsSent)
        {
            _replaced[sent.Order.Value] = order.ClientId.Value;
        }

        return Follow(sent, sent.Order, order.Instrument, order.Side, price, leavesLots, order.FilledLots);
    }

    public override void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code)
    {
        _statistics = _statistics with
        {
            Established = _statistics.Established + (to == ConnectionState.Established ? 1 : 0),
        };
        if (cause == ConnectionCause.SessionForgotten)
        {
            // Nobody will tell any more what became of these.
            _sent.Clear();
            _replaced.Clear();
        }
    }

    public override void OnOutcome(in RequestOutcome outcome)
    {
        _latency(outcome.WireNanos, outcome.SinceIntendedNanos);
        _outcomes[(int)outcome.Kind]++;
        if (outcome.Kind != OutcomeKind.Unknown)
        {
            Take(in outcome);
        }
    }

    /// <summary>Counted as unknown before; from now on as what it was.</summary>
    public override void OnResolvedLate(in RequestOutcome outcome)
    {
        _outcomes[(int)OutcomeKind.Unknown]--;
        _outcomes[(int)outcome.Kind]++;
        _statistics = _statistics with { ResolvedLate = _statistics.ResolvedLate + 1 };
        Take(in outcome);
    }

    private void Take(in RequestOutcome outcome)
    {
        _statistics = _statistics with { Recovered = _statistics.Recovered + (outcome.IsRecovered ? 1 : 0) };
        var name = outcome.Order.Value;
        var isOrder = _sent.Remove(name, out var order);
        if (isOrder && outcome.Kind is OutcomeKind.Accepted or OutcomeKind.Replaced)
        {
            _live[name] = order!;
        }

        if (_replaced.Remove(name, out var old) && outcome.Kind == OutcomeKind.Replaced)
        {
            _live.Remove(old);
        }

        if (outcome.Kind == OutcomeKind.Canceled)
        {
            _live.Remove(name);
        }
    }

    public override void OnFill(in OrderFill fill)
    {
        _statistics = _statistics with
        {
            Fills = _statistics.Fills + 1,
            FilledLots = _statistics.FilledLots + fill.Quantity.Value,
        };
        if (fill.Leaves.Value == 0)
        {
            _live.Remove(fill.Order.Value);
        }
        else if (_live.TryGetValue(fill.Order.Value, out var order))
        {
            order.FilledLots += fill.Quantity.Value;
            order.LeavesLots = fill.Leaves.Value;
        }
    }

    public override void OnCanceled(in OrderCancellation cancellation)
    {
        _statistics = _statistics with { Cancellations = _statistics.Cancellations + 1 };
        _live.Remove(cancellation.Order.Value);
    }

    public override void OnReportsHealed(ReportSequence first, ReportSequence last) =>
        _statistics = _statistics with { ReportsHealed = _statistics.ReportsHealed + 1 };

    public override void OnReportsLost(ReportSequence first, ReportSequence last) =>
        _statistics = _statistics with { ReportsLost = _statistics.ReportsLost + 1 };

    /// <summary>Asks for every order that lives to be cancelled.</summary>
    public void CancelAll()
    {
        foreach (var order in _live.Values)
        {
            Cancel(order.Instrument, order.ClientId);
        }
    }

    public void Dispose() => Client.Dispose();

    private ClientOrderId Follow(
        in Submission sent, ClientOrderId name, InstrumentId instrument, Side side, long price, long leavesLots, long filledLots)
    {
        Count(sent);
        if (!sent.IsSent)
        {
            return default;
        }

        _sent[name.Value] = new LiveOrder
        {
            ClientId = name,
            OrderId = default,
            Instrument = instrument,
            Side = side,
            Price = new PriceTicks(price),
            FilledLots = filledLots,
            LeavesLots = leavesLots,
        };
        return name;
    }

    private void Count(in Submission sent) =>
        _statistics = _statistics with { Refused = _statistics.Refused + (sent.IsSent ? 0 : 1) };
}
