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
    private readonly long[] _prices;
    private readonly bool[] _isOver;
    private readonly DemoMarket _market;
    private readonly Quoting _quoting;
    private TimeNanos _updated;

    public MarketPricing(DemoMarket market)
    {
        _market = market;
        _prices = new long[market.Underlyings.Count + 1];
        _isOver = new bool[market.Instruments.Count + 1];
        _quoting = new Quoting(market, this);
    }

    public override void OnOraclePrice(in OraclePriceChange change)
    {
        if (change.Underlying.Value < _prices.Length)
        {
            _prices[change.Underlying.Value] = change.Price.Value;
        }
    }

    public override void OnInstrument(in InstrumentFacts instrument)
    {
        if (instrument.Instrument.Value < _isOver.Length)
        {
            _isOver[instrument.Instrument.Value] |= instrument.State != InstrumentState.Open;
        }
    }

    public override bool TryPrice(InstrumentId instrument, TimeNanos now, out PriceTicks fair, out long halfSpreadTicks)
    {
        if (_updated != now)
        {
            // Once for each look of a maker, which asks for many instruments at the same time.
            _updated = now;
            _quoting.Update(now);
        }

        fair = default;
        halfSpreadTicks = 0;
        var terms = _market.Instruments[(int)instrument.Value - 1];
        var place = PlaceOf(instrument);
        if (place < 0 || !_quoting.IsOpen(place) || (terms.Expiry.Value != 0 && terms.Expiry <= now))
        {
            return false;
        }

        var ticks = terms.Underlying.TicksPerPriceTick;
        fair = new PriceTicks(_quoting.Fair(place) / ticks);
        halfSpreadTicks = Math.Max(1, _quoting.HalfSpread(place) / ticks);
        return true;
    }

    PriceTicks IMarketView.PriceOf(UnderlyingId underlying) => new(_prices[underlying.Value]);

    bool IMarketView.IsOpen(InstrumentId instrument) => !_isOver[instrument.Value];

    private int PlaceOf(InstrumentId instrument)
    {
        // Instruments are dense and in order; only one that makes its own prices is missing, at the end.
        var place = (int)instrument.Value - 1;
        return place < _quoting.Instruments.Count && _quoting.Instruments[place].Id == instrument ? place : -1;
    }
}
