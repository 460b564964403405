using System.Buffers.Binary;
using System.Text;
using HftDelta.Journal.Snapshots;

namespace HftDelta.Replica.Snapshots;

/// <summary>Bytes of a state's image, in chunks of one size, the last one shorter. Little-endian. One thread.</summary>
internal sealed class ImageOutput(int chunkBytes) : ISnapshotContent
{
    private readonly List<byte[]> _chunks = [];
    private int _used;

    public long LengthBytes => _chunks.Count == 0 ? 0 : ((long)(_chunks.Count - 1) * chunkBytes) + _used;

    public int ChunkCount => _chunks.Count;

    public ReadOnlySpan<byte> Chunk(int index) =>
        _chunks[index].AsSpan(0, index == _chunks.Count - 1 ? _used : chunkBytes);

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_chunks.Count == 0 || _used == chunkBytes)
            {
                _chunks.Add(new byte[chunkBytes]);
                _used = 0;
            }

            var count = Math.Min(bytes.Length, chunkBytes - _used);
            bytes[..count].CopyTo(_chunks[^1].AsSpan(_used));
            bytes = bytes[count..];
            _used += count;
        }
    }

    public void Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Long(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Number((uint)bytes.Length);
        Bytes(bytes);
    }
}
