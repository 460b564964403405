namespace HftDelta.Aeron.LogBuffers;

/// <summary>What is written into the metadata of a log when it is made, and never again.</summary>
internal sealed record LogParameters
{
    public required LogType Type { get; init; }

    public required long CorrelationId { get; init; }

    public required int SessionId { get; init; }

    public required int StreamId { get; init; }

    public required int InitialTermId { get; init; }

    public required int TermLengthBytes { get; init; }

    public required int MtuLengthBytes { get; init; }

    /// <summary>The term that a publication begins in; of no meaning for an image.</summary>
    public int StartTermId { get; init; }

    public int StartTermOffset { get; init; }

    public int PublicationWindowLengthBytes { get; init; }

    public int ReceiverWindowLengthBytes { get; init; }

    public int SocketSendBufferLengthBytes { get; init; }

    public int SocketReceiveBufferLengthBytes { get; init; }

    public int MaxResend { get; init; }

    public long LingerNanos { get; init; }

    public bool SignalEndOfStream { get; init; }

    public bool HasGroupSemantics { get; init; }

    public bool IsResponse { get; init; }

    public bool SpiesSimulateConnection { get; init; }

    /// <summary>
    /// True: its memory, and the space of its file, are taken as it is written. False: all of it is there before the first use.
    /// Null, when the channel does not say: the space of a file is reserved, and small logs are brought in.
    /// </summary>
    public bool? IsSparse { get; init; }

    public long? EntityTag { get; init; }

    public long? ResponseCorrelationId { get; init; }

    public bool IsReliable { get; init; }

    public bool IsRejoin { get; init; }

    public bool IsTether { get; init; }

    public long UntetheredWindowLimitNanos { get; init; } = 5_000_000_000;

    public long UntetheredLingerNanos { get; init; } = 5_000_000_000;

    public long UntetheredRestingNanos { get; init; } = 10_000_000_000;
}
