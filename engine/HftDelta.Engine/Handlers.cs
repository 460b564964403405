using System.Runtime.CompilerServices;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Collateral;
using HftDelta.Engine.Deliveries;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Governance;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Quotes;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Sessions;
using HftDelta.Engine.Settlement;
using HftDelta.Engine.Strategies;
using HftDelta.Engine.Triggers;
using HftDelta.Engine.Volatilities;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine;

/// <summary>
/// The parts that act on the state, wired once, and the two switches over template ids. Owner: the engine agent.
/// </summary>
[SkipLocalsInit]
internal sealed class Handlers : IDisposable
{
    private readonly VenueState _state;
    private readonly NewOrders _newOrders;
    private readonly OrderCancels _cancels;
    private readonly OrderReplaces _replaces;
    private readonly OracleCommands _oracle;
    private readonly OracleRulesCommands _oracleRules;
    private readonly ForwardCurves _curves;
    private readonly SurfaceCommands _surfaces;
    private readonly AccountCommands _accounts;
    private readonly SessionCommands _sessions;
    private readonly ListingCommands _listings;
    private readonly RulesCommands _rules;
    private readonly FeeCommands _fees;
    private readonly AssetCommands _assets;
    private readonly WithdrawalRequests _withdrawals;
    private readonly EpochWithdrawals _epochs;
    private readonly TransferRequests _transfers;
    private readonly GovernanceActions _governance;
    private readonly GovernanceSetup _setup;
    private readonly ParameterTelling _telling;
    private readonly MarketStates _states;
    private readonly KillSwitches _kills;
    private readonly DayCommands _days;
    private readonly ControlStates _controls;
    private readonly MassCancels _massCancels;
    private readonly MassQuotes _massQuotes;
    private readonly ProtectionCommands _protections;
    private readonly RiskFreezer _freezer;
    private readonly StrategyListing _strategies;
    private readonly StrategyLooks _looks;
    private readonly DeliveryObligations _deliveries;

