using System.Text;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Simulation.Engines;

/// <summary>What tests say to the core, one line each. Session handles equal account ids unless said otherwise.</summary>
public sealed class VenueScript(EngineHarness engine)
{
    /// <summary>The session of oracle source 1; those of the others follow and are opened when they first report.</summary>
    public const uint OracleSession = 2;

    public const ulong Second = 1_000_000_000;

    /// <summary>100 % volatility.</summary>
    public const ulong FullVolatility = 1UL << 48;

    private readonly HashSet<uint> _oracleSessions = [];
    private ulong _movementId;
    private ulong _reportSequence;
    private ulong _clientOrderId;

    public EngineHarness Engine => engine;

    /// <summary>The client order id that was used last.</summary>
    public ulong LastClientOrderId => _clientOrderId;

    /// <summary>A client order id that was not used yet.</summary>
    public ulong TakeClientOrderId() => ++_clientOrderId;

    /// <summary>An underlying; threshold in ticks, interval 0 is none.</summary>
    public void ListUnderlying(
        uint underlying = 1, long thresholdTicks = 1, ulong intervalNanos = 0, byte quorum = 1,
        uint initialMarginPpm = 100_000)
    {
        engine.SendInternal(ListUnderlyingEncoder.Wrap(engine.Buffer).SetUnderlyingId(underlying)
            .SetOracleQuorum(quorum).SetSettlementThresholdTicks(thresholdTicks).SetSettlementThresholdPpm(0)
            .SetInitialMarginPpm(initialMarginPpm).SetShortOptionMarginPpm(150_000).SetShortOptionMinimumPpm(100_000)
            .SetSettlementIntervalNanos(intervalNanos).SetOracleMaxAgeNanos(3_600 * Second)
            .SetRiskTimeoutNanos(10 * Second).SetSymbol(Encoding.ASCII.GetBytes("BTC")).EncodedLength);
    }

    public void OpenSession(uint session, uint account, SessionRoles roles, bool cancelOnDisconnect = true)
    {
        Span<byte> id = stackalloc byte[16];
        BitConverter.TryWriteBytes(id, session);
        engine.SendInternal(SessionOpenedEncoder.Wrap(engine.Buffer).SetSessionHandle(session).SetAccountId(account)
            .SetSessionId(id).SetRoles(roles).SetCancelOnDisconnect(cancelOnDisconnect ? (byte)1 : (byte)0).EncodedLength);
    }

    public void CloseSession(uint session) => engine.SendInternal(
        SessionClosedEncoder.Wrap(engine.Buffer).SetSessionHandle(session).SetReason(CloseReason.Disconnected).EncodedLength);

    /// <summary>An account with money and a session of the same number.</summary>
    public void OpenTrader(uint account, long atoms)
    {
        engine.SendInternal(OpenAccountEncoder.Wrap(engine.Buffer).SetAccountId(account).EncodedLength);
        if (atoms > 0)
        {
            Deposit(account, atoms);
        }

        OpenSession(account, account, SessionRoles.Trader);
    }

    public void Deposit(uint account, long atoms, ulong? depositId = null) => engine.SendInternal(
        DepositEncoder.Wrap(engine.Buffer).SetAccountId(account).SetAmount(atoms)
            .SetDepositId(depositId ?? ++_movementId).EncodedLength);

    public void Withdraw(uint account, long atoms, ulong? withdrawalId = null) => engine.SendInternal(
        WithdrawEncoder.Wrap(engine.Buffer).SetAccountId(account).SetAmount(atoms)
            .SetWithdrawalId(withdrawalId ?? ++_movementId).EncodedLength);

    public void Oracle(
        long price, uint underlying = 1, uint source = 1, ulong? sourceSequence = null, uint? through = null)
    {
        var session = through ?? (source is 0 or > 8 ? OracleSession : OracleSession + source - 1);
        if (_oracleSessions.Add(session))
        {
            OpenSession(session, 0, SessionRoles.OracleSource);
        }

        var length = OracleReportEncoder.Wrap(engine.Buffer).SetSourceId(source).SetUnderlyingId(underlying)
            .SetSourceSequence(sourceSequence ?? ++_reportSequence).SetSourceTime(engine.TimeNanos).SetPrice(price)
            .SetSignature([]).EncodedLength;
        engine.SendRequest(session, length);
    }

    public void ListPerpetual(uint instrument, uint underlying = 1, uint bandTicks = 0, long bandBase = 0) =>
        List(instrument, underlying, InstrumentKind.Perpetual, OptionKind.None, 0, 0, 0, bandTicks, bandBase);

    public void ListFuture(uint instrument, ulong expiryTime, uint underlying = 1) =>
        List(instrument, underlying, InstrumentKind.Future, OptionKind.None, 0, expiryTime, 0, 0, 0);

    public void ListOption(
        uint instrument, bool isCall, long strike, ulong expiryTime, ulong volatility = FullVolatility, uint underlying = 1) =>
        List(instrument, underlying, InstrumentKind.EuropeanOption, isCall ? OptionKind.Call : OptionKind.Put,
            strike, expiryTime, volatility, 0, 0);

