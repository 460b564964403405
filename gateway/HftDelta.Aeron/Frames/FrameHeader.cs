using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace HftDelta.Aeron.Frames;

/// <summary>
/// The 8 bytes that every frame begins with: length, version, flags, type; little-endian. The getters trust that the
/// caller proved <see cref="LengthBytes"/> bytes, as <see cref="Classify"/> does.
/// </summary>
public static class FrameHeader
{
    public const int LengthBytes = 8;
    public const int FrameLengthOffset = 0;
    public const int VersionOffset = 4;
    public const int FlagsOffset = 5;
    public const int TypeOffset = 6;
    public const byte Version = 0;

    /// <summary>Header and payload without the alignment behind them; 0 in a heartbeat.</summary>
    public static int FrameLength(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32LittleEndian(frame);

    public static byte Flags(ReadOnlySpan<byte> frame) => frame[FlagsOffset];

    public static FrameType Type(ReadOnlySpan<byte> frame) =>
        (FrameType)BinaryPrimitives.ReadUInt16LittleEndian(frame[TypeOffset..]);

    /// <summary>The first look at any datagram: long enough for the common header, version 0. Tells the type, no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FrameFault Classify(ReadOnlySpan<byte> datagram, out FrameType type)
    {
        if (datagram.Length < LengthBytes)
        {
            type = FrameType.Extension;
            return FrameFault.TooShort;
        }

        type = Type(datagram);
        return datagram[VersionOffset] == Version ? FrameFault.None : FrameFault.UnknownVersion;
    }

    public static void Write(Span<byte> frame, int frameLengthBytes, byte flags, FrameType type)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frameLengthBytes);
        frame[VersionOffset] = Version;
        frame[FlagsOffset] = flags;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[TypeOffset..], (ushort)type);
    }

    /// <summary>What all control frames must fulfil: the type, its header whole, and a length within the datagram.</summary>
    internal static FrameFault CheckControl(ReadOnlySpan<byte> datagram, FrameType type, int headerLengthBytes)
    {
        var fault = Classify(datagram, out var actual);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        if (actual != type)
        {
            return FrameFault.UnexpectedType;
        }

        if (datagram.Length < headerLengthBytes)
        {
            return FrameFault.TooShort;
        }

        var frameLength = FrameLength(datagram);
        return frameLength >= headerLengthBytes && frameLength <= datagram.Length ? FrameFault.None : FrameFault.WrongLength;
    }
}
