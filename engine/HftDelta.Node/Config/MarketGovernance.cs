using HftDelta.Engine.Governance;
using HftDelta.Node.Control;
using HftDelta.Replica.Signing;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Config;

/// <summary>A key that may speak on parameters. Immutable.</summary>
public sealed record MarketGovernanceKey
{
    /// <summary>1 to 63.</summary>
    public required uint KeyId { get; init; }

    public required GovernanceRole Role { get; init; }

    /// <summary>Ethereum address of the key.</summary>
    public required string Address { get; init; }

    /// <summary>What a module may move.</summary>
    public IReadOnlyList<ParameterId> Parameters { get; init; } = [];

    /// <summary>The same as bits by number.</summary>
    internal UInt128 Bits => Parameters.Aggregate(UInt128.Zero, (bits, parameter) => bits | (UInt128.One << (int)parameter));
}

/// <summary>How far a parameter may be moved, and how fast. Immutable.</summary>
public sealed record MarketEnvelope
{
    public required ParameterId Parameter { get; init; }

    /// <summary>Of which underlying or instrument; 0: of all that have no envelope of their own, or of the venue.</summary>
    public uint Scope { get; init; }

    public ushort Row { get; init; }

    public required long Minimum { get; init; }

    public required long Maximum { get; init; }

    /// <summary>The largest change at once; 0: no such rule.</summary>
    public long StepMax { get; init; }

    /// <summary>Between two changes.</summary>
    public ulong CooldownNanos { get; init; }

    /// <summary>What governance waits between its word and the change; 0: as long as for the whole venue.</summary>
    public ulong TimeLockNanos { get; init; }
}

/// <summary>
/// Who may change the parameters of the venue once it is listed (docs/parameters.md). Start values are those of underlyings and
/// rules. Immutable.
/// </summary>
public sealed record MarketGovernance
{
    private const uint KeyIdMax = 63;
    private const int FeeScheduleIdMax = 15;

    /// <summary>What governance waits where a parameter has no envelope, and for keys.</summary>
    public ulong TimeLockNanos { get; init; }

    public required IReadOnlyList<MarketGovernanceKey> Keys { get; init; }

    public IReadOnlyList<MarketEnvelope> Envelopes { get; init; } = [];

    /// <summary>What the engine would refuse it for, in words; null when nothing is wrong.</summary>
    internal string? FaultOf(MarketSettings market)
    {
        if (TimeLockNanos > ParameterCatalog.TimeLockMaxNanos)
        {
            return $"the governance's timeLockNanos {TimeLockNanos} is more than 30 days";
        }

        if (Keys.All(key => key.Role != GovernanceRole.Governance))
        {
            return "the governance has no key of role 'governance': nobody could change anything";
        }

        return Keys.Select((key, place) => FaultOf(key, place)).FirstOrDefault(fault => fault is not null)
            ?? Envelopes.Select(envelope => FaultOf(envelope, market)).FirstOrDefault(fault => fault is not null);
    }

    private string? FaultOf(MarketGovernanceKey key, int place)
    {
        if (key.KeyId is 0 or > KeyIdMax)
        {
            return $"governance key {key.KeyId} must be from 1 to {KeyIdMax}";
        }

        if (Keys.Take(place).Any(other => other.KeyId == key.KeyId))
        {
            return $"governance key {key.KeyId} stands there twice";
        }

        if (key.Role is not (GovernanceRole.Governance or GovernanceRole.Module))
        {
            return $"governance key {key.KeyId} must have the role 'governance' or 'module'";
        }

        if (!IsAddress(key.Address, out var wrong))
        {
            return $"governance key {key.KeyId}: {wrong}";
        }

        if (key.Role == GovernanceRole.Governance)
        {
            return key.Parameters.Count > 0
                ? $"governance key {key.KeyId} may move everything: leave its parameters out" : null;
        }

        var unknown = key.Parameters.Where(parameter => !ParameterCatalog.TryFind(parameter, out _)).ToList();
        return key.Parameters.Count == 0 ? $"module key {key.KeyId} has no parameters that it may move"
            : unknown.Count > 0 ? $"module key {key.KeyId} has a parameter that there is not: {unknown[0]}" : null;
    }

    private string? FaultOf(MarketEnvelope envelope, MarketSettings market)
    {
        var name = $"the envelope of {envelope.Parameter} (scope {envelope.Scope}, row {envelope.Row})";
        if (!ParameterCatalog.TryFind(envelope.Parameter, out var facts) || envelope.Row >= facts.Rows)
        {
            return $"{name} is of no parameter that there is";
        }

        var scopes = facts.Scope switch
        {
            ParameterScope.Underlying => market.Underlyings.Count,
            ParameterScope.Instrument => market.Instruments.Count,
            ParameterScope.FeeSchedule => FeeScheduleIdMax,
            ParameterScope.Asset => market.Assets.Count,
            _ => 0,
        };
        var isSchedule = facts.Scope == ParameterScope.FeeSchedule && envelope.Scope != 0;
        if (envelope.Scope > scopes || (isSchedule && market.FeeSchedules.All(each => each.ScheduleId != envelope.Scope)))
        {
            return $"{name} has a scope that is not listed{(isSchedule ? "" : $": there are 0 to {scopes}")}";
        }

        if (Envelopes.Count(other => (other.Parameter, other.Scope, other.Row)
            == (envelope.Parameter, envelope.Scope, envelope.Row)) > 1)
        {
            return $"{name} stands there twice";
        }

        if (envelope.Minimum < facts.Minimum || envelope.Maximum > facts.Maximum || envelope.Minimum > envelope.Maximum)
        {
            return $"{name} is from {envelope.Minimum} to {envelope.Maximum}: "
                + $"it must lie inside {facts.Minimum} to {facts.Maximum}";
        }

        if (envelope.StepMax < 0 || envelope.CooldownNanos > ParameterCatalog.CooldownMaxNanos
            || envelope.TimeLockNanos > ParameterCatalog.TimeLockMaxNanos)
        {
            return $"{name} must have a stepMax of at least 0, a cooldown of at most 365 days and a time lock of at most 30";
        }

        return StartFault(envelope, name, market);
    }

    /// <summary>A start value outside would be one that no module can move from.</summary>
    private static string? StartFault(MarketEnvelope envelope, string name, MarketSettings market)
    {
        foreach (var start in MarketStartValues.Of(market, envelope.Parameter))
        {
            var isOwn = (envelope.Scope == 0 || start.Scope == envelope.Scope) && start.Row == envelope.Row;
            if (isOwn && (start.Value < envelope.Minimum || start.Value > envelope.Maximum))
            {
                ParameterCatalog.TryFind(envelope.Parameter, out var facts);
                return $"{ParameterNames.Of(facts.Scope)} {start.Scope} starts with {envelope.Parameter} {start.Value}, outside "
                    + $"{name}, {envelope.Minimum} to {envelope.Maximum}";
            }
        }

        return null;
    }

    private static bool IsAddress(string text, out string wrong)
    {
        try
        {
            wrong = EthereumAddress.Parse(text) == EthereumAddress.Zero ? "the zero address is nobody's" : "";
            return wrong.Length == 0;
        }
        catch (FormatException fault)
        {
            wrong = fault.Message;
            return false;
        }
    }
}
