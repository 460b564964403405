using System.Buffers.Binary;
using System.Text;
using HftDelta.Node.Config;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;

namespace HftDelta.Node.Development;

/// <summary>The operator's commands as frames, from the market's settings. Each returns the frame's length.</summary>
internal static class OperatorFrames
{
    private const uint OptionBandTicks = 4_096;
    private const uint WideBandTicks = 262_144;
    private const int OwnerLengthBytes = 20;

    public static int List(Span<byte> buffer, MarketUnderlying underlying) => ListUnderlyingEncoder.Wrap(buffer)
        .SetUnderlyingId(underlying.UnderlyingId).SetOracleQuorum(underlying.OracleQuorum)
        .SetSettlementThresholdTicks(underlying.SettlementThresholdTicks)
        .SetSettlementThresholdPpm(underlying.SettlementThresholdPpm).SetInitialMarginPpm(underlying.InitialMarginPpm)
        .SetShortOptionMarginPpm(underlying.ShortOptionMarginPpm).SetShortOptionMinimumPpm(underlying.ShortOptionMinimumPpm)
        .SetSettlementIntervalNanos(underlying.SettlementIntervalNanos).SetOracleMaxAgeNanos(underlying.OracleMaxAgeNanos)
        .SetRiskTimeoutNanos(underlying.RiskTimeoutNanos).SetSymbol(Encoding.ASCII.GetBytes(underlying.Symbol)).EncodedLength;

    /// <param name="buffer">Where the frame goes.</param>
    /// <param name="instrument">What to list.</param>
    /// <param name="underlying">What it is written on.</param>
    /// <param name="price">Of the underlying: a book without strikes keeps its flat band around it.</param>
    public static int List(
        Span<byte> buffer, MarketInstrument instrument, MarketUnderlying underlying, PriceTicks price)
    {
        if (instrument.Kind == MarketInstrumentKind.Strategy)
        {
            return ListStrategy(buffer, instrument);
        }

        var isOption = instrument.Kind is MarketInstrumentKind.Call or MarketInstrumentKind.Put
            or MarketInstrumentKind.PerpetualCall or MarketInstrumentKind.PerpetualPut;
        var (bandTicks, bandBase) = isOption
            ? (OptionBandTicks, 1)
            : (WideBandTicks, Math.Max(1, (price.Value / underlying.TicksPerPriceTick) - (WideBandTicks / 2)));
        return ListInstrumentEncoder.Wrap(buffer).SetInstrumentId(instrument.InstrumentId)
            .SetUnderlyingId(underlying.UnderlyingId)
            .SetKind(instrument.Kind switch
            {
                MarketInstrumentKind.Perpetual => InstrumentKind.Perpetual,
                MarketInstrumentKind.Future => InstrumentKind.Future,
                MarketInstrumentKind.PowerPerpetual => InstrumentKind.PowerPerpetual,
                MarketInstrumentKind.PerpetualCall or MarketInstrumentKind.PerpetualPut => InstrumentKind.PerpetualOption,
                _ => InstrumentKind.EuropeanOption,
            })
            .SetOptionKind(instrument.Kind switch
            {
                MarketInstrumentKind.Call or MarketInstrumentKind.PerpetualCall => OptionKind.Call,
                MarketInstrumentKind.Put or MarketInstrumentKind.PerpetualPut => OptionKind.Put,
                _ => OptionKind.None,
            })
            .SetBandTicks(bandTicks).SetBandBase(bandBase).SetStrike(instrument.StrikeTicks)
            .SetExpiryTime(instrument.ExpiryTimeNanos).SetVolatility((ulong)instrument.VolatilityQ48)
            .SetAtomsPerTick(underlying.AtomsPerTick * underlying.TicksPerPriceTick)
            .SetAtomsPerUnderlyingTick(underlying.AtomsPerTick)
            .SetDeliveryNanos(instrument.DeliveryNanos).SetDeliveryPenaltyPpm(instrument.DeliveryPenaltyPpm)
            .SetIsPhysical(instrument.DeliveryNanos != 0 ? (byte)1 : (byte)0)
            .SetFundingPeriodNanos(instrument.Funding?.PeriodNanos ?? 0).SetPowerScale(instrument.Funding?.PowerScale ?? 0)
            .SetFundingBasePpb(instrument.Funding?.BasePpb ?? 0).SetFundingCapPpb(instrument.Funding?.CapPpb ?? 0)
            .SetImpactLots(instrument.Funding?.ImpactLots ?? 0).SetTrueUpEvery(instrument.TrueUpEvery)
            .SetPowerScaleBits(instrument.Funding?.PowerScaleBits ?? 0)
            .SetPowerDegree((HftDelta.Wire.Internal.PowerDegree)(instrument.Funding?.Power ?? default))
            .SetSymbol(Encoding.ASCII.GetBytes(instrument.Symbol)).EncodedLength;
    }

