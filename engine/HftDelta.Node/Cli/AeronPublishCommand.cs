using System.CommandLine;
using HftDelta.Aeron.Frames;
using HftDelta.Node.AeronTools;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta aeron pub</c>: numbered messages as fast as they are taken.</summary>
public static class AeronPublishCommand
{
    public static Command Create()
    {
        var to = AeronToolArguments.Channel("--pub", "Where messages are sent.", AeronSampleChannels.Data, "--channel");
        var stream = AeronToolArguments.Stream("--pub-stream", AeronSampleChannels.DataStreamId, "--stream");
        var count = AeronToolArguments.Number(
            "--count", "So many messages; 0: until asked to end.", AeronSampleChannels.Messages);
        var size = AeronToolArguments.Number(
            "--size", $"Bytes of each, from {MessagePattern.LengthBytesMin} on.", AeronSampleChannels.MessageLengthBytes);
        var verify = new Option<bool>("--verify")
        {
            Description = "The receiver has to tell that it has the whole stream; otherwise exit code 4. For one receiver. "
                + "What the messages hold is verified by a sink.",
        };
        var command = new Command(
            "pub", "Send numbered messages as fast as the receivers take them, and say how fast that was. "
            + "Exit code 3 when nobody listens, 4 with --verify when the end was not seen.")
        {
            to, stream, count, size, verify,
        };
        command.WithShared(waits: true).SetAction(result =>
        {
            var options = new PublishOptions(
                AeronToolArguments.Prove(result, to, stream),
                AeronToolArguments.Prove(result, count, 0, long.MaxValue),
                (int)AeronToolArguments.Prove(result, size, MessagePattern.LengthBytesMin, TermArithmetic.MessageLengthBytesMax),
                result.GetValue(verify));
            return AeronToolArguments.Run(
                result, PublishTool.Schema, waits: true, run => new PublishTool(options, run).Run());
        });
        return command;
    }
}
