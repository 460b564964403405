using System.CommandLine;
using System.Globalization;
using HftDelta.Aeron.Frames;
using HftDelta.Node.AeronTools;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta aeron ping</c>: how long a message takes there and back.</summary>
public static class AeronPingCommand
{
    private const int WindowMax = 1 << 20;

    private static readonly Option<string> SizesOption = new("--sizes")
    {
        Description = $"Bytes of a message, from {MessagePattern.LengthBytesMin} on; several with commas are measured one after "
            + "the other.",
        HelpName = "N,N",
        DefaultValueFactory = _ => "32",
    };

    private static readonly Option<long?> WarmupOption = new("--warmup")
    {
        Description = "Round trips of each size that are not counted. "
            + $"[default: {AeronSampleChannels.WarmupMessages}, but no more than --count]",
        HelpName = "N",
    };

    private static readonly Option<double> TimeoutOption = new("--timeout")
    {
        Description = "An answer that has not come by then counts as lost.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<string?> HistogramOption = new("--hgrm")
    {
        Description = "Write the distribution of the round trips, in nanoseconds; one file for each size.",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var to = AeronToolArguments.Channel("--pub", "Where messages are sent.", AeronSampleChannels.Ping);
        var toStream = AeronToolArguments.Stream("--pub-stream", AeronSampleChannels.PingStreamId);
        var from = AeronToolArguments.Channel("--sub", "Where they come back.", AeronSampleChannels.Pong);
        var fromStream = AeronToolArguments.Stream("--sub-stream", AeronSampleChannels.PongStreamId);
        var count = AeronToolArguments.Number("--count", "Round trips of each size.", AeronSampleChannels.Messages);
        var window = AeronToolArguments.Number("--window", "How many are on their way at once.", 1);
        var command = new Command(
            "ping", "Measure round trips to whoever sends messages back, from before the offer until the answer is checked. "
            + "--seconds counts for each size. Exit code 1 on any mismatch, 3 when nobody answers, 4 when answers are missing.")
        {
            to, toStream, from, fromStream, SizesOption, count, window, WarmupOption, TimeoutOption, HistogramOption,
        };
        command.WithShared(waits: true).SetAction(result =>
        {
            var trips = AeronToolArguments.Prove(result, count, 1, long.MaxValue);
            var warmup = result.GetValue(WarmupOption) ?? Math.Min(AeronSampleChannels.WarmupMessages, trips);
            var answerTime = AeronToolArguments.Seconds(result, TimeoutOption);
            var options = new PingOptions
            {
                To = AeronToolArguments.Prove(result, to, toStream),
                From = AeronToolArguments.Prove(result, from, fromStream),
                Lengths = LengthsOf(result.GetRequiredValue(SizesOption)),
                Count = trips,
                Warmup = warmup >= 0 ? warmup : throw AeronToolArguments.Outside("--warmup", $"{warmup}", "0 or more"),
                Window = (int)AeronToolArguments.Prove(result, window, 1, WindowMax),
                AnswerTime = answerTime > TimeSpan.Zero
                    ? answerTime
                    : throw AeronToolArguments.Outside("--timeout", "0", "more than 0"),
                HistogramPath = result.GetValue(HistogramOption),
            };
            return AeronToolArguments.Run(result, PingTool.Schema, waits: true, run => new PingTool(options, run).Run());
        });
        return command;
    }

    private static List<int> LengthsOf(string text)
    {
        var lengths = new List<int>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length is < MessagePattern.LengthBytesMin or > TermArithmetic.MessageLengthBytesMax)
            {
                throw AeronToolArguments.Outside(
                    "--sizes", text,
                    $"whole numbers from {MessagePattern.LengthBytesMin} to {TermArithmetic.MessageLengthBytesMax} with commas "
                    + "between");
            }

            lengths.Add(length);
        }

        return lengths;
    }
}
