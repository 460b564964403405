using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta aeron</c>: the tools of the transport, each a verb of its own below it.</summary>
public static class AeronCommand
{
    public static Command Create() => new("aeron", "Measure, check and look at Aeron channels, with any Aeron peer.")
    {
        AeronEchoCommand.Create(),
        AeronPingCommand.Create(),
        AeronPublishCommand.Create(),
        AeronSinkCommand.Create(),
        AeronStatCommand.Create(),
    };
}
