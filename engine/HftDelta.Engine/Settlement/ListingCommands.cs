using HftDelta.Engine.Books;
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
/// Lists underlyings and instruments. Listing proves the arithmetic bounds: a lot is never worth
/// more than 2^38 atoms, since the underlying's price is refused above what that allows; so a payoff is below 2^70
/// sub-atoms, and index x position stays below 2^120.
/// Owner: the engine agent.
/// </summary>
internal sealed class ListingCommands(
    VenueState state, EventEmitter events, RiskFreezer freezer, UnderlyingParameters parameters, ForwardCurves curves,
    EventBudget budget)
{
    /// <summary>Value of one tick of one lot, in atoms.</summary>
    public const long AtomsPerTickMax = 1L << 32;

    private const long LotValueMaxAtoms = 1L << 38;

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
        var code = Check(message);
        if (code != default)
        {
            return code;
        }

        var point = message.ExpiryTime == 0 ? 0 : curves.PointOf(message.UnderlyingId, message.ExpiryTime);
        if (point == 0 && message.ExpiryTime != 0)
        {
            return RejectCode.CapacityExhausted;
        }

        ref var underlying = ref state.Underlyings.Write(message.UnderlyingId);
        var id = state.Instruments.Add(new InstrumentRecord
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
            SettlementPrice = curves.ListingPrice(message.UnderlyingId, point),
            Point = point,
            Rules = Staleness.IsReduceOnly(underlying) ? RuleFlags.ReduceOnly : RuleFlags.None,
            NextOfUnderlying = underlying.FirstInstrument,
            Symbol = SymbolText.From(message.Symbol),
        });
        underlying.FirstInstrument = id;
        underlying.InstrumentCount++;
        var priceMax = LotValueMaxAtoms / message.AtomsPerUnderlyingTick;
        underlying.PriceMax = priceMax < underlying.PriceMax ? priceMax : underlying.PriceMax;
        underlying.Version++;
        if (message.ExpiryTime != 0 && message.ExpiryTime < underlying.NextExpiryTime)
        {
            underlying.NextExpiryTime = message.ExpiryTime;
        }

        SetInitialIndex(id, underlying);
        state.AddBook(id, new OrderBook(state.Orders.Slab, new InstrumentId(id), Geometry(message)));
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

            if (!IsVolatility(entry.Volatility))
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

    private RejectCode Check(in ListInstrumentDecoder message)
    {
        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (message.InstrumentId != state.Instruments.NextId)
        {
            return state.Instruments.Exists(message.InstrumentId) ? RejectCode.AlreadyExists : RejectCode.BadParameter;
        }

        ref readonly var underlying = ref state.Underlyings.Read(message.UnderlyingId);
        if (!state.Instruments.HasRoom || underlying.InstrumentCount >= budget.InstrumentsPerUnderlyingMax)
        {
            return RejectCode.CapacityExhausted;
        }

        // Every kind starts from a settlement price: without one the first move would have no left point.
        if (underlying.SettledPrice == 0)
        {
            return RejectCode.NoSettlementPrice;
        }

        return CheckTerms(message, underlying.SettledPrice) ? default : RejectCode.BadParameter;
    }

    private bool CheckTerms(in ListInstrumentDecoder message, long price)
    {
        var isScaled = message.AtomsPerTick is >= 1 and <= AtomsPerTickMax &&
            message.AtomsPerUnderlyingTick is >= 1 and <= AtomsPerTickMax &&
            (Int128)price * message.AtomsPerUnderlyingTick <= LotValueMaxAtoms;
        var hasFuture = message.ExpiryTime > state.TimeNanos;
        var isOption = message.OptionKind is Wire.Internal.OptionKind.Call or Wire.Internal.OptionKind.Put &&
            message.Strike is >= 1 and <= Orders.NewOrderChecks.PriceMax && hasFuture && IsVolatility(message.Volatility) &&
            (Int128)message.Strike * message.AtomsPerUnderlyingTick <= LotValueMaxAtoms;
        var isPlain = message.OptionKind == Wire.Internal.OptionKind.None && message.Strike == 0 && message.Volatility == 0;
        var isKind = (InstrumentKind)message.Kind switch
        {
            InstrumentKind.EuropeanOption => isOption,
            InstrumentKind.Future => isPlain && hasFuture,
            InstrumentKind.Perpetual => isPlain && message.ExpiryTime == 0,
            _ => false,
        };
        return isScaled && isKind && Geometry(message).IsValid;
    }

    /// <summary>A dated option starts at 0; futures and perpetuals at their mark, so that they are margined, not paid.</summary>
    private void SetInitialIndex(uint id, in UnderlyingRecord underlying)
    {
        ref var record = ref state.Instruments.Write(id);
        if (record.Kind == InstrumentKind.EuropeanOption)
        {
            freezer.EvaluateListed(id);
            return;
        }

        record.Delta = Scale.SubAtomsPerAtom;
        record.Mark = ((Int128)record.SettlementPrice * record.AtomsPerUnderlyingTick) << Scale.SubAtomBits;
        record.Index = record.Mark;
        Margin.SetRequirements(ref record, underlying);
    }

    private BookGeometry Geometry(in ListInstrumentDecoder message) =>
        new(new PriceTicks(message.BandBase), (int)message.BandTicks) { LevelsMax = state.Limits.LevelsPerBook };

    private static bool IsVolatility(ulong volatilityQ48) => volatilityQ48 <= (ulong)Greeks.VolatilityQ48.Max.Value;
}