    public Handlers(VenueState state, EventWriter writer, RiskWorkspace workspace)
    {
        _state = state;
        var events = new EventEmitter(state, writer);
        InternalEvents = new InternalEvents(state, writer);
        Budget = new EventBudget(state.Limits, writer);
        Margin = new Margin(state);
        Tops = new BookTops(state, events, Budget);
        var funding = new FundingIndices(state);
        _freezer = new RiskFreezer(state, workspace, InternalEvents, funding);
        _curves = new ForwardCurves(state, new OracleEvents(state, events));
        var staleness = new Staleness(state, new OracleEvents(state, events), _curves, funding);
        _oracleRules = new OracleRulesCommands(state, staleness, _curves);
        var settlement = new DeltaSettlement(state, writer, events, _freezer, _curves, funding);
        _surfaces = new SurfaceCommands(state, _curves, _freezer, InternalEvents);
        var phases = new MarketPhases(state, new MarketEvents(state, events), Tops);
        var quoteEvents = new QuoteEvents(events);
        var matching = new Matching(state, events, Budget, Margin, Tops, phases, new Protections(state, quoteEvents));
        var risk = new OrderRisk(state, Margin);
        var strategies = new StrategyMatching(state, Budget, matching, new(state, events, matching, Margin, Tops), Tops);
        _looks = new StrategyLooks(state, strategies, Tops);
        _strategies = new StrategyListing(state, events);
        var taking = new OrderTaking(state, matching, strategies, Tops);
        _newOrders = new NewOrders(state, events, risk, matching, taking);
        _cancels = new OrderCancels(state, events, matching);
        _replaces = new OrderReplaces(state, events, risk, matching, taking, Tops);
        var pegs = new PegMoves(state, events, matching, taking, Budget, Tops);
        var work = new TradingWork(state, pegs, Tops, Budget);
        Activations = new Activations(state, events, matching, taking, work, Budget);
        _oracle = new OracleCommands(state, events, settlement, pegs, staleness, _curves);
        var calls = new LiquidityCalls(state, Margin, matching, events);
        var holdings = new Holdings(state, Margin, matching, calls);
        var moneyEvents = new MoneyEvents(state, events, writer);
        _accounts = new AccountCommands(state, InternalEvents, moneyEvents, matching, holdings);
        _withdrawals = new WithdrawalRequests(state, moneyEvents, holdings);
        _epochs = new EpochWithdrawals(state, moneyEvents, holdings, _withdrawals, Margin, Budget);
        _transfers = new TransferRequests(state, moneyEvents, holdings);
        (_sessions, _rules, _days, _assets) = (new(state), new(state), new(state), new(state));
        _fees = new FeeCommands(state, matching);
        var sessionOrders = new SessionOrders(state, matching, Budget);
        _kills = new KillSwitches(state, sessionOrders, InternalEvents);
        Search = new AuctionSearch(state);
        var uncross = new UncrossFills(state, events, matching, Margin, Budget, Tops);
        Auctions = new Auctions(state, new MarketEvents(state, events), Search, uncross, work, Budget, Tops);
        _states = new MarketStates(state, phases, Auctions, work, Budget);
        _controls = new ControlStates(state, InternalEvents, Budget);
        var underlyings = new UnderlyingParameters(state, settlement, _freezer);
        _listings = new ListingCommands(state, events, _freezer, underlyings, _curves, funding, Budget);
        var homes = new ParameterHomes(state, underlyings, settlement, funding, _oracleRules, _rules, Budget);
        var checks = new ProposalChecks(state, homes);
        var governanceEvents = new GovernanceEvents(state, writer);
        _governance = new GovernanceActions(state, checks, governanceEvents);
        _telling = new ParameterTelling(state, homes, checks, governanceEvents, InternalEvents, Budget);
        var accountOrders = new AccountOrders(state, matching, Budget);
        _massCancels = new MassCancels(state, quoteEvents, accountOrders);
        _massQuotes = new MassQuotes(state, quoteEvents, _newOrders, risk, matching, taking, Tops);
        _protections = new ProtectionCommands(state, quoteEvents);
        _deliveries = new DeliveryObligations(state, events, writer);
        Pending = new PendingWork(
            state, InternalEvents, matching, sessionOrders, taking, settlement, _deliveries, _states, Auctions, _kills,
            Activations, pegs, _massCancels, new(state, accountOrders), _looks, _controls, _telling, homes.FeeMoves, calls,
            new(state, Margin, matching, holdings, moneyEvents, _deliveries, Budget), work, Budget);
        Timers = new Timers(
            state, settlement, staleness, _curves, funding, phases, _states, new(state, events, Budget), matching, Budget);
        Parameters = new ParameterActivations(state, homes, checks, governanceEvents, Timers, Budget);
        _setup = new GovernanceSetup(state, checks, Parameters);
    }

    public InternalEvents InternalEvents { get; }

    public EventBudget Budget { get; }

    public Margin Margin { get; }

    public BookTops Tops { get; }

    public AuctionSearch Search { get; }

    public Auctions Auctions { get; }

    public Activations Activations { get; }

    public PendingWork Pending { get; }

    public Timers Timers { get; }

    public ParameterActivations Parameters { get; }

    /// <summary>The present command closed an epoch: a hash point follows.</summary>
    public bool IsEpochClosed { get; set; }

    /// <summary>Applies a session's request, or refuses it in the words of its own kind of reject.</summary>
    /// <param name="session">An open session.</param>
    /// <param name="templateId">Of hftdelta.xml; one that the gateway lets through.</param>
    /// <param name="frame">A validated frame.</param>
    /// <param name="refusal">Why it is refused before anyone looks at it, or none.</param>
    public void Request(uint session, ushort templateId, ReadOnlySpan<byte> frame, RejectCode refusal)
    {
        switch (templateId)
        {
            case NewOrderSingleDecoder.TemplateId:
                var terms = OrderTerms.Of(NewOrderSingleDecoder.Trusted(frame));
                _newOrders.Apply(session, ref terms, refusal);
                break;
            case OrderCancelRequestDecoder.TemplateId:
                _cancels.Apply(session, OrderCancelRequestDecoder.Trusted(frame), refusal);
                break;
            case OrderReplaceRequestDecoder.TemplateId:
                _replaces.Apply(session, OrderReplaceRequestDecoder.Trusted(frame), refusal);
                break;
            case OracleReportDecoder.TemplateId:
                _oracle.Report(session, OracleReportDecoder.Trusted(frame), refusal);
                break;
            default:
                RareRequest(session, templateId, frame, refusal);
                break;
        }
    }

