using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.LogBuffers;

/// <summary>What a log holds: a publication that several threads offer to, one of a single thread, or a received image.</summary>
internal enum LogType : byte
{
    Concurrent = 0,
    Exclusive = 1,
    Image = 2,
}

/// <summary>
/// The last 4,096 bytes of a log, in the official layout, native byte order. Writers: the raw tails and the active term
/// count belong to the threads that offer; is-connected to the sender; the end-of-stream position to the conductor of a
/// publication or the receiver of an image; all else is written once before the log is shown to anybody.
/// </summary>
internal readonly unsafe struct LogMetadata(byte* pointer)
{
    public const int LengthBytes = 4096;
    public const int TailOffset = 0;
    public const int ActiveTermCountOffset = 24;
    public const int EndOfStreamPositionOffset = 128;
    public const int IsConnectedOffset = 136;
    public const int ActiveTransportCountOffset = 140;
    public const int CorrelationIdOffset = 256;
    public const int InitialTermIdOffset = 264;
    public const int DefaultHeaderLengthOffset = 268;
    public const int MtuLengthOffset = 272;
    public const int TermLengthOffset = 276;
    public const int PageSizeOffset = 280;
    public const int PublicationWindowOffset = 284;
    public const int ReceiverWindowOffset = 288;
    public const int SocketSendBufferOffset = 292;
    public const int SocketReceiveBufferOffset = 304;
    public const int MaxResendOffset = 316;
    public const int DefaultHeaderOffset = 320;
    public const int EntityTagOffset = 448;
    public const int ResponseCorrelationIdOffset = 456;
    public const int LingerTimeoutOffset = 464;
    public const int UntetheredWindowLimitTimeoutOffset = 472;
    public const int UntetheredRestingTimeoutOffset = 480;
    public const int GroupOffset = 488;
    public const int IsResponseOffset = 489;
    public const int RejoinOffset = 490;
    public const int ReliableOffset = 491;
    public const int SparseOffset = 492;
    public const int SignalEndOfStreamOffset = 493;
    public const int SpiesSimulateConnectionOffset = 494;
    public const int TetherOffset = 495;
    public const int IsRevokedOffset = 496;
    public const int LogTypeOffset = 497;

    /// <summary>Eight bytes that lie at no multiple of eight.</summary>
    public const int UntetheredLingerTimeoutOffset = 500;

    /// <summary>The end-of-stream position of a stream that has not ended.</summary>
    public const long NotEnded = long.MaxValue;

    public byte* Pointer => pointer;

    /// <summary>Term id and tail offset of a partition, in one word.</summary>
    public long* RawTail(int partition) => (long*)(pointer + TailOffset) + partition;

    public int* ActiveTermCountWord => (int*)(pointer + ActiveTermCountOffset);

    // acquire: whoever sees the count sees the tail that was set for it.
    public int ActiveTermCount => Volatile.Read(ref *ActiveTermCountWord);

    public long EndOfStreamPosition => Volatile.Read(ref *(long*)(pointer + EndOfStreamPositionOffset));

    public bool IsConnected => Volatile.Read(ref *(int*)(pointer + IsConnectedOffset)) == 1;

    /// <summary>How many senders of an image are heard.</summary>
    public int ActiveTransportCount => Volatile.Read(ref *(int*)(pointer + ActiveTransportCountOffset));

    public int InitialTermId => *(int*)(pointer + InitialTermIdOffset);

    public int MtuLengthBytes => *(int*)(pointer + MtuLengthOffset);

    public int TermLengthBytes => *(int*)(pointer + TermLengthOffset);

    /// <summary>The header that padding and heartbeats are made from.</summary>
    public Span<byte> DefaultHeader => new(pointer + DefaultHeaderOffset, DataHeader.LengthBytes);

    // release: whoever sees the end sees every frame before it.
    public void SetEndOfStreamPosition(long position) =>
        Volatile.Write(ref *(long*)(pointer + EndOfStreamPositionOffset), position);

    /// <summary>The publisher took the stream back: what is not read yet is void.</summary>
    public bool IsRevoked => Volatile.Read(ref pointer[IsRevokedOffset]) != 0;

    // release: orders nothing but itself; offers read it only to tell why they were refused.
    public void SetConnected(bool isConnected) =>
        Volatile.Write(ref *(int*)(pointer + IsConnectedOffset), isConnected ? 1 : 0);

    // release: whoever sees it sees the end-of-stream position too.
    public void SetRevoked() => Volatile.Write(ref pointer[IsRevokedOffset], 1);

    public void Write(int offset, int value) => *(int*)(pointer + offset) = value;

    public void Write(int offset, long value) => *(long*)(pointer + offset) = value;

    public void Write(int offset, bool value) => pointer[offset] = value ? (byte)1 : (byte)0;

    public void Write(int offset, byte value) => pointer[offset] = value;
}
