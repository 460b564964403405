using System.CommandLine;
using HftDelta.Node.AeronTools;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta aeron echo</c>: the other end of a ping, of this binary or of any other Aeron client.</summary>
public static class AeronEchoCommand
{
    public static Command Create()
    {
        var from = AeronToolArguments.Channel("--sub", "Where messages come in.", AeronSampleChannels.Ping);
        var fromStream = AeronToolArguments.Stream("--sub-stream", AeronSampleChannels.PingStreamId);
        var to = AeronToolArguments.Channel("--pub", "Where they are sent back to.", AeronSampleChannels.Pong);
        var toStream = AeronToolArguments.Stream("--pub-stream", AeronSampleChannels.PongStreamId);
        var command = new Command(
            "echo", "Send every whole message back as it came, until Ctrl-C. Exit code 1 when one was too long to be sent back.")
        {
            from, fromStream, to, toStream,
        };
        command.WithShared(waits: false).SetAction(result =>
        {
            var source = AeronToolArguments.Prove(result, from, fromStream);
            var target = AeronToolArguments.Prove(result, to, toStream);
            return AeronToolArguments.Run(
                result, EchoTool.Schema, waits: false, run => new EchoTool(source, target, run).Run());
        });
        return command;
    }
}
