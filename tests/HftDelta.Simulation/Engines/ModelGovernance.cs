using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>What a command made the model say.</summary>
public sealed record GovernanceStep(GovernanceOutcome Outcome, uint Proposal, RejectCode Code = default, long Bound = 0);

/// <summary>
/// Governed parameters, slow and obvious, written from docs/parameters.md alone: lists and dictionaries, looked through from end
/// to end. It knows the few parameters that it is asked for, and everything that can become of a proposal.
/// </summary>
public sealed class ModelGovernance
{
    private const int PlacesMax = 64;
    private const int ModulePlacesMax = 48;

    private readonly Dictionary<uint, ModelKey> _keys = [];
    private readonly Dictionary<(ParameterId, uint), ParameterLimits> _envelopes = [];
    private readonly Dictionary<(ParameterId, uint), ulong> _changes = [];
    private readonly List<ModelProposal> _waiting = [];
    private uint _lastNumber;

    /// <summary>Every parameter that the model knows, with its value.</summary>
    public Dictionary<(ParameterId Parameter, uint Scope), long> Values { get; } = [];

    /// <summary>What each can be at all.</summary>
    public Dictionary<ParameterId, (long Minimum, long Maximum)> Bounds { get; } = [];

    public bool IsFrozen { get; private set; }

    public int WaitingCount => _waiting.Count;

    public IEnumerable<uint> WaitingNumbers => _waiting.Select(proposal => proposal.Number);

    /// <summary>What the last command did.</summary>
    public List<GovernanceStep> Steps { get; } = [];

    public ulong NextSequence(uint key) => _keys.TryGetValue(key, out var found) ? found.LastSequence + 1 : 1;

    public void SetKey(uint id, GovernanceRole role, IReadOnlyList<ParameterId> parameters, byte? address = null)
    {
        var last = _keys.TryGetValue(id, out var old) ? old.LastSequence : 0;
        _keys[id] = new ModelKey(role, [.. parameters], last, address ?? (byte)id);
    }

    /// <summary>Who holds a key.</summary>
    public byte HolderOf(uint key) => _keys.TryGetValue(key, out var found) ? found.Address : (byte)0;

    public void SetEnvelope(ParameterId parameter, uint scope, ParameterLimits limits) => _envelopes[(parameter, scope)] = limits;

    /// <summary>The head of each command.</summary>
    public void Begin(ulong now, ulong sequence)
    {
        Steps.Clear();
        while (!IsFrozen)
        {
            var due = _waiting.Where(each => each.Time <= now && each.Words.ActivationSequence <= sequence)
                .OrderBy(each => each.Time).ThenBy(each => each.Number).FirstOrDefault();
            if (due is null)
            {
                return;
            }

            _waiting.Remove(due);
            var (code, bound) = IsKey(due.Words.KeyId) ? Judge(due.Words, now) : (RejectCode.UnknownGovernanceKey, 0);
            if (code != default)
            {
                Steps.Add(new GovernanceStep(GovernanceOutcome.Refused, due.Number, code, bound));
                continue;
            }

            Apply(due.Words, now);
            Steps.Add(new GovernanceStep(GovernanceOutcome.Activated, due.Number));
        }
    }

    public void Say(GovernanceWords words, ulong now)
    {
        var (code, bound) = Take(words, now);
        if (code != default)
        {
            Steps.Add(new GovernanceStep(GovernanceOutcome.Refused, 0, code, bound));
        }
    }

    private bool IsKey(uint id) => _keys.TryGetValue(id, out var key) && key.Role != GovernanceRole.None;

    private bool IsModule(uint id) => _keys[id].Role == GovernanceRole.Module;

    private (RejectCode Code, long Bound) Take(GovernanceWords words, ulong now)
    {
        if (!IsKey(words.KeyId) || words.Signer != _keys[words.KeyId].Address)
        {
            return (RejectCode.UnknownGovernanceKey, 0);
        }

        var key = _keys[words.KeyId];
        if (words.Sequence <= key.LastSequence)
        {
            return (RejectCode.GovernanceSequenceUsed, (long)key.LastSequence);
        }

        _keys[words.KeyId] = key with { LastSequence = words.Sequence };
        if (words.Deadline != 0 && now >= words.Deadline)
        {
            return (RejectCode.DeadlinePassed, 0);
        }

        switch (words.Action)
        {
            case GovernanceActionKind.Cancel:
                return Cancel(words);
            case GovernanceActionKind.Freeze or GovernanceActionKind.Unfreeze when IsModule(words.KeyId):
                return (RejectCode.NotGovernance, 0);
            case GovernanceActionKind.Freeze:
                IsFrozen = true;
                Steps.Add(new GovernanceStep(GovernanceOutcome.Frozen, 0));
                return default;
            case GovernanceActionKind.Unfreeze:
                IsFrozen = false;
                Steps.Add(new GovernanceStep(GovernanceOutcome.Unfrozen, 0));
                return default;
            default:
                return Propose(words, now);
        }
    }

