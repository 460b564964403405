using System.Buffers.Binary;
using HftDelta.Aeron;

namespace HftDelta.SystemTests.Interop;

/// <summary>Numbered messages of one stream of which some may be missing: in order, and each the one of its number.</summary>
internal struct SomeMessages(int lengthBytes) : IFragmentHandler
{
    private readonly byte[] _expected = new byte[lengthBytes];
    private long _next;

    public int Count { get; private set; }

    public long Missed { get; private set; }

    public string? Wrong { get; private set; }

    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(payload);
        NumberedMessages.Fill(_expected, (int)number);
        if (Wrong is null && (number < _next || !payload.SequenceEqual(_expected)))
        {
            Wrong = $"message {number} after {_next - 1} of {payload.Length} bytes at {header.Position}";
        }

        Missed += number - _next;
        Count++;
        _next = number + 1;
    }
}
