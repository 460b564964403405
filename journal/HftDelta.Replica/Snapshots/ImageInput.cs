using System.Buffers.Binary;
using System.Text;

namespace HftDelta.Replica.Snapshots;

/// <summary>The next chunk; empty behind the last. It is used up before the next is asked for.</summary>
internal delegate ReadOnlySpan<byte> ChunkSource();

/// <summary>Reads what <see cref="ImageOutput"/> wrote, chunk by chunk; the caller has proved the chunks. One thread.</summary>
internal sealed class ImageInput(ChunkSource next)
{
    private const int TextMaxBytes = 1 << 20;

    private byte[] _chunk = [];
    private int _used;
    private int _length;

    /// <summary>Whether nothing is left.</summary>
    public bool IsEnded
    {
        get
        {
            Refill();
            return _length == 0;
        }
    }

    public void Bytes(Span<byte> into)
    {
        while (into.Length > 0)
        {
            Refill();
            if (_length == 0)
            {
                throw new FormatException("it ends in the middle of a value");
            }

            var count = Math.Min(into.Length, _length - _used);
            _chunk.AsSpan(_used, count).CopyTo(into);
            _used += count;
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
        if (_used < _length)
        {
            return;
        }

        var chunk = next();
        if (_chunk.Length < chunk.Length)
        {
            _chunk = new byte[chunk.Length];
        }

        chunk.CopyTo(_chunk);
        (_used, _length) = (0, chunk.Length);
    }
}
