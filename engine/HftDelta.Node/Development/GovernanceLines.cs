using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Node.Control;

namespace HftDelta.Node.Development;

/// <summary>Tells every step of a proposal where a venue tells what happens.</summary>
internal static class GovernanceLines
{
    public static void Tell(EventLines events, long sequence, ControlStep step) => events.Tell(
        "parameters", $"parameters: {Words(step)}, command {TextOutput.Number(sequence)}",
        json =>
        {
            json.WriteNumber("sequence", sequence);
            json.WritePropertyName("step");
            JsonSerializer.Serialize(json, step, ControlJson.Options);
        });

    /// <summary>A step for people.</summary>
    public static string Words(ControlStep step) =>
        (step.Proposal > 0 ? $"proposal {step.Proposal} " : "")
        + $"{step.Outcome.ToLowerInvariant()}"
        + (step.Code.Length > 0 ? $" ({step.Code}{(step.Bound != 0 ? $", {step.Bound}" : "")})" : "")
        + $": {step.Action} by key {step.KeyId}"
        + (step.Parameter.Length > 0 ? $", {step.Parameter} of {ParameterNames.Subject(step.Owner, step.Scope, step.Row)}" : "")
        + (step.Action == "SetValue" ? Change(step) : "")
        + (step.Outcome == "Proposed" ? $", at {TextOutput.Time(step.ActivationTimeNanos)}"
            + (step.ActivationSequence > 0 ? $" and command {step.ActivationSequence}" : "") : "");

    private static string Change(ControlStep step) =>
        step.Outcome == "Activated" ? $": {step.Previous} to {step.Value}" : $": {step.Value}";
}