    private (RejectCode Code, long Bound) Cancel(GovernanceWords words)
    {
        if (IsModule(words.KeyId))
        {
            return (RejectCode.NotGovernance, 0);
        }

        if (_waiting.RemoveAll(proposal => proposal.Number == words.Subject) == 0)
        {
            return (RejectCode.UnknownProposal, 0);
        }

        Steps.Add(new GovernanceStep(GovernanceOutcome.Canceled, words.Subject));
        return default;
    }

    private (RejectCode Code, long Bound) Propose(GovernanceWords words, ulong now)
    {
        if (IsFrozen)
        {
            return (RejectCode.GovernanceFrozen, 0);
        }

        var judged = Judge(words, ulong.Max(now, words.ActivationTime));
        if (judged.Code != default)
        {
            return judged;
        }

        var isModule = IsModule(words.KeyId);
        var earliest = now + (isModule ? 0 : TimeLock(words));
        if (words.ActivationTime != 0 && words.ActivationTime < earliest && !isModule)
        {
            return (RejectCode.ActivationTooEarly, (long)earliest);
        }

        var other = isModule
            ? _waiting.FirstOrDefault(each => each.Words.KeyId == words.KeyId && each.Words.Parameter == words.Parameter
                && each.Words.Scope == words.Scope)
            : null;
        if (other is not null)
        {
            return (RejectCode.ProposalOutstanding, other.Number);
        }

        if (_waiting.Count >= (isModule ? ModulePlacesMax : PlacesMax))
        {
            return (RejectCode.CapacityExhausted, 0);
        }

        _waiting.Add(new ModelProposal(++_lastNumber, ulong.Max(words.ActivationTime, earliest), words));
        Steps.Add(new GovernanceStep(GovernanceOutcome.Proposed, _lastNumber));
        return default;
    }

    private ulong TimeLock(GovernanceWords words)
    {
        var all = (ulong)Values[(ParameterId.GovernanceTimeLockNanos, 0)];
        var envelope = words.Action == GovernanceActionKind.SetKey ? null : EnvelopeOf(words.Parameter, words.Scope);
        return envelope is null or { TimeLockNanos: 0 } ? all
            : words.Action == GovernanceActionKind.SetEnvelope ? ulong.Max(all, envelope.TimeLockNanos)
            : envelope.TimeLockNanos;
    }

    private ParameterLimits? EnvelopeOf(ParameterId parameter, uint scope) =>
        _envelopes.GetValueOrDefault((parameter, scope)) ?? _envelopes.GetValueOrDefault((parameter, 0u));

    private (RejectCode Code, long Bound) Judge(GovernanceWords words, ulong time)
    {
        switch (words.Action)
        {
            case GovernanceActionKind.SetValue:
                return JudgeValue(words, time);
            case GovernanceActionKind.SetEnvelope or GovernanceActionKind.SetKey when IsModule(words.KeyId):
                return (RejectCode.NotGovernance, 0);
            case GovernanceActionKind.SetEnvelope:
                return JudgeEnvelope(words);
            case GovernanceActionKind.SetKey:
                var isLast = _keys.TryGetValue(words.Subject, out var key) && key.Role == GovernanceRole.Governance
                    && words.Role != GovernanceRole.Governance
                    && _keys.Count(each => each.Value.Role == GovernanceRole.Governance) == 1;
                return words.Subject is 0 or > 63 ? (RejectCode.BadParameter, 0)
                    : isLast ? (RejectCode.LastGovernanceKey, 0) : default;
            default:
                return (RejectCode.BadParameter, 0);
        }
    }

    private (RejectCode Code, long Bound) JudgeEnvelope(GovernanceWords words)
    {
        if (!Bounds.TryGetValue(words.Parameter, out var bounds)
            || (words.Scope != 0 && !Values.ContainsKey((words.Parameter, words.Scope))))
        {
            return (RejectCode.UnknownParameter, 0);
        }

        var limits = words.Limits;
        return limits.Minimum < bounds.Minimum ? (RejectCode.ParameterOutsideEnvelope, bounds.Minimum)
            : limits.Maximum > bounds.Maximum ? (RejectCode.ParameterOutsideEnvelope, bounds.Maximum)
            : limits.Minimum > limits.Maximum || limits.StepMax < 0 ? (RejectCode.BadParameter, 0)
            : default;
    }

