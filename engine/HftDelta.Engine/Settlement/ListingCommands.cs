using HftDelta.Engine.Books;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Governance;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Output;
using HftDelta.Engine.Risk;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.InstrumentKind;
using OptionKind = HftDelta.Wire.OptionKind;

namespace HftDelta.Engine.Settlement;

/// <summary>
/// Lists underlyings and instruments. Listing proves the arithmetic bounds (ListingTerms). Owner: the engine agent.
/// </summary>
internal sealed class ListingCommands(
    VenueState state, EventEmitter events, RiskFreezer freezer, UnderlyingParameters parameters, ForwardCurves curves,
    FundingIndices funding, EventBudget budget)
{

    public RejectCode List(in ListUnderlyingDecoder message)
    {
        var id = message.UnderlyingId;
        if (id != state.Underlyings.NextId)
        {
            return state.Underlyings.Exists(id) ? RejectCode.AlreadyExists : RejectCode.BadParameter;
        }

        if (!state.Underlyings.HasRoom)
        {
            return RejectCode.CapacityExhausted;
        }

        var record = new UnderlyingRecord
        {
            OracleQuorum = message.OracleQuorum,
            ThresholdTicks = message.SettlementThresholdTicks,
            ThresholdPpm = message.SettlementThresholdPpm,
            InitialMarginPpm = message.InitialMarginPpm,
            ShortOptionMarginPpm = message.ShortOptionMarginPpm,
            ShortOptionMinimumPpm = message.ShortOptionMinimumPpm,
            IntervalNanos = message.SettlementIntervalNanos,
            OracleMaxAgeNanos = message.OracleMaxAgeNanos,
            RiskTimeoutNanos = message.RiskTimeoutNanos,
            PriceMax = Orders.NewOrderChecks.PriceMax,
            NextIntervalTime = ulong.MaxValue,
            NextStalenessTime = ulong.MaxValue,
            NextWindowTime = ulong.MaxValue,
            NextSampleTime = ulong.MaxValue,
            NextExpiryTime = ulong.MaxValue,
            Version = 1,
            Symbol = SymbolText.From(message.Symbol),
        };
        if (!UnderlyingParameters.AreValid(record))
        {
            return RejectCode.BadParameter;
        }

        state.Underlyings.Add(record);
        return default;
    }

    public RejectCode List(in ListInstrumentDecoder message)
    {
        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        var record = RecordOf(message);
        var code = Check(message, record);
        if (code != default)
        {
            return code;
        }

        var point = message.ExpiryTime == 0 ? 0 : curves.PointOf(message.UnderlyingId, message.ExpiryTime);
        if (point == 0 && message.ExpiryTime != 0)
        {
            return RejectCode.CapacityExhausted;
        }

        if (record.IsPhysical != 0)
        {
            ref var delivered = ref state.Points.Write(point);
            delivered.DeliveringCount++;
            delivered.DeliveryNanos =
                record.DeliveryNanos > delivered.DeliveryNanos ? record.DeliveryNanos : delivered.DeliveryNanos;
            delivered.PenaltyPpm =
                record.DeliveryPenaltyPpm > delivered.PenaltyPpm ? record.DeliveryPenaltyPpm : delivered.PenaltyPpm;
        }

        ref var underlying = ref state.Underlyings.Write(message.UnderlyingId);
        record.SettlementPrice = curves.ListingPrice(message.UnderlyingId, point);
        record.Point = point;
        record.Rules = Staleness.IsReduceOnly(underlying) ? RuleFlags.ReduceOnly : RuleFlags.None;
        record.LotsMax = ListingTerms.LotsMaxOf(record);
        record.NextOfUnderlying = underlying.FirstInstrument;
        var id = state.Instruments.Add(record);
        underlying.FirstInstrument = id;
        underlying.InstrumentCount++;
        underlying.PriceMax = ListingTerms.PriceMaxOf(record, underlying.PriceMax);
        underlying.Version++;
        if (message.ExpiryTime != 0 && message.ExpiryTime < underlying.NextExpiryTime)
        {
            underlying.NextExpiryTime = message.ExpiryTime;
        }

        SetInitialIndex(id, underlying);
        if (record.FundingPeriodNanos != 0)
        {
            funding.List(id, FundingTerms.Of(message));
        }

        state.AddBook(id, new OrderBook(state.Orders.Slab, new InstrumentId(id), Geometry(message)));
        events.InstrumentDefinition(id);
        return default;
    }

    /// <summary>
    /// A perpetual kind gets an expiry, from which on everything is as with dated instruments: a settlement window over which the
    /// price is averaged while its moves fade, one last tick, and its end. An announcement stands.
    /// </summary>
    public RejectCode Delist(in DelistInstrumentDecoder message)
    {
        var id = message.InstrumentId;
        if (!state.Instruments.Exists(id))
        {
            return RejectCode.UnknownInstrument;
        }

        var record = state.Instruments.Read(id);
        if (!record.IsPerpetual)
        {
            return RejectCode.BadParameter;
        }

        if (!record.IsLive)
        {
            return RejectCode.InstrumentNotOpen;
        }

        if (record.ExpiryTime != 0)
        {
            return RejectCode.AlreadyExists;
        }

        var window = state.OracleRules.Read(record.Underlying).SettlementWindowNanos;
        if (message.SettleTime <= state.TimeNanos || message.SettleTime - state.TimeNanos < window)
        {
            return RejectCode.NoticeTooShort;
        }

        var point = curves.PointOf(record.Underlying, message.SettleTime, isSpot: true);
        if (point == 0)
        {
            return RejectCode.CapacityExhausted;
        }

        ref var listed = ref state.Instruments.Write(id);
        listed.ExpiryTime = message.SettleTime;
        listed.Point = point;
        ref var underlying = ref state.Underlyings.Write(record.Underlying);
        underlying.NextExpiryTime =
            message.SettleTime < underlying.NextExpiryTime ? message.SettleTime : underlying.NextExpiryTime;
        events.InstrumentDefinition(id);
        return default;
    }

    public RejectCode Update(in VolatilityUpdateDecoder message)
    {
        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        foreach (var entry in message.Instruments)
        {
            if (!state.Instruments.Exists(entry.InstrumentId) ||
                state.Instruments.Read(entry.InstrumentId).Underlying != message.UnderlyingId)
            {
                return RejectCode.UnknownInstrument;
            }

            if (!ListingTerms.IsVolatilityOf(state.Instruments.Read(entry.InstrumentId), entry.Volatility))
            {
                return RejectCode.BadParameter;
            }
        }

        foreach (var entry in message.Instruments)
        {
            state.Instruments.Write(entry.InstrumentId).VolatilityQ48 = entry.Volatility;
        }

        state.Underlyings.Write(message.UnderlyingId).Dirty = 1;
        freezer.FreezeIfDue(message.UnderlyingId);
        return default;
    }

    /// <summary>Setting up: a value without a proposal.</summary>
    public RejectCode Activate(in ParameterActivationDecoder message)
    {
        if (state.Governance.IsSealed)
        {
            return RejectCode.ParametersGoverned;
        }

        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (!parameters.CanHave(message.UnderlyingId, message.Parameter, message.Value))
        {
            return RejectCode.BadParameter;
        }

        parameters.Set(message.UnderlyingId, message.Parameter, message.Value);
        return default;
    }

    private RejectCode Check(in ListInstrumentDecoder message, in InstrumentRecord record)
    {
        if (message.InstrumentId != state.Instruments.NextId)
        {
            return state.Instruments.Exists(message.InstrumentId) ? RejectCode.AlreadyExists : RejectCode.BadParameter;
        }

        ref readonly var underlying = ref state.Underlyings.Read(message.UnderlyingId);
        var funded = underlying.FundedCount + (record.FundingPeriodNanos != 0 ? 1u : 0);
        if (!state.Instruments.HasRoom || !budget.CanSettle(underlying.InstrumentCount + 1, funded))
        {
            return RejectCode.CapacityExhausted;
        }

        // Every kind starts from a settlement price: without one the first move would have no left point.
        if (underlying.SettledPrice == 0)
        {
            return RejectCode.NoSettlementPrice;
        }

        if (!ListingTerms.AreValid(record, underlying, state.TimeNanos) || !Geometry(message).IsValid)
        {
            return RejectCode.BadParameter;
        }

        return FundingTerms.Check(state, message, record);
    }

    private static InstrumentRecord RecordOf(in ListInstrumentDecoder message) => new()
    {
        Underlying = message.UnderlyingId,
        Kind = (InstrumentKind)message.Kind,
        OptionKind = (OptionKind)message.OptionKind,
        State = InstrumentState.Open,
        Strike = message.Strike,
        ExpiryTime = message.ExpiryTime,
        AtomsPerTick = message.AtomsPerTick,
        AtomsPerUnderlyingTick = message.AtomsPerUnderlyingTick,
        VolatilityQ48 = message.Volatility,
        FundingPeriodNanos = message.HasFundingPeriodNanos ? message.FundingPeriodNanos : 0,
        PowerScale = message.HasPowerScale ? message.PowerScale : 0,
        PowerScaleBits = message.HasPowerScaleBits ? message.PowerScaleBits : (ushort)0,
        Degree = message.HasPowerDegree ? (Greeks.PowerDegree)message.PowerDegree : default,
        TrueUpEvery = message.HasTrueUpEvery ? message.TrueUpEvery : 0,
        DeliveryNanos = message.HasDeliveryNanos ? message.DeliveryNanos : 0,
        DeliveryPenaltyPpm = message.HasDeliveryPenaltyPpm ? message.DeliveryPenaltyPpm : 0,
        IsPhysical = message.HasIsPhysical ? message.IsPhysical : (byte)0,
        Symbol = SymbolText.From(message.Symbol),
    };

    /// <summary>
    /// A dated option starts at 0; futures and all perpetual kinds at their mark, so that they are margined, not paid. Perpetual
    /// kinds have no expiry at which the rest comes due: their index follows the mark at every interval.
    /// </summary>
    private void SetInitialIndex(uint id, in UnderlyingRecord underlying)
    {
        ref var record = ref state.Instruments.Write(id);
        freezer.EvaluateListed(id);
        record.Index = record.Kind == InstrumentKind.EuropeanOption ? 0 : record.Mark;
        record.TrueUpBase = record.Mark - record.Index;
        record.TrueUpEvery = record.TrueUpEvery == 0 && record.ExpiryTime == 0 ? 1 : record.TrueUpEvery;
        record.TrueUpIn = record.TrueUpEvery;
        Margin.SetRequirements(ref record, underlying);
    }

    private BookGeometry Geometry(in ListInstrumentDecoder message) =>
        new(new PriceTicks(message.BandBase), (int)message.BandTicks) { LevelsMax = state.Limits.LevelsPerBook };

}
