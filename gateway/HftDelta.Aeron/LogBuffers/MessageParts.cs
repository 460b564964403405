namespace HftDelta.Aeron.LogBuffers;

/// <summary>A message that lies in several pieces, read from front to back. Lives as long as the call that offers it.</summary>
internal ref struct MessageParts
{
    private readonly ReadOnlySpan<ReadOnlyMemory<byte>> _more;
    private ReadOnlySpan<byte> _current;
    private ReadOnlySpan<byte> _next;
    private int _taken;

    public MessageParts(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        _current = first;
        _next = second;
        LengthBytes = Checked((long)first.Length + second.Length);
    }

    public MessageParts(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        _more = parts;
        var length = 0L;
        foreach (var part in parts)
        {
            length += part.Length;
        }

        LengthBytes = Checked(length);
    }

    /// <summary>Of the whole message; the longest there can be stands for all that are longer.</summary>
    public int LengthBytes { get; }

    /// <summary>Copies what comes next and fills the destination with it.</summary>
    public void CopyNext(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            if (_current.IsEmpty)
            {
                Advance();
                continue;
            }

            var length = Math.Min(_current.Length, destination.Length);
            _current[..length].CopyTo(destination);
            _current = _current[length..];
            destination = destination[length..];
        }
    }

    private static int Checked(long length) => (int)Math.Min(length, int.MaxValue);

    private void Advance()
    {
        _current = _next;
        _next = default;
        if (_current.IsEmpty && _taken < _more.Length)
        {
            _current = _more[_taken++].Span;
        }
    }
}