    private (RejectCode Code, long Bound) JudgeValue(GovernanceWords words, ulong time)
    {
        var key = (words.Parameter, words.Scope);
        if (!Values.TryGetValue(key, out var present))
        {
            return (RejectCode.UnknownParameter, 0);
        }

        if (IsModule(words.KeyId))
        {
            if (!_keys[words.KeyId].Parameters.Contains(words.Parameter))
            {
                return (RejectCode.ParameterNotOfModule, 0);
            }

            if (EnvelopeOf(words.Parameter, words.Scope) is not { } envelope)
            {
                return (RejectCode.ParameterHasNoEnvelope, 0);
            }

            if (words.Value < envelope.Minimum || words.Value > envelope.Maximum)
            {
                return (
                    RejectCode.ParameterOutsideEnvelope,
                    words.Value < envelope.Minimum ? envelope.Minimum : envelope.Maximum);
            }

            if (envelope.StepMax != 0 && Math.Abs(words.Value - present) > envelope.StepMax)
            {
                return (RejectCode.ParameterStepTooLarge, envelope.StepMax);
            }

            if (_changes.TryGetValue(key, out var last) && time < last + envelope.CooldownNanos)
            {
                return (RejectCode.ParameterCoolingDown, (long)(last + envelope.CooldownNanos));
            }
        }

        var bounds = Bounds[words.Parameter];
        return words.Value < bounds.Minimum ? (RejectCode.ParameterOutsideEnvelope, bounds.Minimum)
            : words.Value > bounds.Maximum ? (RejectCode.ParameterOutsideEnvelope, bounds.Maximum)
            : GoesTogether(words) ? default : (RejectCode.ParameterConflict, 0);
    }

    private bool GoesTogether(GovernanceWords words)
    {
        var changed = new Dictionary<(ParameterId Parameter, uint Scope), long>(Values)
        {
            [(words.Parameter, words.Scope)] = words.Value,
        };
        var scope = words.Scope;
        return words.Parameter switch
        {
            ParameterId.ShortOptionMarginPpm or ParameterId.ShortOptionMinimumPpm =>
                changed[(ParameterId.ShortOptionMarginPpm, scope)] >= changed[(ParameterId.ShortOptionMinimumPpm, scope)],
            ParameterId.LotSize or ParameterId.OrderLotsMax => changed[(ParameterId.OrderLotsMax, scope)] == 0
                || changed[(ParameterId.OrderLotsMax, scope)] >= changed[(ParameterId.LotSize, scope)],
            >= ParameterId.OracleReportJumpPpm and <= ParameterId.SettlementWindowNanos => OracleGoesTogether(changed, scope),
            ParameterId.FeeMakerPpm or ParameterId.FeeTakerPpm =>
                changed[(ParameterId.FeeMakerPpm, scope)] + changed[(ParameterId.FeeTakerPpm, scope)] >= 0,
            ParameterId.FeeTradedMultiple => words.Value == 0,
            ParameterId.InstrumentFeeSchedule => words.Value == 0
                || Values.ContainsKey((ParameterId.FeeTakerPpm, (uint)words.Value)),
            >= ParameterId.PoolShareOfClaimPpm => PoolGoesTogether(changed),
            _ => true,
        };
    }

    private static bool OracleGoesTogether(Dictionary<(ParameterId Parameter, uint Scope), long> values, uint scope)
    {
        var late = values[(ParameterId.OracleLateAfterNanos, scope)];
        var stale = values[(ParameterId.OracleStaleAfterNanos, scope)];
        var hasClasses = late == 0 || (late < stale && stale < values[(ParameterId.OracleDeadAfterNanos, scope)]);
        return hasClasses && (values[(ParameterId.OracleReportAgeMaxNanos, scope)] == 0
            || values[(ParameterId.OracleClockSkewMaxNanos, scope)] != 0);
    }

    private static bool PoolGoesTogether(Dictionary<(ParameterId Parameter, uint Scope), long> values)
    {
        var kinkRate = values[(ParameterId.PoolKinkRatePpm, 0)];
        return values[(ParameterId.PoolIdleRatePpm, 0)] <= kinkRate && kinkRate <= values[(ParameterId.PoolFullRatePpm, 0)]
            && (values[(ParameterId.PoolShareOfClaimPpm, 0)] == 0
                || (values[(ParameterId.PoolCapAtoms, 0)] != 0 && values[(ParameterId.PoolKinkPpm, 0)] != 0));
    }

    private void Apply(GovernanceWords words, ulong now)
    {
        switch (words.Action)
        {
            case GovernanceActionKind.SetValue:
                Values[(words.Parameter, words.Scope)] = words.Value;
                _changes[(words.Parameter, words.Scope)] = now;
                break;
            case GovernanceActionKind.SetEnvelope:
                SetEnvelope(words.Parameter, words.Scope, words.Limits);
                break;
            default:
                SetKey(words.Subject, words.Role, words.Role == GovernanceRole.Module ? words.Parameters : [], words.Address);
                break;
        }
    }

    private sealed record ModelKey(GovernanceRole Role, HashSet<ParameterId> Parameters, ulong LastSequence, byte Address);

    private sealed record ModelProposal(uint Number, ulong Time, GovernanceWords Words);
}
