using System.Buffers.Binary;
using System.Text;

namespace HftDelta.Aeron.Counters;

/// <summary>Keys of counters in the official layouts: what programs that read counters find them by.</summary>
internal static class CounterKey
{
    public const int LengthBytesMax = 112;

    private const int StreamChannelOffset = 20;
    private const int ChannelOffset = 4;
    private const int AddressOffset = 8;

    /// <summary>Of a stream's counters: registration id, session, stream, channel as far as it fits.</summary>
    public static byte[] OfStream(long registrationId, int sessionId, int streamId, string channel)
    {
        var key = WithText(StreamChannelOffset, channel);
        BinaryPrimitives.WriteInt64LittleEndian(key, registrationId);
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(8), sessionId);
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(12), streamId);
        return key;
    }

    /// <summary>Of a channel's counters: the channel as far as it fits.</summary>
    public static byte[] OfChannel(string channel) => WithText(ChannelOffset, channel);

    /// <summary>Of a channel's bound address: the counter of the channel's status, then the address.</summary>
    public static byte[] OfAddress(int channelStatusId, string address)
    {
        var key = WithText(AddressOffset, address);
        BinaryPrimitives.WriteInt32LittleEndian(key, channelStatusId);
        return key;
    }

    /// <summary>Of a counter that is known by a number.</summary>
    public static byte[] OfNumber(int number)
    {
        var key = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(key, number);
        return key;
    }

    // The text's length comes before it, and both are at the end of the key.
    private static byte[] WithText(int offset, string text)
    {
        var length = Math.Min(text.Length, LengthBytesMax - offset);
        var key = new byte[offset + length];
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(offset - sizeof(int)), length);
        Encoding.ASCII.GetBytes(text.AsSpan(0, length), key.AsSpan(offset));
        return key;
    }
}
