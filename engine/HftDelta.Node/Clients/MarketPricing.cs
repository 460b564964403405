using HftDelta.Client.MarketData;
using HftDelta.Client.Samples;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Demo.Participants;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Clients;

/// <summary>
/// Prices what a market lists by the venue's own kernel, from the oracle's public price: the same values as the demonstration's
/// participants compute. Owner: the client's thread.
/// </summary>
internal sealed class MarketPricing : SamplePricing, IMarketView
{
    // Between two changes only the time moves, and no price by a tick within so little of it.
    private const ulong FreshNanos = 1_000_000;

    private readonly long[] _prices;
    private readonly bool[] _isOver;
    private readonly bool[] _isStopped;
    private readonly Dictionary<InstrumentId, int> _places = [];
    private readonly Quoting _quoting;
    private TimeNanos _updated;
    private bool _isChanged;

    public MarketPricing(DemoMarket market)
    {
        _prices = new long[market.Underlyings.Count + 1];
        var limit = market.Instruments.Max(instrument => instrument.Id.Value) + 1;
        _isOver = new bool[limit];
        _isStopped = new bool[limit];
        _quoting = new Quoting(market, this);
        for (var place = 0; place < _quoting.Instruments.Count; place++)
        {
            _places.Add(_quoting.Instruments[place].Id, place);
        }
    }

    public override void OnOraclePrice(in OraclePriceChange change)
    {
        if (change.Underlying.Value < _prices.Length)
        {
            _prices[change.Underlying.Value] = change.Price.Value;
            _isChanged = true;
        }
    }

    public override void OnInstrument(in InstrumentFacts instrument)
    {
        if (instrument.Instrument.Value < _isOver.Length)
        {
            _isOver[instrument.Instrument.Value] |= instrument.State != InstrumentState.Open;
        }
    }

    public override void OnMarketState(in MarketStateChange change)
    {
        if (change.Instrument.Value < _isStopped.Length)
        {
            _isStopped[change.Instrument.Value] = change.State != InstrumentState.Open;
        }
    }

    public override bool TryPrice(InstrumentId instrument, TimeNanos now, out PriceTicks fair, out long halfSpreadTicks)
    {
        if (_isChanged || now.Value - _updated.Value >= FreshNanos)
        {
            // Not for each order of a load, whose latency it would be part of.
            _updated = now;
            _isChanged = false;
            _quoting.Update(now);
        }

        fair = default;
        halfSpreadTicks = 0;
        if (!_places.TryGetValue(instrument, out var place) || !_quoting.IsOpen(place))
        {
            return false;
        }

        var terms = _quoting.Instruments[place];
        if (terms.Expiry.Value != 0 && terms.Expiry <= now)
        {
            return false;
        }

        var ticks = terms.Underlying.TicksPerPriceTick;
        fair = new PriceTicks(_quoting.Fair(place) / ticks);
        halfSpreadTicks = Math.Max(1, _quoting.HalfSpread(place) / ticks);
        return true;
    }

    /// <summary>Why it has no price, for people.</summary>
    public string WhyNot(InstrumentId instrument, TimeNanos now)
    {
        if (!_places.TryGetValue(instrument, out var place))
        {
            return "not quoted by this client";
        }

        var terms = _quoting.Instruments[place];
        return _isOver[instrument.Value] || (terms.Expiry.Value != 0 && terms.Expiry <= now) ? "over"
            : _isStopped[instrument.Value] ? "halted"
            : _prices[terms.Underlying.Id.Value] <= 0 ? "no oracle price"
            : "no price";
    }

    PriceTicks IMarketView.PriceOf(UnderlyingId underlying) => new(_prices[underlying.Value]);

    bool IMarketView.IsOpen(InstrumentId instrument) => !_isOver[instrument.Value] && !_isStopped[instrument.Value];
}
