using System.Globalization;

namespace HftDelta.Node.Cli;

/// <summary>HOST:PORT as it is written on a command line.</summary>
internal static class ListenEndpoint
{
    private const int EndpointError = 1015;

    /// <returns>The text as it is.</returns>
    /// <exception cref="OperatorException">It is no HOST:PORT.</exception>
    public static string Prove(string text, string option)
    {
        var colon = text.LastIndexOf(':');
        var isPort = colon > 0
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return isPort
            ? text
            : throw new OperatorException(
                EndpointError, ExitCode.Usage, $"{option} {text}: HOST:PORT is wanted, with a port from 0 to 65535",
                "for example 127.0.0.1:40123");
    }
}