    /// <summary>Its prices are sums and differences: the flat band lies around 0.</summary>
    private static int ListStrategy(Span<byte> buffer, MarketInstrument strategy)
    {
        var message = ListStrategyEncoder.Wrap(buffer).SetInstrumentId(strategy.InstrumentId)
            .SetUnderlyingId(strategy.UnderlyingId).SetBandTicks(OptionBandTicks).SetBandBase(-(OptionBandTicks / 2L))
            .SetSymbol(Encoding.ASCII.GetBytes(strategy.Symbol));
        var settings = strategy.Legs ?? [];
        var legs = message.SetLegs(settings.Count);
        foreach (var leg in settings)
        {
            legs.Next().SetInstrumentId(leg.InstrumentId).SetRatio(leg.Ratio);
        }

        return message.EncodedLength;
    }

    public static int Rules(Span<byte> buffer, InstrumentId instrument, MarketRules rules)
    {
        var message = InstrumentRulesEncoder.Wrap(buffer).SetInstrumentId(instrument.Value)
            .SetStaticBandPpm(rules.StaticBandPpm).SetDynamicBandPpm(rules.DynamicBandPpm)
            .SetBandMinimumTicks(rules.BandMinimumTicks).SetLotSize(rules.LotSize).SetOrderLotsMax(rules.OrderLotsMax)
            .SetPositionLotsMax(rules.PositionLotsMax).SetAccountOrdersMax(rules.AccountOrdersMax)
            .SetOpeningAuctionNanos(rules.OpeningAuctionNanos).SetVolatilityAuctionNanos(rules.VolatilityAuctionNanos);
        var rows = message.SetIncrements(rules.Increments.Count);
        foreach (var row in rules.Increments)
        {
            rows.Next().SetFromPrice(row.FromPrice).SetIncrement(row.Increment);
        }

        return message.EncodedLength;
    }

    public static int OracleRules(Span<byte> buffer, UnderlyingId underlying, MarketOracle oracle) =>
        OracleRulesEncoder.Wrap(buffer).SetUnderlyingId(underlying.Value).SetReportJumpPpm(oracle.ReportJumpPpm)
            .SetMedianDeviationPpm(oracle.MedianDeviationPpm)
            .SetDisabledSources(oracle.DisabledSources.Aggregate((byte)0, (all, one) => (byte)(all | (1 << (int)(one - 1)))))
            .SetClockSkewMaxNanos(oracle.ClockSkewMaxNanos).SetReportAgeMaxNanos(oracle.ReportAgeMaxNanos)
            .SetLateAfterNanos(oracle.LateAfterNanos).SetStaleAfterNanos(oracle.StaleAfterNanos)
            .SetDeadAfterNanos(oracle.DeadAfterNanos).SetRecoveryNanos(oracle.RecoveryNanos)
            .SetSettlementWindowNanos(oracle.SettlementWindowNanos).EncodedLength;

    public static int Forwards(Span<byte> buffer, UnderlyingId underlying, IReadOnlyList<MarketForward> forwards)
    {
        var message = ForwardUpdateEncoder.Wrap(buffer).SetUnderlyingId(underlying.Value);
        var points = message.SetPoints(forwards.Count);
        foreach (var point in forwards)
        {
            points.Next().SetExpiryTime(point.ExpiryTimeNanos).SetBasis(point.BasisTicks).SetForward(0);
        }

        return message.EncodedLength;
    }

    /// <summary>The volatilities of an expiry, whose moment is known; without SVI and strikes they are taken back.</summary>
    public static int Volatilities(Span<byte> buffer, uint underlying, MarketVolatilities slice)
    {
        var message = SetVolatilitySliceEncoder.Wrap(buffer).SetUnderlyingId(underlying)
            .SetForm(slice.Svi is not null ? VolatilityForm.Svi
                : slice.Strikes is not null ? VolatilityForm.Table : VolatilityForm.None)
            .SetExpiryTime(slice.ExpiryTimeNanos);
        if (slice.Svi is { } svi)
        {
            message.SetFitTime(svi.FitTimeNanos).SetLevel(svi.LevelQ48).SetSlope(svi.SlopeQ48)
                .SetCorrelation(svi.CorrelationQ48).SetCentre(svi.CentreQ48).SetWidth(svi.WidthQ48);
        }

        var strikes = message.SetStrikes(slice.Strikes?.Count ?? 0);
        foreach (var strike in slice.Strikes ?? [])
        {
            strikes.Next().SetStrike(strike.StrikeTicks).SetVolatility((ulong)strike.VolatilityQ48);
        }

        return message.EncodedLength;
    }

