using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>Trading rules of one instrument; 0 is no rule.</summary>
public sealed record TradingRules
{
    public uint StaticBandPpm { get; init; }

    public uint DynamicBandPpm { get; init; }

    public uint BandMinimumTicks { get; init; }

    public long LotSize { get; init; }

    public long OrderLotsMax { get; init; }

    public long PositionLotsMax { get; init; }

    public uint AccountOrdersMax { get; init; }

    public ulong OpeningAuctionNanos { get; init; }

    public ulong VolatilityAuctionNanos { get; init; }

    /// <summary>From which price on which increment.</summary>
    public IReadOnlyList<(long FromPrice, long Increment)> Increments { get; init; } = [];
}

/// <summary>What tests say of markets as the operator: rules, states, kill switches.</summary>
public static class MarketScript
{
    public static void SetRules(this VenueScript venue, uint instrument, TradingRules rules)
    {
        var message = InstrumentRulesEncoder.Wrap(venue.Engine.Buffer).SetInstrumentId(instrument)
            .SetStaticBandPpm(rules.StaticBandPpm).SetDynamicBandPpm(rules.DynamicBandPpm)
            .SetBandMinimumTicks(rules.BandMinimumTicks).SetLotSize(rules.LotSize).SetOrderLotsMax(rules.OrderLotsMax)
            .SetPositionLotsMax(rules.PositionLotsMax).SetAccountOrdersMax(rules.AccountOrdersMax)
            .SetOpeningAuctionNanos(rules.OpeningAuctionNanos).SetVolatilityAuctionNanos(rules.VolatilityAuctionNanos);
        var rows = message.SetIncrements(rules.Increments.Count);
        foreach (var (fromPrice, increment) in rules.Increments)
        {
            rows.Next().SetFromPrice(fromPrice).SetIncrement(increment);
        }

        venue.Engine.SendInternal(message.EncodedLength);
    }

    public static void ChangeState(this VenueScript venue, uint instrument, InstrumentState state, uint underlying = 0) =>
        venue.Engine.SendInternal(InstrumentStateChangeEncoder.Wrap(venue.Engine.Buffer).SetInstrumentId(instrument)
            .SetUnderlyingId(underlying).SetState((byte)state).EncodedLength);

    /// <param name="venue">The script.</param>
    /// <param name="account">0: the venue.</param>
    /// <param name="isOn">On or off.</param>
    /// <param name="cancelsOrders">Live orders end too.</param>
    public static void Kill(this VenueScript venue, uint account, bool isOn = true, bool cancelsOrders = false) =>
        venue.Engine.SendInternal(KillSwitchEncoder.Wrap(venue.Engine.Buffer).SetAccountId(account)
            .SetOn(isOn ? (byte)1 : (byte)0).SetCancelOrders(cancelsOrders ? (byte)1 : (byte)0).EncodedLength);

    /// <summary>Asks what the operator controls.</summary>
    public static void TellControlState(this VenueScript venue) =>
        venue.Engine.SendInternal(TellControlStateEncoder.Wrap(venue.Engine.Buffer).EncodedLength);
}
