using HftDelta.Client.MarketData;
using HftDelta.Primitives.Units;

namespace HftDelta.Client.Samples;

/// <summary>What something is worth, from public data. Owner: the client's thread.</summary>
public abstract class SamplePricing
{
    public virtual void OnOraclePrice(in OraclePriceChange change)
    {
    }

    public virtual void OnDeltaMove(in DeltaMove move)
    {
    }

    public virtual void OnInstrument(in InstrumentFacts instrument)
    {
    }

    public virtual void OnMarketState(in MarketStateChange change)
    {
    }

    /// <summary>Fair value and half of the usual spread, in price ticks of the instrument.</summary>
    /// <param name="instrument">What is priced.</param>
    /// <param name="now">The time.</param>
    /// <param name="fair">Its value.</param>
    /// <param name="halfSpreadTicks">At least 1.</param>
    /// <returns>False while it cannot be priced, or is not to be quoted.</returns>
    public abstract bool TryPrice(InstrumentId instrument, TimeNanos now, out PriceTicks fair, out long halfSpreadTicks);
}

/// <summary>An instrument that linear pricing knows.</summary>
public sealed record LinearInstrument
{
    public required InstrumentId Instrument { get; init; }

    public required UnderlyingId Underlying { get; init; }

    /// <summary>What it is worth at the reference price of the underlying, in price ticks.</summary>
    public required PriceTicks Value { get; init; }

    /// <summary>In ticks of the underlying; taken as its price until the venue publishes one.</summary>
    public required PriceTicks UnderlyingPrice { get; init; }

    /// <summary>Until the first settlement tick tells it.</summary>
    public DeltaUnits Delta { get; init; } = DeltaUnits.One;

    /// <summary>Ticks of the underlying in one price tick.</summary>
    public long UnderlyingTicksPerTick { get; init; } = 1;

    public long HalfSpreadTicks { get; init; } = 10;
}

/// <summary>
/// A value that moves with the underlying by the delta that the venue publishes with each settlement tick: exact for
/// perpetuals and futures, and near enough for options to have something to trade with. Owner: the client's thread.
/// </summary>
public sealed class LinearPricing : SamplePricing
{
    private readonly Dictionary<uint, State> _states = [];
    private readonly Dictionary<uint, long> _prices = [];

    public LinearPricing(IEnumerable<LinearInstrument> instruments)
    {
        ArgumentNullException.ThrowIfNull(instruments);
        foreach (var instrument in instruments)
        {
            _states.Add(instrument.Instrument.Value, new State(instrument));
        }
    }

    public override void OnOraclePrice(in OraclePriceChange change) => _prices[change.Underlying.Value] = change.Price.Value;

    public override void OnDeltaMove(in DeltaMove move)
    {
        if (!_states.TryGetValue(move.Instrument.Value, out var state))
        {
            return;
        }

        state.IsOver |= move.Trigger == Wire.SettlementTrigger.Expiry;
        state.MoveTo(move.Price.Value);
        state.Delta = move.Delta.Value;
    }

    public override bool TryPrice(InstrumentId instrument, TimeNanos now, out PriceTicks fair, out long halfSpreadTicks)
    {
        fair = default;
        halfSpreadTicks = 0;
        if (!_states.TryGetValue(instrument.Value, out var state) || state.IsOver)
        {
            return false;
        }

        // A price is published when it changes: until then that of the terms holds.
        var price = _prices.GetValueOrDefault(state.Terms.Underlying.Value, state.Terms.UnderlyingPrice.Value);
        fair = new PriceTicks(state.ValueAt(price) / state.Terms.UnderlyingTicksPerTick);
        halfSpreadTicks = state.Terms.HalfSpreadTicks;
        return fair.Value > 0;
    }

    private sealed class State(LinearInstrument terms)
    {
        private long _reference = terms.UnderlyingPrice.Value;
        private long _value = terms.Value.Value * terms.UnderlyingTicksPerTick;

        public LinearInstrument Terms => terms;

        public long Delta { get; set; } = terms.Delta.Value;

        public bool IsOver { get; set; }

        /// <summary>In ticks of the underlying.</summary>
        public long ValueAt(long price) => _value + (long)(((Int128)(price - _reference) * Delta) >> Scale.SubAtomBits);

        public void MoveTo(long price)
        {
            _value = ValueAt(price);
            _reference = price;
        }
    }
}
