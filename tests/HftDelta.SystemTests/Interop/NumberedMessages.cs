using System.Buffers.Binary;
using HftDelta.Aeron;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Messages that say which they are: n as a 64-bit number, then 31 * n + i in byte i. As a handler it takes them
/// in order and keeps what was wrong first.
/// </summary>
internal struct NumberedMessages(int lengthBytes) : IFragmentHandler
{
    private readonly byte[] _expected = new byte[lengthBytes];

    public int Count { get; private set; }

    public string? Wrong { get; private set; }

    public static void Fill(Span<byte> message, int number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(message, number);
        for (var index = sizeof(long); index < message.Length; index++)
        {
            message[index] = unchecked((byte)((31 * number) + index));
        }
    }

    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        Fill(_expected, Count);
        if (Wrong is null && !payload.SequenceEqual(_expected))
        {
            Wrong = $"message {Count} of {payload.Length} bytes at {header.Position}";
        }

        Count++;
    }
}
