using HftDelta.Node.Cli;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>A request on its way through the venue. Owner: the operator's thread.</summary>
internal sealed class ControlWork(ControlRequest request, long deadlineMillis)
{
    private readonly List<CommandTicket> _commands = [];

    public ControlRequest Request => request;

    /// <summary>When an answer is given whatever is done by then, as <see cref="Environment.TickCount64"/>.</summary>
    public long DeadlineMillis => deadlineMillis;

    /// <summary>Its steps, each a condition that it waits for; null once it has an answer.</summary>
    public IEnumerator<Func<bool>>? Steps { get; set; }

    public ControlAnswer? Answer { get; private set; }

    public ControlSnapshot? State { get; set; }

    public ulong? CanceledOrders { get; set; }

    public IReadOnlyList<ControlInstrument> Instruments { get; set; } = [];

    public IReadOnlyList<ControlAccount> Accounts { get; set; } = [];

    public ControlGovernance? Governance { get; set; }

    public long GovernanceSequence { get; set; }

    public ControlStep? Step { get; set; }

    public string Warning { get; set; } = "";

    public bool IsAnswered => _commands.TrueForAll(command => command.IsAnswered);

    public bool IsRefused => _commands.Exists(command => command.Code != default);

    public void Sent(CommandTicket command) => _commands.Add(command);

    public void Finish(ControlResult result, string what = "", string next = "") => Answer = new ControlAnswer
    {
        Verb = request.Verb,
        Result = result,
        StateSequence = State?.Sequence ?? GovernanceSequence,
        Commands = [.. _commands.Select(Line)],
        CanceledOrders = CanceledOrders,
        Venue = State?.Venue,
        Instruments = Instruments,
        Accounts = Accounts,
        Governance = Governance,
        Step = Step,
        Warning = Warning,
        What = what,
        Next = next,
    };

    /// <param name="why">What the code does not say.</param>
    public void FinishRefused(string why = "")
    {
        var refused = _commands.First(command => command.Code != default);
        var applied = _commands.Count(command => command.Code == default);
        Finish(
            ControlResult.Rejected,
            $"the venue refused {Name(refused)} on {refused.Reference}: {refused.Code}"
            + (why.Length > 0 ? $" ({why.TrimStart(',', ' ')})" : "")
            + (Step is { Bound: not 0 and var limit } ? $", {limit}" : "") + $" (command {refused.Sequence})"
            + (applied > 0 ? $"; {applied} of {_commands.Count} commands were applied" : "; nothing was changed"),
            RefusalWords.Next(refused.TemplateId, refused.Code));
    }

    public void FinishUnfinished()
    {
        var last = _commands.FindLast(command => command.IsAnswered);
        Finish(
            ControlResult.Unfinished,
            _commands.Count == 0 ? "nothing was sequenced in time: the venue takes no commands at the moment"
            : last is null ? "the commands are on their way and have no answer yet: the outcome is not known"
            : $"command {last.Sequence} is applied, and the work that it left is not done",
            "look before you repeat it: hftdelta control status");
    }

    private static ControlCommandLine Line(CommandTicket command) => new(
        command.Sequence, Name(command), command.Reference, command.Code == default ? "" : command.Code.ToString());

    private static string Name(CommandTicket command) =>
        TemplateNames.Of(new TemplateKey(InternalSchema.Id, command.TemplateId));
}

/// <summary>What an operator does about a refusal.</summary>
internal static class RefusalWords
{
    public static string Next(ushort templateId, RejectCode code) => (templateId, code) switch
    {
        (_, RejectCode.UnknownAccount) => "name an account that is open, from 16 on; those below belong to the venue",
        (_, RejectCode.UnknownInstrument) or (_, RejectCode.UnknownUnderlying) =>
            "hftdelta control status tells what is listed",
        (_, RejectCode.ParametersGoverned) => "say it with a key: hftdelta params propose",
        (GovernanceActionDecoder.TemplateId, _) =>
            "docs/parameters.md tells what the code means; hftdelta params list tells values, envelopes, keys and what waits",
        (_, RejectCode.InstrumentNotOpen) => "the instrument has expired: nothing is to be done about it",
        (InstrumentStateChangeDecoder.TemplateId, RejectCode.BadParameter) =>
            "a strategy has no call phases: open, halt, close or settle it, or auction its legs",
        (DelistInstrumentDecoder.TemplateId, RejectCode.BadParameter) =>
            "only perpetual kinds are delisted: what has an expiry ends by itself",
        (DelistInstrumentDecoder.TemplateId, RejectCode.AlreadyExists) =>
            "its end is announced already, and an announcement stands",
        (DelistInstrumentDecoder.TemplateId, RejectCode.NoticeTooShort) =>
            "name a later time: its whole settlement window has to lie ahead",
        (InstrumentRulesDecoder.TemplateId, RejectCode.BadParameter) =>
            "a strategy may have a largest order only; the other rules are those of its legs",
        (SetVolatilitySliceDecoder.TemplateId, _) => "docs/risk.md tells which volatilities are taken",
        (EndOfDayDecoder.TemplateId, RejectCode.BadParameter) =>
            "another day is the present one: hftdelta control status tells which",
        (EngineVersionDecoder.TemplateId, RejectCode.BadParameter) =>
            "the engine's version never goes back: name the present one or a later one",
        (KillSwitchDecoder.TemplateId, RejectCode.RequestOutstanding) =>
            "orders are still being cancelled: repeat it when hftdelta control status no longer says so",
        (EndOfDayDecoder.TemplateId, RejectCode.RequestOutstanding) =>
            "the last day is still ending: repeat it in a moment",
        _ => "docs/matching-rules.md tells what the code means",
    };
}
