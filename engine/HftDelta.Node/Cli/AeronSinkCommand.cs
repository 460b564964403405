using System.CommandLine;
using HftDelta.Node.AeronTools;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta aeron sink</c>: takes what publishers send, and checks it.</summary>
public static class AeronSinkCommand
{
    public static Command Create()
    {
        var from = AeronToolArguments.Channel("--sub", "Where messages come in.", AeronSampleChannels.Data, "--channel");
        var stream = AeronToolArguments.Stream("--sub-stream", AeronSampleChannels.DataStreamId, "--stream");
        var count = AeronToolArguments.Number("--count", "End after so many messages; 0: do not.", 0);
        var verify = new Option<bool>("--verify")
        {
            Description = "Check each payload: a little-endian 64-bit number, one more than the last of its stream; "
                + "then byte i, from 8 on, is (number * 31 + i) & 255.",
        };
        var command = new Command(
            "sink", "Take messages from every publisher that comes, count them, and say how fast they came. Exit code 1 on any "
            + "mismatch, 4 when --seconds are over before --count.")
        {
            from, stream, count, verify,
        };
        command.WithShared(waits: false).SetAction(result =>
        {
            var options = new SinkOptions(
                AeronToolArguments.Prove(result, from, stream),
                AeronToolArguments.Prove(result, count, 0, long.MaxValue),
                result.GetValue(verify));
            return AeronToolArguments.Run(result, SinkTool.Schema, waits: false, run => new SinkTool(options, run).Run());
        });
        return command;
    }
}