    /// <param name="templateId">Of internal.xml.</param>
    /// <param name="frame">A validated frame.</param>
    /// <param name="reference">What it named, for the refusal.</param>
    /// <returns>Why it changed nothing, or none.</returns>
    public RejectCode Internal(ushort templateId, ReadOnlySpan<byte> frame, out uint reference)
    {
        reference = 0;
        switch (templateId)
        {
            case ClockTickDecoder.TemplateId:
                return default;
            case GreeksReadyDecoder.TemplateId:
                var marker = GreeksReadyDecoder.Trusted(frame);
                reference = marker.UnderlyingId;
                return _freezer.Install(marker);
            case SessionOpenedDecoder.TemplateId:
                var opened = SessionOpenedDecoder.Trusted(frame);
                reference = opened.SessionHandle;
                return Tell(opened.SessionHandle, _sessions.Open(opened));
            case SessionClosedDecoder.TemplateId:
                var closed = SessionClosedDecoder.Trusted(frame);
                reference = closed.SessionHandle;
                return Tell(closed.SessionHandle, _sessions.Close(closed));
            case OpenAccountDecoder.TemplateId:
                var account = OpenAccountDecoder.Trusted(frame);
                reference = account.AccountId;
                return _accounts.Open(account);
            case DepositDecoder.TemplateId:
                var deposit = DepositDecoder.Trusted(frame);
                reference = deposit.AccountId;
                return _accounts.Deposit(deposit);
            case WithdrawDecoder.TemplateId:
                var withdrawal = WithdrawDecoder.Trusted(frame);
                reference = withdrawal.AccountId;
                return _accounts.Withdraw(withdrawal);
            default:
                return Rare(templateId, frame, out reference);
        }
    }

    /// <summary>
    /// Every one of <see cref="AnsweredCommands"/> has one answer: this one, or the refusal. Commands of other kinds have
    /// events of their own.
    /// </summary>
    public void TellApplied(ushort templateId, uint reference, ReadOnlySpan<byte> frame)
    {
        switch (templateId)
        {
            case InstrumentStateChangeDecoder.TemplateId:
                InternalEvents.CommandApplied(templateId, reference, _states.ChangedCount, _states.WaitingCount);
                break;
            case KillSwitchDecoder.TemplateId:
                var isEnding = KillSwitchDecoder.Trusted(frame).CancelOrders != 0;
                InternalEvents.CommandApplied(templateId, reference, 1, isEnding ? 1u : 0);
                break;
            case EndOfDayDecoder.TemplateId:
            case TellControlStateDecoder.TemplateId:
            case TellParametersDecoder.TemplateId:
                InternalEvents.CommandApplied(templateId, reference, 0, 1);
                break;
            default:
                if (AnsweredCommands.Holds(templateId))
                {
                    InternalEvents.CommandApplied(templateId, reference, 1, 0);
                }

                break;
        }
    }

    /// <summary>A report that its verifier refused.</summary>
    public void Deny(in OracleReportDeniedDecoder denied) => _oracle.Refuse(
        denied.SessionHandle, denied.SourceId, denied.UnderlyingId, denied.SourceSequence, (RejectCode)denied.Code);

    /// <summary>The end of a command where there are strategies: each may give the other something to do.</summary>
    public void RunStrategiesAndTriggers()
    {
        while (_looks.Run() || _state.Orders.Conditional.NotedCount != 0)
        {
            Activations.Run();
        }
    }

    public void Dispose() => Tops.Dispose();

    private void RareRequest(uint session, ushort templateId, ReadOnlySpan<byte> frame, RejectCode refusal)
    {
        switch (templateId)
        {
            case NewOrderExtendedDecoder.TemplateId:
                var terms = OrderTerms.Of(NewOrderExtendedDecoder.Trusted(frame));
                _newOrders.Apply(session, ref terms, refusal);
                break;
            case MassCancelRequestDecoder.TemplateId:
                _massCancels.Apply(session, MassCancelRequestDecoder.Trusted(frame), refusal);
                break;
            case MassQuoteDecoder.TemplateId:
                _massQuotes.Apply(session, MassQuoteDecoder.Trusted(frame), refusal);
                break;
            case ProtectionRequestDecoder.TemplateId:
                _protections.Apply(session, ProtectionRequestDecoder.Trusted(frame), refusal);
                break;
            case WithdrawalRequestDecoder.TemplateId:
                _withdrawals.Apply(session, WithdrawalRequestDecoder.Trusted(frame), refusal);
                break;
            case WithdrawalCancelRequestDecoder.TemplateId:
                _withdrawals.Apply(session, WithdrawalCancelRequestDecoder.Trusted(frame), refusal);
                break;
            case TransferRequestDecoder.TemplateId:
                _transfers.Apply(session, TransferRequestDecoder.Trusted(frame), refusal);
                break;
            default:
                Check.Never("the gateway sequences only requests that the engine knows");
                break;
        }
    }

