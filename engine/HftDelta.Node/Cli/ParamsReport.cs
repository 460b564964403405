using HftDelta.Node.Control;
using HftDelta.Node.Development;

namespace HftDelta.Node.Cli;

/// <summary>What an operator reads of parameters.</summary>
internal static class ParamsReport
{
    public static void WriteText(TextWriter output, ControlAnswer answer)
    {
        if (answer.Step is { } step)
        {
            output.WriteLine(GovernanceLines.Words(step));
        }

        if (answer.Governance is not { } governance)
        {
            return;
        }

        output.WriteLine(
            $"parameters: {(governance.IsSealed ? "governed" : "not governed: the operator's")}"
            + $"{(governance.IsFrozen ? ", FROZEN" : "")}, {governance.Proposals.Count} waiting,"
            + $" at command {TextOutput.Number(answer.StateSequence)}");
        foreach (var proposal in governance.Proposals)
        {
            output.WriteLine($"  {Words(proposal)}");
        }

        if (answer.Verb != ControlVerb.Parameters)
        {
            return;
        }

        foreach (var key in governance.Keys)
        {
            output.WriteLine(
                $"  key {key.KeyId}  {key.Role}  {key.Address}  said {key.LastSequence}"
                + (key.Parameters.Count > 0 ? "  " + string.Join(' ', key.Parameters) : ""));
        }

        foreach (var parameter in governance.Parameters)
        {
            output.WriteLine($"  {Words(parameter)}");
        }
    }

    private static string Words(ControlProposal proposal) =>
        $"proposal {proposal.Proposal} by key {proposal.KeyId}: {proposal.Action}"
        + (proposal.Subject > 0 ? $" of key {proposal.Subject}" : $" {proposal.Parameter} of {Subject(proposal)}")
        + proposal.Action switch
        {
            "SetValue" => $": {proposal.Value} {proposal.Unit}",
            "SetEnvelope" => $": {proposal.Minimum} to {proposal.Maximum} {proposal.Unit}",
            _ => "",
        }
        + $", at {TextOutput.Time(proposal.ActivationTimeNanos)}"
        + (proposal.ActivationSequence > 0 ? $" and command {proposal.ActivationSequence}" : "");

    private static string Subject(ControlProposal proposal) =>
        ParameterNames.Subject(proposal.Owner, proposal.Scope, proposal.Row);

    private static string Words(ControlParameter parameter) =>
        $"{parameter.Parameter,-26} {ParameterNames.Subject(parameter.Owner, parameter.Scope, parameter.Row),-20}"
        + $"  {parameter.Value} {parameter.Unit}  [{parameter.Minimum}, {parameter.Maximum}]"
        + (parameter.HasEnvelope ? "" : " no envelope")
        + (parameter.StepMax > 0 ? $"  step {parameter.StepMax}" : "")
        + (parameter.CooldownNanos > 0 ? $"  cooldown {Seconds(parameter.CooldownNanos)}" : "")
        + (parameter.TimeLockNanos > 0 ? $"  lock {Seconds(parameter.TimeLockNanos)}" : "")
        + (parameter.LastChangeTimeNanos > 0 ? $"  changed {TextOutput.Time(parameter.LastChangeTimeNanos)}" : "");

    private static string Seconds(ulong nanos) => $"{TextOutput.Number(nanos / 1e9, 3)} s";
}
