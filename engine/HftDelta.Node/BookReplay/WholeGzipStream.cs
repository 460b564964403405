using System.Buffers.Binary;
using System.IO.Compression;

namespace HftDelta.Node.BookReplay;

/// <summary>
/// Unpacks a gzip file and insists on its end: the framework's stream takes a file that is cut short for a shorter one. The
/// last four bytes hold the unpacked length, which must be what was read.
/// </summary>
internal sealed class WholeGzipStream : Stream
{
    private const int LengthFieldBytes = 4;

    private readonly GZipStream _unpacked;
    private readonly uint _lengthExpected;
    private long _lengthRead;

    public WholeGzipStream(FileStream file)
    {
        Span<byte> field = stackalloc byte[LengthFieldBytes];
        if (file.Length < LengthFieldBytes) throw new EndOfStreamException("the gzip file is cut short");
        file.Position = file.Length - LengthFieldBytes;
        file.ReadExactly(field);
        file.Position = 0;
        _lengthExpected = BinaryPrimitives.ReadUInt32LittleEndian(field);
        _unpacked = new GZipStream(file, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _lengthRead;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = _unpacked.Read(buffer);
        _lengthRead += count;
        if (count == 0 && buffer.Length > 0 && (uint)_lengthRead != _lengthExpected)
        {
            throw new EndOfStreamException("the gzip file is cut short (or has several members: unpack it first)");
        }

        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _unpacked.Dispose();
        base.Dispose(disposing);
    }
}