    // size: dispatch table
    private RejectCode Rare(ushort templateId, ReadOnlySpan<byte> frame, out uint reference)
    {
        switch (templateId)
        {
            case LeaderTermDecoder.TemplateId:
                var term = LeaderTermDecoder.Trusted(frame);
                reference = term.Term;
                return Lead(term);
            case CommandQuarantinedDecoder.TemplateId:
                var quarantined = CommandQuarantinedDecoder.Trusted(frame);
                reference = quarantined.SessionHandle;
                return Quarantine.Apply(_state, quarantined);
            case ListUnderlyingDecoder.TemplateId:
                var underlying = ListUnderlyingDecoder.Trusted(frame);
                reference = underlying.UnderlyingId;
                return _listings.List(underlying);
            case ListInstrumentDecoder.TemplateId:
                var instrument = ListInstrumentDecoder.Trusted(frame);
                reference = instrument.InstrumentId;
                return _listings.List(instrument);
            case ListStrategyDecoder.TemplateId:
                var strategy = ListStrategyDecoder.Trusted(frame);
                reference = strategy.InstrumentId;
                return _strategies.List(strategy);
            case DelistInstrumentDecoder.TemplateId:
                var delisted = DelistInstrumentDecoder.Trusted(frame);
                reference = delisted.InstrumentId;
                return _listings.Delist(delisted);
            case TellControlStateDecoder.TemplateId:
                reference = 0;
                return _controls.Begin();
            case InstrumentRulesDecoder.TemplateId:
                var rules = InstrumentRulesDecoder.Trusted(frame);
                reference = rules.InstrumentId;
                return _rules.Set(rules);
            case InstrumentStateChangeDecoder.TemplateId:
                var change = InstrumentStateChangeDecoder.Trusted(frame);
                reference = change.InstrumentId != 0 ? change.InstrumentId : change.UnderlyingId;
                return _states.Change(change);
            case KillSwitchDecoder.TemplateId:
                var kill = KillSwitchDecoder.Trusted(frame);
                reference = kill.AccountId;
                return _kills.Set(kill);
            case VolatilityUpdateDecoder.TemplateId:
                var volatility = VolatilityUpdateDecoder.Trusted(frame);
                reference = volatility.UnderlyingId;
                return _listings.Update(volatility);
            case ParameterActivationDecoder.TemplateId:
                var parameter = ParameterActivationDecoder.Trusted(frame);
                reference = parameter.UnderlyingId;
                return _listings.Activate(parameter);
            case OracleRulesDecoder.TemplateId:
                var oracleRules = OracleRulesDecoder.Trusted(frame);
                reference = oracleRules.UnderlyingId;
                return _oracleRules.Set(oracleRules);
            case ForwardUpdateDecoder.TemplateId:
                var forwards = ForwardUpdateDecoder.Trusted(frame);
                reference = forwards.UnderlyingId;
                return _curves.Update(forwards);
            case SetVolatilitySliceDecoder.TemplateId:
                var slice = SetVolatilitySliceDecoder.Trusted(frame);
                reference = slice.UnderlyingId;
                return _surfaces.Set(slice);
            case AccountGroupDecoder.TemplateId:
                var group = AccountGroupDecoder.Trusted(frame);
                reference = group.AccountId;
                return _accounts.Group(group);
            case AdmissionChangeDecoder.TemplateId:
                reference = 0;
                _state.Kills.IsOutOfRoom = AdmissionChangeDecoder.Trusted(frame).IsRefusing != 0;
                return default;
            case EndOfDayDecoder.TemplateId:
                reference = 0;
                return _days.End(EndOfDayDecoder.Trusted(frame));
            case EpochCloseDecoder.TemplateId:
                reference = 0;
                return Close(EpochCloseDecoder.Trusted(frame));
            case EngineVersionDecoder.TemplateId:
                var version = EngineVersionDecoder.Trusted(frame);
                reference = version.Version;
                return Switch(version);
            default:
                return Money(templateId, frame, out reference);
        }
    }