    /// <summary>Opens an account for an owner whose address is the account's number.</summary>
    public static int OpenAccount(Span<byte> buffer, AccountId account)
    {
        Span<byte> owner = stackalloc byte[OwnerLengthBytes];
        BinaryPrimitives.WriteUInt32BigEndian(owner[^sizeof(uint)..], account.Value);
        return OpenAccountEncoder.Wrap(buffer).SetAccountId(account.Value).SetOwner(owner).EncodedLength;
    }

    /// <summary>Opens an account for the owner that the market names.</summary>
    public static int OpenAccount(Span<byte> buffer, MarketAccount account)
    {
        Span<byte> owner = stackalloc byte[OwnerLengthBytes];
        MarketMoneyFaults.WriteOwner(account, owner);
        return OpenAccountEncoder.Wrap(buffer).SetAccountId(account.AccountId).SetOwner(owner).EncodedLength;
    }

    public static int Deposit(Span<byte> buffer, AccountId account, Atoms amount, ulong depositId) =>
        DepositEncoder.Wrap(buffer).SetAccountId(account.Value).SetAmount(amount.Value).SetDepositId(depositId).EncodedLength;

    public static int CloseEpoch(Span<byte> buffer, ulong epoch) =>
        EpochCloseEncoder.Wrap(buffer).SetEpoch(epoch).EncodedLength;

    /// <param name="buffer">Where the frame goes.</param>
    /// <param name="instrument">0: every instrument of the underlying.</param>
    /// <param name="underlying">0 where an instrument is named.</param>
    /// <param name="state">The market state that is asked for.</param>
    public static int ChangeState(Span<byte> buffer, uint instrument, uint underlying, InstrumentState state) =>
        InstrumentStateChangeEncoder.Wrap(buffer).SetInstrumentId(instrument).SetUnderlyingId(underlying)
            .SetState((byte)state).EncodedLength;

    /// <param name="buffer">Where the frame goes.</param>
    /// <param name="account">0: the venue.</param>
    /// <param name="isOn">No new orders from now on, or again.</param>
    /// <param name="cancelsOrders">Live orders end too.</param>
    public static int Kill(Span<byte> buffer, uint account, bool isOn, bool cancelsOrders) =>
        KillSwitchEncoder.Wrap(buffer).SetAccountId(account).SetOn(isOn ? (byte)1 : (byte)0)
            .SetCancelOrders(cancelsOrders ? (byte)1 : (byte)0).EncodedLength;

    public static int EndDay(Span<byte> buffer, ulong day) => EndOfDayEncoder.Wrap(buffer).SetDay(day).EncodedLength;

    public static int Delist(Span<byte> buffer, uint instrument, ulong settleTimeNanos) =>
        DelistInstrumentEncoder.Wrap(buffer).SetInstrumentId(instrument).SetSettleTime(settleTimeNanos).EncodedLength;

    public static int EngineVersion(Span<byte> buffer, uint version) =>
        EngineVersionEncoder.Wrap(buffer).SetVersion(version).EncodedLength;

    public static int Group(Span<byte> buffer, uint account, uint group) =>
        AccountGroupEncoder.Wrap(buffer).SetAccountId(account).SetGroup(group).EncodedLength;

    /// <summary>Setting up: a value that a listing does not say.</summary>
    public static int Activate(Span<byte> buffer, ParameterId parameter, uint underlying, long value) =>
        ParameterActivationEncoder.Wrap(buffer).SetParameter(parameter).SetUnderlyingId(underlying).SetValue(value).EncodedLength;

    public static int Key(Span<byte> buffer, MarketGovernanceKey key)
    {
        Span<byte> address = stackalloc byte[EthereumAddress.LengthBytes];
        EthereumAddress.Parse(key.Address).CopyTo(address);
        return GovernanceKeyEncoder.Wrap(buffer).SetKeyId(key.KeyId).SetRole(key.Role).SetParametersLow((ulong)key.Bits)
            .SetParametersHigh((ulong)(key.Bits >> 64)).SetAddress(address).EncodedLength;
    }

    public static int Envelope(Span<byte> buffer, MarketEnvelope envelope) => ParameterEnvelopeEncoder.Wrap(buffer)
        .SetParameter((ushort)envelope.Parameter).SetRow(envelope.Row).SetScope(envelope.Scope).SetMinimum(envelope.Minimum)
        .SetMaximum(envelope.Maximum).SetStepMax(envelope.StepMax).SetCooldownNanos(envelope.CooldownNanos)
        .SetTimeLockNanos(envelope.TimeLockNanos).EncodedLength;

    public static int Seal(Span<byte> buffer, ulong timeLockNanos) =>
        GovernanceSealEncoder.Wrap(buffer).SetTimeLockNanos(timeLockNanos).EncodedLength;
}
