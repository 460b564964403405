using HftDelta.Engine.Instruments;
using HftDelta.Wire;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Where the values of parameters stand: in the records of what they belong to, each once, so that using one costs what it cost
/// before it was governed. Owner: the engine agent.
/// </summary>
internal sealed class ParameterHomes(VenueState state, UnderlyingParameters underlyings, InstrumentParameters instruments)
{
    /// <summary>Whether there is what it belongs to.</summary>
    /// <returns>Why there is no such parameter, or none.</returns>
    public RejectCode Find(in ParameterKey key, in ParameterFacts facts)
    {
        if (key.Row >= facts.Rows)
        {
            return RejectCode.UnknownParameter;
        }

        switch (facts.Scope)
        {
            case ParameterScope.Underlying:
                return state.Underlyings.Exists(key.Scope) ? default : RejectCode.UnknownParameter;
            case ParameterScope.Instrument:
                return !state.Instruments.Exists(key.Scope) ? RejectCode.UnknownParameter
                    : state.Instruments.Read(key.Scope).IsLive ? default : RejectCode.InstrumentNotOpen;
            default:
                return key.Scope == 0 ? default : RejectCode.UnknownParameter;
        }
    }

    /// <summary>The value of a parameter that <see cref="Find"/> found.</summary>
    public long Read(in ParameterKey key, ParameterScope scope) => Read(state, key, scope);

    public static long Read(VenueState venue, in ParameterKey key, ParameterScope scope) => scope switch
    {
        ParameterScope.Underlying => UnderlyingParameters.Read(venue.Underlyings.Read(key.Scope), key.Kind),
        ParameterScope.Instrument => InstrumentParameters.Read(venue.Markets.Rules.Read(key.Scope), key.Kind, key.Row),
        _ => (long)venue.Governance.All.TimeLockNanos,
    };

    /// <summary>Whether a value inside the parameter's bounds goes together with the others.</summary>
    public bool CanHave(in ParameterKey key, ParameterScope scope, long value) => scope switch
    {
        ParameterScope.Underlying => underlyings.CanHave(key.Scope, key.Kind, value),
        ParameterScope.Instrument => instruments.CanHave(key, value),
        _ => true,
    };

    /// <summary>A value that it can have.</summary>
    public void Set(in ParameterKey key, ParameterScope scope, long value)
    {
        switch (scope)
        {
            case ParameterScope.Underlying: underlyings.Set(key.Scope, key.Kind, value); break;
            case ParameterScope.Instrument: instruments.Set(key, value); break;
            default: state.Governance.WriteAll().TimeLockNanos = (ulong)value; break;
        }
    }

    /// <summary>The most slots of events that <see cref="Set"/> fills.</summary>
    public int SlotsToSet(in ParameterKey key) =>
        ParameterCatalog.TryFind(key.Kind, out var facts) && facts.Scope == ParameterScope.Underlying &&
            state.Underlyings.Exists(key.Scope)
            ? SlotsToSettle(state.Underlyings.Read(key.Scope))
            : 0;

    private static int SlotsToSettle(in UnderlyingRecord underlying) =>
        EventBudget.SettlementSlots(underlying.InstrumentCount, underlying.FundedCount);
}
