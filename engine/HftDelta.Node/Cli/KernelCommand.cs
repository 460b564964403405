using System.CommandLine;
using HftDelta.Engine.Greeks;
using HftDelta.Node.Kernel;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta kernel</c>: the option kernel of the engine, by hand.</summary>
public static class KernelCommand
{
    private const int FileError = 2704;

    public static Command Create() => Create(input: null);

    /// <param name="input">Where the lines come from when no file is named; stdin when null.</param>
    public static Command Create(TextReader? input)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "A file of comma-separated lines; stdin when it is absent or -.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var kind = new Option<string?>("--kind")
        {
            Description = "What every line is when a header names no column for it: C or P.",
        };
        kind.AcceptOnlyFromAmong("C", "P");
        var price = new Command(
            "price",
            "Price options, one line each: forward,strike,volatility,seconds,C|P. Writes price,delta,gamma,vega,theta,rho. "
            + "Black-76 without discounting; volatility 1 is 100 % a year of 365 x 86,400 seconds; gamma by the forward, "
            + "vega per 1.00 of volatility, theta per year, rho per 1.00 of the rate. "
            + "A first line without any number is a header and names the columns in any order: forward (underlying_price, "
            + "futures_price), strike (K), volatility (vol, v, implied_volatility; mark_iv in percent), seconds or t_years "
            + "(years, t) or timestamp_ms and expiration_timestamp_ms or timestamp and expiry_datetime, kind (type, "
            + "option_type: C, P, call, put); "
            + "instead of a forward spot (S) with rate (r) and, where there is one, yield (q): then everything is discounted and "
            + "delta, gamma and theta are those of the spot price. Other columns are ignored. "
            + "Blank lines and lines that start with # are skipped. A malformed line is named and ends the run with exit code 2: "
            + "text holds the rows before it, json is written only when every line was good.")
        {
            file,
            kind,
        };
        price.SetAction(result =>
        {
            var path = result.GetValue(file);
            using var opened = path is null or "-" ? null : Open(path);
            return KernelPriceTable.Run(
                opened ?? input ?? Console.In,
                result.InvocationConfiguration.Output,
                result.InvocationConfiguration.Error,
                result.GetValue(OutputOption.Shared),
                result.GetValue(kind) is { } asked ? asked == "P" : null);
        });
        return new Command("kernel", "The integer kernel that settlement uses.") { price, Hash() };
    }

    private static Command Hash()
    {
        var samples = new Option<int>("--samples")
        {
            Description = "How many inputs of a fixed sequence.",
            DefaultValueFactory = _ => 10_000,
        };
        samples.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000_000)
            {
                result.AddError("--samples must be from 1 to 10,000,000");
            }
        });
        var hash = new Command(
            "hash",
            "One hash over all that the kernel computes for a fixed sequence of inputs: machines, builds and settings of the "
            + "processor that print the same one settle to the same atom.")
        {
            samples,
        };
        hash.SetAction(result =>
        {
            var count = result.GetValue(samples);
            var digest = KernelDigest.Compute(count);
            var output = result.InvocationConfiguration.Output;
            if (result.GetValue(OutputOption.Shared) == OutputFormat.Json)
            {
                JsonOutput.Write(output, "hftdelta.kernel-hash/1", json =>
                {
                    json.WriteNumber("samples", count);
                    json.WriteString("tables", KernelTables.Hash.ToString());
                    json.WriteString("results", digest.ToString());
                });
                return;
            }

            output.Write($"tables {KernelTables.Hash}\nresults {digest}\n");
        });
        return hash;
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OperatorException(
                FileError,
                ExitCode.Usage,
                $"{path} cannot be read: {fault.Message}",
                "correct the path or its permissions, or pipe the lines to stdin",
                fault);
        }
    }
}
