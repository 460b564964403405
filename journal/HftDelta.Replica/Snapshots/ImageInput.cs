using System.Buffers.Binary;
using System.Text;

namespace HftDelta.Replica.Snapshots;

/// <summary>Reads what <see cref="ImageOutput"/> wrote, chunk by chunk; the caller has proved the chunks. One thread.</summary>
/// <param name="next">The next chunk; empty behind the last.</param>
internal sealed class ImageInput(Func<ReadOnlyMemory<byte>> next)
{
    private const int TextMaxBytes = 1 << 20;

    private ReadOnlyMemory<byte> _chunk;

    /// <summary>Whether nothing is left.</summary>
    public bool IsEnded
    {
        get
        {
            Refill();
            return _chunk.IsEmpty;
        }
    }

    public void Bytes(Span<byte> into)
    {
        while (into.Length > 0)
        {
            Refill();
            if (_chunk.IsEmpty)
            {
                throw new FormatException("it ends in the middle of a value");
            }

            var count = Math.Min(into.Length, _chunk.Length);
            _chunk.Span[..count].CopyTo(into);
            _chunk = _chunk[count..];
            into = into[count..];
        }
    }

    public uint Number()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Bytes(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public long Long()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Bytes(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public string Text()
    {
        var length = Number();
        if (length > TextMaxBytes)
        {
            throw new FormatException("a name is too long");
        }

        var bytes = new byte[length];
        Bytes(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private void Refill()
    {
        if (_chunk.IsEmpty)
        {
            _chunk = next();
        }
    }
}
