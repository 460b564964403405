using HftDelta.Engine.Accounts;
using HftDelta.Engine.Orders;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Markets;

/// <summary>
/// Takes an instrument's trading rules. They bind what comes after them; resting orders stay as they are. Owner: the engine
/// agent.
/// </summary>
internal sealed class RulesCommands(VenueState state)
{
    /// <summary>Durations are below this, so that a time plus a duration never wraps.</summary>
    private const ulong DurationMaxNanos = 1UL << 62;

    public RejectCode Set(in InstrumentRulesDecoder message)
    {
        if (!state.Instruments.Exists(message.InstrumentId))
        {
            return RejectCode.UnknownInstrument;
        }

        if (!state.Instruments.Read(message.InstrumentId).IsLive)
        {
            return RejectCode.InstrumentNotOpen;
        }

        // With a listing come its first rules, and the next ones from those who govern.
        var isSet = state.Markets.Rules.Read(message.InstrumentId).IsSet != 0;
        if (state.Governance.IsSealed && (isSet || message.InstrumentId < state.Governance.All.InstrumentsBefore))
        {
            return RejectCode.ParametersGoverned;
        }

        if (!TryRead(message, out var rules) || !CanSet(message.InstrumentId, rules))
        {
            return RejectCode.BadParameter;
        }

        Set(message.InstrumentId, rules);
        return default;
    }

    /// <summary>Whether the instrument, which is live, can have these rules.</summary>
    public bool CanSet(uint instrument, in RulesRecord rules) => AreValid(rules) && CanHave(instrument, rules);

    /// <summary>Rules that it can have.</summary>
    public void Set(uint instrument, in RulesRecord rules)
    {
        ref var record = ref state.Markets.Rules.Write(instrument);
        record = rules;
        record.IsSet = 1;
        ref var listed = ref state.Instruments.Write(instrument);
        listed.Rules = rules.Flags | (listed.Rules & RuleFlags.ReduceOnly);
        if (listed.Busy == 0)
        {
            // Sweeps keep the middle of the band only while there is one.
            state.Markets.Records.Write(instrument).BandMiddle = listed.HasTradedInPhase != 0 ? listed.LastTradePrice : 0;
        }
    }

    /// <summary>Of these rules strategies know the largest order only: the others are those of the legs.</summary>
    private bool CanHave(uint instrument, in RulesRecord rules) =>
        state.Instruments.Read(instrument).Kind != Wire.InstrumentKind.Strategy ||
        ((rules.Flags & ~RuleFlags.OrderLots) == 0 && rules.LotSize == 0 && rules.BandMinimumTicks == 0 &&
            rules.OpeningAuctionNanos == 0 && rules.VolatilityAuctionNanos == 0);

    private static bool TryRead(in InstrumentRulesDecoder message, out RulesRecord rules)
    {
        rules = new RulesRecord
        {
            LotSize = message.LotSize,
            OrderLotsMax = message.OrderLotsMax,
            PositionLotsMax = message.PositionLotsMax,
            OpeningAuctionNanos = message.OpeningAuctionNanos,
            VolatilityAuctionNanos = message.VolatilityAuctionNanos,
            StaticBandPpm = message.StaticBandPpm,
            DynamicBandPpm = message.DynamicBandPpm,
            BandMinimumTicks = message.BandMinimumTicks,
            AccountOrdersMax = message.AccountOrdersMax,
        };
        foreach (var entry in message.Increments)
        {
            if (rules.IncrementCount == IncrementRows.Most)
            {
                return false;
            }

            rules.Increments[(int)rules.IncrementCount++] =
                new IncrementRow { FromPrice = entry.FromPrice, Increment = entry.Increment };
        }

        return true;
    }

    private static bool AreValid(in RulesRecord rules) =>
        rules.LotSize is >= 0 and <= NewOrderChecks.QuantityMax &&
        rules.OrderLotsMax is >= 0 and <= NewOrderChecks.QuantityMax &&
        (rules.OrderLotsMax == 0 || rules.OrderLotsMax >= rules.LotSize) &&
        rules.PositionLotsMax is >= 0 and < Ledger.QuantityBound &&
        rules.OpeningAuctionNanos <= DurationMaxNanos &&
        rules.VolatilityAuctionNanos <= DurationMaxNanos &&
        IncrementsAscend(rules);

    private static bool IncrementsAscend(in RulesRecord rules)
    {
        var last = 0L;
        for (var row = 0; row < (int)rules.IncrementCount; row++)
        {
            ref readonly var entry = ref rules.Increments[row];
            var isFirst = row == 0;
            if (entry.FromPrice <= last || (isFirst && entry.FromPrice != 1) || entry.FromPrice > NewOrderChecks.PriceMax ||
                entry.Increment is < 1 or > NewOrderChecks.PriceMax)
            {
                return false;
            }

            last = entry.FromPrice;
        }

        return true;
    }
}
