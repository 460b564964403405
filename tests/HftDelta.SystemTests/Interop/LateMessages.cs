using System.Buffers.Binary;
using HftDelta.Aeron;

namespace HftDelta.SystemTests.Interop;

/// <summary>Numbered messages of one stream from wherever they begin: in order, and each the one of its number.</summary>
internal struct LateMessages(int lengthBytes) : IFragmentHandler
{
    private readonly byte[] _expected = new byte[lengthBytes];
    private long _next;

    public int Count { get; private set; }

    /// <summary>The number of the first.</summary>
    public long First { get; private set; }

    public string? Wrong { get; private set; }

    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        if (Count == 0)
        {
            First = _next = BinaryPrimitives.ReadInt64LittleEndian(payload);
        }

        NumberedMessages.Fill(_expected, (int)_next);
        if (Wrong is null && !payload.SequenceEqual(_expected))
        {
            Wrong = $"message {_next} of {payload.Length} bytes at {header.Position}";
        }

        Count++;
        _next++;
    }
}
