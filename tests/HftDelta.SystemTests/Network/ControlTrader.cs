using HftDelta.Client;
using HftDelta.Client.MarketData;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.SystemTests.Network;

/// <summary>A trader of a test that asks one thing at a time and waits for its end. Owner: the test.</summary>
internal sealed class ControlTrader : VenueListener, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Dictionary<RequestNumber, RequestOutcome> _outcomes = [];
    private readonly VenueClient _client;

    public ControlTrader(string venue, ulong key)
    {
        _client = new VenueClient(
            new VenueClientOptions { VenueEndpoint = venue, Key = new KeyId(key), KeepAliveMillis = 20_000 }, this);
        _client.OnStart();
        Until(() => _client.Orders.IsEstablished, "a session");
    }

    /// <summary>Market states that it was told, instrument and state.</summary>
    public List<(uint Instrument, InstrumentState State)> States { get; } = [];

    public List<AuctionIndication> Auctions { get; } = [];

    public List<CancelReason> Cancellations { get; } = [];

    public List<OrderFill> Fills { get; } = [];

    public List<StrategyLegFill> Legs { get; } = [];

    public (Submission Sent, RequestOutcome Outcome) Order(
        uint instrument, Side side, long price, long lots, TimeInForce time = TimeInForce.GoodTillCancel)
    {
        var sent = _client.Orders.NewOrder(new OrderTerms
        {
            Instrument = new InstrumentId(instrument),
            Side = side,
            Price = new PriceTicks(price),
            Quantity = new QuantityLots(lots),
            TimeInForce = time,
        });
        return (sent, OutcomeOf(sent));
    }

    public RequestOutcome Cancel(uint instrument, Submission order) =>
        OutcomeOf(_client.Orders.Cancel(new InstrumentId(instrument), order.Order));

    public void Until(Func<bool> condition, string what)
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(begun), Is.LessThan(Deadline), $"no {what} in time");
            if (_client.DoWork() == 0)
            {
                Thread.Yield();
            }
        }
    }

    public override void OnOutcome(in RequestOutcome outcome) => _outcomes[outcome.Request] = outcome;

    public override void OnMarketState(in MarketStateChange change) => States.Add((change.Instrument.Value, change.State));

    public override void OnAuction(in AuctionIndication indication) => Auctions.Add(indication);

    public override void OnCanceled(in OrderCancellation cancellation) => Cancellations.Add(cancellation.Reason);

    public override void OnFill(in OrderFill fill) => Fills.Add(fill);

    public override void OnLegFill(in StrategyLegFill fill) => Legs.Add(fill);

    public void Dispose()
    {
        _client.OnClose();
        _client.Dispose();
    }

    private RequestOutcome OutcomeOf(Submission sent)
    {
        Assert.That(sent.IsSent, Is.True, sent.Code.ToString());
        Until(() => _outcomes.ContainsKey(sent.Request), "outcome");
        return _outcomes[sent.Request];
    }
}
