using HftDelta.Engine.Fees;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Settlement;
using HftDelta.Wire;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Where the values of parameters stand: in the records of what they belong to, each once, so that using one costs what it cost
/// before it was governed. Owner: the engine agent.
/// </summary>
internal sealed class ParameterHomes(
    VenueState state,
    UnderlyingParameters underlyings,
    DeltaSettlement settlement,
    FundingIndices funding,
    OracleRulesCommands oracleRules,
    RulesCommands rules,
    EventBudget budget)
{
    private readonly OracleParameters _oracleRules = new(state, settlement, oracleRules);
    private readonly InstrumentParameters _rules = new(state, rules);
    private readonly InstrumentTermParameters _terms = new(state, settlement, funding);
    private readonly AssetParameters _assets = new(state);
    private readonly PoolParameters _pool = new(state);

    /// <summary>Where changed fee schedules come into force.</summary>
    public FeeScheduleMoves FeeMoves { get; } = new(state, settlement, budget);

    /// <summary>Whether there is what it belongs to.</summary>
    /// <returns>Why there is no such parameter, or none.</returns>
    public RejectCode Find(in ParameterKey key, in ParameterFacts facts)
    {
        if (key.Row >= facts.Rows)
        {
            return RejectCode.UnknownParameter;
        }

        var exists = facts.Scope switch
        {
            ParameterScope.Underlying => state.Underlyings.Exists(key.Scope),
            ParameterScope.Instrument => state.Instruments.Exists(key.Scope) &&
                (facts.Home == ParameterHome.Rules || InstrumentTermParameters.Has(state.Instruments.Read(key.Scope), key.Kind)),
            ParameterScope.FeeSchedule => FeeParameters.Has(state, key),
            ParameterScope.Asset => state.Assets.Exists(key.Scope),
            _ => key.Scope == 0,
        };
        return !exists ? RejectCode.UnknownParameter
            : facts.Scope == ParameterScope.Instrument && !state.Instruments.Read(key.Scope).IsLive ? RejectCode.InstrumentNotOpen
            : default;
    }

    /// <summary>Whether a parameter of a table has a value: rows of price increments that there are not have none.</summary>
    public bool HasValue(in ParameterKey key, in ParameterFacts facts) =>
        facts.Rows == 1 || facts.Home != ParameterHome.Rules || Read(key, facts.Home) != 0;

    /// <summary>The value of a parameter that <see cref="Find"/> found.</summary>
    public long Read(in ParameterKey key, ParameterHome home) => Read(state, key, home);

    public static long Read(VenueState venue, in ParameterKey key, ParameterHome home) => home switch
    {
        ParameterHome.Underlying => UnderlyingParameters.Read(venue.Underlyings.Read(key.Scope), key.Kind),
        ParameterHome.OracleRules => OracleParameters.Read(venue.OracleRules.Read(key.Scope), key.Kind),
        ParameterHome.Rules => InstrumentParameters.Read(venue.Markets.Rules.Read(key.Scope), key.Kind, key.Row),
        ParameterHome.Terms => InstrumentTermParameters.Read(venue, key.Scope, key.Kind),
        ParameterHome.Fees => FeeParameters.Read(venue.Fees.Of(key.Scope), key.Kind, key.Row),
        ParameterHome.Asset => AssetParameters.Read(venue.Assets.Read(key.Scope), key.Kind),
        ParameterHome.Pool => PoolParameters.Read(venue.Pool.Terms, key.Kind),
        _ => (long)venue.Governance.All.TimeLockNanos,
    };

    /// <summary>Whether a value inside the parameter's bounds goes together with the others.</summary>
    public bool CanHave(in ParameterKey key, ParameterHome home, long value) => home switch
    {
        ParameterHome.Underlying => underlyings.CanHave(key.Scope, key.Kind, value),
        ParameterHome.OracleRules => _oracleRules.CanHave(key.Scope, key.Kind, value),
        ParameterHome.Rules => _rules.CanHave(key, value),
        ParameterHome.Terms => _terms.CanHave(key.Scope, key.Kind, value),
        ParameterHome.Fees => FeeParameters.CanHave(state, key, value),
        ParameterHome.Asset => _assets.CanHave(key.Scope, key.Kind, value),
        ParameterHome.Pool => _pool.CanHave(key.Kind, value),
        _ => true,
    };

    /// <summary>Whether an earlier change has left nothing to do on which another one would have to wait.</summary>
    public bool IsReady(in ParameterKey key) =>
        !ParameterCatalog.TryFind(key.Kind, out var facts) || facts.Home != ParameterHome.Fees ||
        !state.Fees.Exists(key.Scope) || !state.Fees.IsMoving(key.Scope);

    /// <summary>A value that it can have.</summary>
    public void Set(in ParameterKey key, ParameterHome home, long value)
    {
        switch (home)
        {
            case ParameterHome.Underlying: underlyings.Set(key.Scope, key.Kind, value); break;
            case ParameterHome.OracleRules: _oracleRules.Set(key.Scope, key.Kind, value); break;
            case ParameterHome.Rules: _rules.Set(key, value); break;
            case ParameterHome.Terms: _terms.Set(key.Scope, key.Kind, value); break;
            case ParameterHome.Fees: FeeParameters.Set(state, FeeMoves, key, value); break;
            case ParameterHome.Asset: _assets.Set(key.Scope, key.Kind, value); break;
            case ParameterHome.Pool: _pool.Set(key.Kind, value); break;
            default: state.Governance.WriteAll().TimeLockNanos = (ulong)value; break;
        }
    }

    /// <summary>
    /// The most slots of events that <see cref="Set"/> fills. A fee schedule asks for room itself: what finds none is left as
    /// pending work.
    /// </summary>
    public int SlotsToSet(in ParameterKey key)
    {
        if (!ParameterCatalog.TryFind(key.Kind, out var facts))
        {
            return 0;
        }

        switch (facts.Home)
        {
            case ParameterHome.Underlying when state.Underlyings.Exists(key.Scope):
                return SlotsToSettle(state.Underlyings.Read(key.Scope));
            case ParameterHome.OracleRules when state.Underlyings.Exists(key.Scope):
                return SlotsToSettle(state.Underlyings.Read(key.Scope)) + EventBudget.UnitSlots;
            case ParameterHome.Terms when state.Instruments.Exists(key.Scope) &&
                state.Underlyings.Exists(state.Instruments.Read(key.Scope).Underlying):
                return SlotsToSettle(state.Underlyings.Read(state.Instruments.Read(key.Scope).Underlying));
            default:
                return 0;
        }
    }

    private static int SlotsToSettle(in UnderlyingRecord underlying) =>
        EventBudget.SettlementSlots(underlying.InstrumentCount, underlying.FundedCount);
}