    public void List(
        uint instrument, uint underlying, InstrumentKind kind, OptionKind optionKind, long strike, ulong expiryTime,
        ulong volatility, uint bandTicks, long bandBase, long atomsPerTick = 1, long atomsPerUnderlyingTick = 1) =>
        engine.SendInternal(ListInstrumentEncoder.Wrap(engine.Buffer).SetInstrumentId(instrument)
            .SetUnderlyingId(underlying).SetKind(kind).SetOptionKind(optionKind).SetStrike(strike)
            .SetExpiryTime(expiryTime).SetVolatility(volatility).SetBandTicks(bandTicks).SetBandBase(bandBase)
            .SetAtomsPerTick(atomsPerTick).SetAtomsPerUnderlyingTick(atomsPerUnderlyingTick)
            .SetSymbol(Encoding.ASCII.GetBytes($"I{instrument}")).EncodedLength);

    public void SetVolatility(uint instrument, ulong volatility, uint underlying = 1)
    {
        var message = VolatilityUpdateEncoder.Wrap(engine.Buffer).SetUnderlyingId(underlying);
        message.SetInstruments(1).Next().SetInstrumentId(instrument).SetVolatility(volatility);
        engine.SendInternal(message.EncodedLength);
    }

    /// <summary>A limit order.</summary>
    /// <returns>Its client order id.</returns>
    public ulong Order(
        uint account, uint instrument, Side side, long price, long lots,
        TimeInForce timeInForce = TimeInForce.GoodTillCancel, ExecutionFlags flags = default, ulong expireTime = 0,
        ulong? clientOrderId = null, uint? session = null, ulong deadline = 0)
    {
        var id = clientOrderId ?? ++_clientOrderId;
        var length = NewOrderSingleEncoder.Wrap(engine.Buffer).SetAccountId(account).SetInstrumentId(instrument)
            .SetClientOrderId(id).SetPrice(price).SetQuantity(lots).SetExpireTime(expireTime).SetSide(side)
            .SetOrderType(OrderType.Limit).SetTimeInForce(timeInForce).SetExecutionFlags(flags).EncodedLength;
        engine.SendRequest(session ?? account, length, deadline);
        return id;
    }

    /// <summary>An order with terms that <see cref="Order"/> has no word for; <paramref name="more"/> sets those.</summary>
    /// <returns>Its client order id.</returns>
    public ulong Extended(
        uint account, uint instrument, Side side, long price, long lots, Action<ExtendedTerms>? more = null,
        uint? session = null)
    {
        var terms = new ExtendedTerms { ClientOrderId = ++_clientOrderId };
        more?.Invoke(terms);
        var length = NewOrderExtendedEncoder.Wrap(engine.Buffer).SetAccountId(account).SetInstrumentId(instrument)
            .SetClientOrderId(terms.ClientOrderId).SetPrice(price).SetQuantity(lots)
            .SetMinimumQuantity(terms.MinimumQuantity).SetDisplayQuantity(terms.DisplayQuantity)
            .SetExpireTime(terms.ExpireTime).SetTriggerPrice(terms.TriggerPrice).SetTrailingAmount(terms.TrailingAmount)
            .SetPegOffset(terms.PegOffset).SetSide(side).SetOrderType(terms.OrderType).SetTimeInForce(terms.TimeInForce)
            .SetExecutionFlags(terms.Flags).SetSelfTradePrevention(terms.SelfTradePrevention)
            .SetTriggerSource(terms.TriggerSource).SetTrailingUnit(terms.TrailingUnit).EncodedLength;
        engine.SendRequest(session ?? account, length);
        return terms.ClientOrderId;
    }

    public void Cancel(uint account, uint instrument, ulong originalClientOrderId, ulong orderId = 0, uint? session = null) =>
        engine.SendRequest(session ?? account, OrderCancelRequestEncoder.Wrap(engine.Buffer).SetAccountId(account)
            .SetInstrumentId(instrument).SetOrderId(orderId).SetOriginalClientOrderId(originalClientOrderId)
            .SetClientOrderId(originalClientOrderId).EncodedLength);

    /// <returns>The order's new client order id.</returns>
    public ulong Replace(uint account, uint instrument, ulong originalClientOrderId, long price, long lots)
    {
        var id = ++_clientOrderId;
        engine.SendRequest(account, OrderReplaceRequestEncoder.Wrap(engine.Buffer).SetAccountId(account)
            .SetInstrumentId(instrument).SetOriginalClientOrderId(originalClientOrderId).SetClientOrderId(id)
            .SetPrice(price).SetQuantity(lots).EncodedLength);
        return id;
    }

    public void Group(uint account, uint group) => engine.SendInternal(
        AccountGroupEncoder.Wrap(engine.Buffer).SetAccountId(account).SetGroup(group).EncodedLength);

    public void EndDay(ulong day) =>
        engine.SendInternal(EndOfDayEncoder.Wrap(engine.Buffer).SetDay(day).EncodedLength);

    public void CloseEpoch(ulong epoch) =>
        engine.SendInternal(EpochCloseEncoder.Wrap(engine.Buffer).SetEpoch(epoch).EncodedLength);

    public void Activate(ParameterId parameter, long value, uint underlying = 1) => engine.SendInternal(
        ParameterActivationEncoder.Wrap(engine.Buffer).SetParameter(parameter).SetUnderlyingId(underlying)
            .SetValue(value).EncodedLength);
}
