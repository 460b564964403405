using System.Text;
using System.Text.Json;
using HftDelta.Node.Config;
using HftDelta.Node.Control;

namespace HftDelta.Node.Cli;

/// <summary>What an operator reads of an answer, and the exit code that belongs to it.</summary>
internal static class ControlReport
{
    private const int InvalidError = 2505;
    private const int DeniedError = 2503;
    private const int RejectedError = 2506;
    private const int UnfinishedError = 2507;

    public static void WriteJson(TextWriter output, ControlAnswer answer) =>
        output.WriteLine(JsonSerializer.Serialize(answer, ControlJson.Options));

    public static ExitCode Judge(ControlAnswer answer, TextWriter error)
    {
        var (number, code) = answer.Result switch
        {
            ControlResult.Applied => (0, ExitCode.Ok),
            ControlResult.Invalid => (InvalidError, ExitCode.Usage),
            ControlResult.Denied => (DeniedError, ExitCode.AuthenticationFailed),
            ControlResult.Rejected => (RejectedError, ExitCode.Rejected),
            _ => (UnfinishedError, ExitCode.Timeout),
        };
        if (code != ExitCode.Ok)
        {
            error.WriteLine(new OperatorException(number, code, answer.What, answer.Next).Message);
        }
        else if (answer.Warning.Length > 0)
        {
            error.WriteLine($"warning: {answer.Warning}");
        }

        return code;
    }

    public static void WriteText(TextWriter output, ControlAnswer answer)
    {
        output.WriteLine(Headline(answer));
        var columns = answer.Instruments.Count == 0 ? 0 : answer.Instruments.Max(instrument => instrument.Symbol.Length);
        foreach (var instrument in answer.Instruments)
        {
            output.WriteLine($"  {instrument.InstrumentId,5} {instrument.Symbol.PadRight(columns)}  {StateOf(instrument)}");
            if (instrument.Rules is { } rules)
            {
                output.WriteLine($"        {RulesOf(rules)}");
            }
        }

        foreach (var account in answer.Accounts)
        {
            output.WriteLine($"  account {account.AccountId}  {AccountOf(account)}");
        }
    }

    private static string Headline(ControlAnswer answer)
    {
        var words = new StringBuilder(JsonNamingPolicy.KebabCaseLower.ConvertName(answer.Verb.ToString()));
        if (answer.Commands.Count > 0)
        {
            words.Append(": applied, command ").AppendJoin(" and ", answer.Commands.Select(
                command => TextOutput.Number(command.Sequence)));
        }

        if (answer.CanceledOrders is { } canceled)
        {
            words.Append("; ").Append(TextOutput.Number((long)canceled)).Append(canceled == 1 ? " order" : " orders")
                .Append(" cancelled");
        }

        if (answer.Venue is { } venue)
        {
            words.Append(answer.Commands.Count > 0 ? "; then" : ":").Append(" the venue ")
                .Append(venue.IsKilled ? "is KILLED" : "takes orders")
                .Append(venue.IsEndingOrders ? ", a kill is cancelling orders" : "")
                .Append(", ").Append(TextOutput.Number(venue.LiveOrders)).Append(" live orders, day ")
                .Append(TextOutput.Number((long)venue.Day + 1))
                .Append(answer.Commands.Count > 0 ? "" : $", at command {TextOutput.Number(answer.StateSequence)}");
        }

        return words.ToString();
    }

    private static string StateOf(ControlInstrument instrument) =>
        instrument.State
        + (instrument.EndTimeNanos > 0 ? $" until {TextOutput.Time(instrument.EndTimeNanos)}" : "")
        + (instrument.IsBusy ? ", work under way" : "")
        + (instrument.WantedState.Length > 0 ? $", {instrument.WantedState} waits for it" : "");

    private static string AccountOf(ControlAccount account) =>
        (account.IsKilled ? "killed" : "takes orders")
        + (account.IsEndingOrders ? ", its orders are being cancelled" : "")
        + (account.Group > 0 ? $", group {account.Group}" : "");

    private static string RulesOf(MarketRules rules)
    {
        var said = new List<string>();
        Say("static band ppm", rules.StaticBandPpm);
        Say("dynamic band ppm", rules.DynamicBandPpm);
        Say("band minimum ticks", rules.BandMinimumTicks);
        Say("lot size", rules.LotSize);
        Say("order lots max", rules.OrderLotsMax);
        Say("position lots max", rules.PositionLotsMax);
        Say("account orders max", rules.AccountOrdersMax);
        Say("opening auction nanos", (long)rules.OpeningAuctionNanos);
        Say("volatility auction nanos", (long)rules.VolatilityAuctionNanos);
        if (rules.Increments.Count > 0)
        {
            said.Add("increments " + string.Join(' ', rules.Increments.Select(row => $"{row.FromPrice}:{row.Increment}")));
        }

        return said.Count > 0 ? string.Join(", ", said) : "no rules";

        void Say(string name, long value)
        {
            if (value != 0)
            {
                said.Add($"{name} {TextOutput.Number(value)}");
            }
        }
    }
}
