using System.Text.Json;
using HftDelta.Node.Cli;

namespace HftDelta.Tests.Node.Cli;

/// <summary>One command line, run in this process with its output captured.</summary>
internal sealed record Run(ExitCode ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Run Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = CommandLine.Run(arguments, output, error);
        return new Run((ExitCode)code, output.ToString(), error.ToString());
    }
}
