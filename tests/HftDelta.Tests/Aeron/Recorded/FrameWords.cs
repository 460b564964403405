using HftDelta.Aeron.Frames;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>
/// Frames as words that can be compared: their bytes, with zeros where each receiver and each clock has numbers of its own, and
/// without the blank bytes that follow a frame. A datagram of several frames is several words.
/// </summary>
internal static class FrameWords
{
    public static IEnumerable<string> Of(byte[] datagram)
    {
        if (FrameHeader.Classify(datagram, out var type) != FrameFault.None)
        {
            yield return "fault " + Convert.ToHexStringLower(datagram);
            yield break;
        }

        if (type is not (FrameType.Data or FrameType.Pad))
        {
            var bytes = (byte[])datagram.Clone();
            Own(type, bytes).Clear();
            yield return $"{type} {Convert.ToHexStringLower(bytes)}";
            yield break;
        }

        for (var offset = 0; offset < datagram.Length;)
        {
            var length = BitConverter.ToInt32(datagram, offset);
            var kind = (FrameType)BitConverter.ToUInt16(datagram, offset + 6);

            // Of padding only the header travels, and a heartbeat has no length at all.
            var shown = kind == FrameType.Pad || length == 0 ? DataHeader.LengthBytes : length;
            var name = length == 0 ? "Heartbeat" : $"{kind}";
            yield return $"{name} {Convert.ToHexStringLower(datagram.AsSpan(offset, shown))}";
            offset += TermArithmetic.Align(shown);
        }
    }

    /// <summary>Each different one once.</summary>
    public static SortedSet<string> Of(IEnumerable<byte[]> datagrams) =>
        new(datagrams.SelectMany(Of), StringComparer.Ordinal);

    /// <summary>A status message without how far its reader is and how much more it takes; others as they are.</summary>
    public static byte[] WithoutWindow(byte[] datagram)
    {
        if (StatusMessageFrame.TryRead(datagram, out _) != FrameFault.None)
        {
            return datagram;
        }

        var bytes = (byte[])datagram.Clone();
        bytes.AsSpan(16, 12).Clear();
        return bytes;
    }

    /// <summary>What a sender has to answer to a measurement of the round trip; null for everything else.</summary>
    public static byte[]? AnswerTo(byte[] datagram)
    {
        if (RoundTripFrame.TryRead(datagram, out _) != FrameFault.None || (datagram[5] & 0x80) == 0)
        {
            return null;
        }

        // The same but for the wish for an answer, and no delay of its own.
        var bytes = (byte[])datagram.Clone();
        bytes[5] = 0;
        bytes.AsSpan(24, 8).Clear();
        return bytes;
    }

    /// <summary>The common CRC-32, bit by bit.</summary>
    public static string Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB8_8320u);
            }
        }

        return $"{~crc:x8}";
    }

    private static Span<byte> Own(FrameType type, byte[] bytes) => type switch
    {
        FrameType.StatusMessage => bytes.AsSpan(28, 8),
        FrameType.Error => bytes.AsSpan(16, 8),
        FrameType.RoundTripMeasurement when bytes[5] != 0 => bytes.AsSpan(16, 24),
        _ => [],
    };
}
