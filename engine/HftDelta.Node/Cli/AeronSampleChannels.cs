namespace HftDelta.Node.Cli;

/// <summary>Channels and streams of the official samples: a tool without options is the other end of one of them.</summary>
internal static class AeronSampleChannels
{
    public const string Ping = "aeron:udp?endpoint=localhost:20123";

    public const int PingStreamId = 1002;

    public const string Pong = "aeron:udp?endpoint=localhost:20124";

    public const int PongStreamId = 1003;

    /// <summary>Of everything that goes one way.</summary>
    public const string Data = "aeron:udp?endpoint=localhost:20121";

    public const int DataStreamId = 1001;

    public const long Messages = 10_000_000;

    public const long WarmupMessages = 100_000;

    public const int MessageLengthBytes = 32;
}
