using HftDelta.Client.Connections;
using HftDelta.Client.MarketData;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Samples;

/// <summary>
/// A market maker to start from: quotes both sides of each instrument around fair value, a little lower the more it holds, and
/// touches an order only when its price is off or much of it is filled. Owner: one thread.
/// </summary>
public sealed class SampleMaker : SampleClient
{
    private readonly SampleMakerOptions _options;
    private readonly TwoSidedQuote[] _quotes;
    private readonly long[] _positionLots;
    private readonly Dictionary<uint, int> _places = [];
    private SampleNumbers _numbers;
    private ulong _nextLookNanos;
    private int _next;

    public SampleMaker(SampleMakerOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Client, options.Latency)
    {
        _options = options;
        _numbers = new SampleNumbers(options.Seed);
        _positionLots = new long[options.Instruments.Count];
        _quotes = new TwoSidedQuote[options.Instruments.Count];
        for (var place = 0; place < _quotes.Length; place++)
        {
            _quotes[place] = Orders.Quotes.Add(options.Instruments[place]);
            _places.Add(options.Instruments[place].Value, place);
        }
    }

    public override string RoleName => "sample-maker";

    /// <summary>What it holds of an instrument that it quotes.</summary>
    public QuantityLots PositionOf(InstrumentId instrument) => new(_positionLots[_places[instrument.Value]]);

    public override void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code)
    {
        base.OnStateChanged(from, to, cause, code);

        // After a loss every quote is set anew, as soon as the session is back.
        _next = 0;
        _nextLookNanos = 0;
    }

    public override void OnFill(in OrderFill fill)
    {
        base.OnFill(in fill);
        if (_places.TryGetValue(fill.Instrument.Value, out var place))
        {
            _positionLots[place] += fill.Side == Side.Buy ? fill.Quantity.Value : -fill.Quantity.Value;
        }
    }

    public override void OnOraclePrice(in OraclePriceChange change) => _options.Pricing.OnOraclePrice(in change);

    public override void OnDeltaMove(in DeltaMove move) => _options.Pricing.OnDeltaMove(in move);

    public override void OnInstrument(in InstrumentFacts instrument) => _options.Pricing.OnInstrument(in instrument);

    public override void OnMarketState(in MarketStateChange change) => _options.Pricing.OnMarketState(in change);

    protected override int Act(TimeNanos now)
    {
        if (now.Value < _nextLookNanos || _quotes.Length == 0)
        {
            return 0;
        }

        _nextLookNanos = now.Value + _options.QuoteEveryNanos;
        var count = Math.Min(_options.InstrumentsPerLook, _quotes.Length);
        for (var look = 0; look < count; look++)
        {
            Quote(_next, now);
            _next = (_next + 1) % _quotes.Length;
        }

        return count;
    }

    private void Quote(int place, TimeNanos now)
    {
        var quote = _quotes[place];
        if (!_options.Pricing.TryPrice(quote.Instrument, now, out var fair, out var half))
        {
            quote.Withdraw();
            return;
        }

        var lean = half * _positionLots[place] / _options.LeanLots;
        var middle = fair.Value - Math.Clamp(lean, -2 * half, 2 * half) + _numbers.Below(3) - 1;
        var bid = middle - half;
        var ask = middle + half;
        if (bid < 1)
        {
            quote.Set(default, default, new PriceTicks(Math.Max(ask, 1)), new QuantityLots(_options.Lots));
            return;
        }

        var tolerance = half / 4;
        if (IsOff(quote.BidPrice, quote.BidQuantity, bid, tolerance) || IsOff(quote.AskPrice, quote.AskQuantity, ask, tolerance))
        {
            var lots = new QuantityLots(_options.Lots);
            quote.Set(new PriceTicks(bid), lots, new PriceTicks(ask), lots);
        }
    }

    private bool IsOff(PriceTicks price, QuantityLots leaves, long wanted, long tolerance) =>
        leaves.Value < (_options.Lots + 1) / 2 || Math.Abs(price.Value - wanted) > tolerance;
}
