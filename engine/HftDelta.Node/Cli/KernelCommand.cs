using System.CommandLine;
using HftDelta.Node.Kernel;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta kernel</c>: the option kernel of the engine, by hand.</summary>
public static class KernelCommand
{
    public static Command Create() => Create(input: null);

    /// <param name="input">Where the lines come from; stdin when null.</param>
    public static Command Create(TextReader? input)
    {
        var price = new Command(
            "price",
            "Price options from stdin, one line each: forward,strike,volatility,seconds,C|P. "
            + "Black-76 without discounting; volatility 1 is 100 % a year of 365 x 86,400 seconds. "
            + "Blank lines and lines that start with # are skipped. A malformed line is named and ends the run with exit code 2: "
            + "text holds the rows before it, json is written only when every line was good.");
        price.SetAction(result => KernelPriceTable.Run(
            input ?? Console.In,
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            result.GetValue(OutputOption.Shared)));
        return new Command("kernel", "The integer Black-76 kernel that settlement uses.") { price };
    }
}