    /// <summary>Fees, assets and deliveries.</summary>
    private RejectCode Money(ushort templateId, ReadOnlySpan<byte> frame, out uint reference)
    {
        switch (templateId)
        {
            case FeeScheduleDecoder.TemplateId:
                var schedule = FeeScheduleDecoder.Trusted(frame);
                reference = schedule.ScheduleId;
                return _fees.Set(schedule);
            case InstrumentFeesDecoder.TemplateId:
                var fees = InstrumentFeesDecoder.Trusted(frame);
                reference = fees.InstrumentId;
                return _fees.Set(fees);
            case AccountTierDecoder.TemplateId:
                var tier = AccountTierDecoder.Trusted(frame);
                reference = tier.AccountId;
                return _fees.Set(tier);
            case ListAssetDecoder.TemplateId:
                var asset = ListAssetDecoder.Trusted(frame);
                reference = asset.AssetId;
                return _assets.List(asset);
            case SettlementPoolTermsDecoder.TemplateId:
                reference = 0;
                return Set(SettlementPoolTermsDecoder.Trusted(frame));
            case ResolveDeliveryDecoder.TemplateId:
                reference = 0;
                return _deliveries.Resolve(ResolveDeliveryDecoder.Trusted(frame));
            case AssetTermsDecoder.TemplateId:
                var terms = AssetTermsDecoder.Trusted(frame);
                reference = terms.AssetId;
                return _assets.Set(terms);
            default:
                return Govern(templateId, frame, out reference);
        }
    }

    /// <summary>Parameters.</summary>
    private RejectCode Govern(ushort templateId, ReadOnlySpan<byte> frame, out uint reference)
    {
        switch (templateId)
        {
            case GovernanceActionDecoder.TemplateId:
                return _governance.Apply(GovernanceActionDecoder.Trusted(frame), out reference);
            case GovernanceKeyDecoder.TemplateId:
                var key = GovernanceKeyDecoder.Trusted(frame);
                reference = key.KeyId;
                return _setup.Set(key);
            case ParameterEnvelopeDecoder.TemplateId:
                var envelope = ParameterEnvelopeDecoder.Trusted(frame);
                reference = envelope.Scope;
                return _setup.Set(envelope);
            case GovernanceSealDecoder.TemplateId:
                reference = 0;
                return _setup.Seal(GovernanceSealDecoder.Trusted(frame));
            case TellParametersDecoder.TemplateId:
                reference = 0;
                return _telling.Begin();
            default:
                reference = templateId;
                Check.Never("only commands of the internal schema are sequenced");
                return default;
        }
    }

    /// <summary>Setting up: the terms of the pool.</summary>
    private RejectCode Set(in SettlementPoolTermsDecoder message)
    {
        if (_state.Governance.IsSealed)
        {
            return RejectCode.ParametersGoverned;
        }

        if (!_state.Pool.TryRead(message, out var terms))
        {
            return RejectCode.BadParameter;
        }

        _state.SetPool(terms);
        return default;
    }

    private RejectCode Tell(uint handle, RejectCode code)
    {
        if (code == default)
        {
            InternalEvents.SessionState(handle);
        }

        return code;
    }

    private RejectCode Lead(in LeaderTermDecoder term)
    {
        if (term.FirstSequence != (ulong)_state.Sequence || term.Term != _state.Term)
        {
            return RejectCode.BadParameter;
        }

        // From the first session on, even if the telling of an older term was not finished: nobody heard it.
        _state.Pending.Restart(PendingKind.TellSessionStates, 1);
        _freezer.AskAgain();
        return default;
    }

    private RejectCode Close(in EpochCloseDecoder message)
    {
        if (message.Epoch != _state.Epoch + 1)
        {
            return RejectCode.BadParameter;
        }

        _state.Epoch++;
        _epochs.CloseEpoch(_state.Epoch);
        IsEpochClosed = true;
        return default;
    }

    private RejectCode Switch(in EngineVersionDecoder message)
    {
        if (message.Version < _state.EngineVersion || message.Version > EngineVersions.Newest)
        {
            return RejectCode.BadParameter;
        }

        _state.EngineVersion = message.Version;
        return default;
    }
}
