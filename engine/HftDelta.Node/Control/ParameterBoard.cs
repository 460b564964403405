using HftDelta.Gateway.Rings;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>The engine's own word on parameters, told between two commands. Immutable once complete.</summary>
internal sealed class ParameterSnapshot : ToldState
{
    public ControlGovernance Governance { get; set; } = new();
}

/// <summary>
/// Asks the engine for its parameters and gathers what it tells, for everybody who asked before it began; knows the keys as they
/// stand, to verify what they sign; and tells every step of a proposal. Owner: the operator's thread.
/// </summary>
internal sealed class ParameterBoard(OperatorLine line, CommitmentDomain? domain)
{
    private readonly Dictionary<uint, EthereumAddress> _keys = [];
    private readonly Dictionary<(uint Key, ulong Sequence), ControlStep> _answers = [];
    private readonly EngineQuestion<ParameterSnapshot> _question =
        new(line, () => TellParametersEncoder.Wrap(line.Buffer).EncodedLength);

    /// <summary>Told every step, as it is heard; null: nobody.</summary>
    public Action<long, ControlStep>? Heard { get; set; }

    /// <summary>The address of a key that may speak; null: none.</summary>
    public EthereumAddress? AddressOf(uint key) => _keys.TryGetValue(key, out var address) ? address : null;

    public void Know(uint key, EthereumAddress address) => _keys[key] = address;

    /// <summary>What the engine answered to a word of a key, once; null while it has not.</summary>
    public ControlStep? TakeAnswer(uint key, ulong sequence) =>
        _answers.Remove((key, sequence), out var step) ? step : null;

    /// <summary>The word is awaited: its answer is kept.</summary>
    public void Await(uint key, ulong sequence) => _answers.Remove((key, sequence));

    /// <summary>The state at a command that is sequenced after this call.</summary>
    public ParameterSnapshot Ask() => _question.Ask();

    /// <summary>Sends the question when someone asked and none is under way.</summary>
    public void Step() => _question.Step();

    public void Hear(scoped in RingRecord record)
    {
        InternalSchema.TryPeekHeader(record.Frame, out var header);
        switch ((ushort)header.TemplateId)
        {
            case GovernanceReportDecoder.TemplateId:
                HearStep(GovernanceReportDecoder.Trusted(record.Frame), record.Envelope.Sequence);
                break;
            case GovernanceStateDecoder.TemplateId:
                HearAll(GovernanceStateDecoder.Trusted(record.Frame), record.Envelope.Sequence);
                break;
            case GovernanceKeyStateDecoder.TemplateId:
                HearKey(GovernanceKeyStateDecoder.Trusted(record.Frame));
                break;
            case ProposalStateDecoder.TemplateId:
                HearProposal(ProposalStateDecoder.Trusted(record.Frame));
                break;
            case ParameterStateDecoder.TemplateId:
                HearParameter(ParameterStateDecoder.Trusted(record.Frame));
                break;
            case CommandCompletedDecoder.TemplateId:
                HearEnd(CommandCompletedDecoder.Trusted(record.Frame));
                break;
            default:
                break;
        }
    }

    private void HearStep(in GovernanceReportDecoder told, long sequence)
    {
        var step = new ControlStep
        {
            Outcome = told.Outcome.ToString(),
            Action = ((GovernanceActionKind)told.Action).ToString(),
            KeyId = told.KeyId,
            KeySequence = told.Sequence,
            Proposal = told.Proposal,
            Parameter = ParameterNames.Of(told.Parameter),
            Owner = ParameterNames.OwnerOf(told.Parameter),
            Scope = told.Scope,
            Row = told.Row,
            Subject = told.Subject,
            Value = told.Value,
            Previous = told.Previous,
            Code = told.Code == 0 ? "" : ((RejectCode)told.Code).ToString(),
            Bound = told.Bound,
            ActivationTimeNanos = told.ActivationTime,
            ActivationSequence = told.ActivationSequence,
        };
        var isLater = told.Outcome == GovernanceOutcome.Activated
            || (told.Outcome == GovernanceOutcome.Refused && told.Proposal != 0);
        if (!isLater)
        {
            _answers[(told.KeyId, told.Sequence)] = step;
        }

        Heard?.Invoke(sequence, step);
    }

    private void HearAll(in GovernanceStateDecoder told, long sequence)
    {
        if (_question.Begin(sequence) is { } snapshot)
        {
            snapshot.Governance = new ControlGovernance
            {
                IsSealed = told.IsSealed != 0,
                IsFrozen = told.IsFrozen != 0,
                LastProposal = told.LastProposal,
                ChainId = domain?.ChainId ?? 0,
                Contract = domain?.VerifyingContract.ToString() ?? "",
            };
        }
    }

    private void HearKey(in GovernanceKeyStateDecoder told)
    {
        var address = EthereumAddress.From(told.Address);
        if (told.Role == GovernanceRole.None)
        {
            _keys.Remove(told.KeyId);
        }
        else
        {
            _keys[told.KeyId] = address;
        }

        var bits = new UInt128(told.ParametersHigh, told.ParametersLow);
        Telling?.Keys.Add(new ControlKey
        {
            KeyId = told.KeyId,
            Role = told.Role.ToString(),
            LastSequence = told.LastSequence,
            Address = address.ToString(),
            Parameters =
            [
                .. Enumerable.Range(0, 128).Where(bit => ((bits >> bit) & 1) != 0).Select(bit => ParameterNames.Of((ushort)bit)),
            ],
        });
    }

    private void HearProposal(in ProposalStateDecoder told) => Telling?.Proposals.Add(new ControlProposal
    {
        Proposal = told.Proposal,
        KeyId = told.KeyId,
        Action = told.Action.ToString(),
        Parameter = ParameterNames.Of(told.Parameter),
        Owner = ParameterNames.OwnerOf(told.Parameter),
        Unit = ParameterNames.UnitOf(told.Parameter),
        Scope = told.Scope,
        Row = told.Row,
        Subject = told.Subject,
        Value = told.Value,
        Minimum = told.Minimum,
        Maximum = told.Maximum,
        ActivationTimeNanos = told.ActivationTime,
        ActivationSequence = told.ActivationSequence,
    });

    private void HearParameter(in ParameterStateDecoder told) => Telling?.Parameters.Add(new ControlParameter
    {
        Parameter = ParameterNames.Of(told.Parameter),
        Owner = ParameterNames.OwnerOf(told.Parameter),
        Unit = ParameterNames.UnitOf(told.Parameter),
        Scope = told.Scope,
        Row = told.Row,
        Value = told.Value,
        Minimum = told.Minimum,
        Maximum = told.Maximum,
        StepMax = told.StepMax,
        CooldownNanos = told.CooldownNanos,
        TimeLockNanos = told.TimeLockNanos,
        LastChangeTimeNanos = told.LastChangeTime,
        HasEnvelope = told.HasEnvelope != 0,
    });

    private void HearEnd(in CommandCompletedDecoder told)
    {
        if (told.CommandTemplateId == TellParametersDecoder.TemplateId)
        {
            _question.End(in told);
        }
    }

    private ControlGovernance? Telling => _question.Telling?.Governance;
}
