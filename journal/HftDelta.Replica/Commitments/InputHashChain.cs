using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Replica.Signing;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// The hash over the input of the venue: <c>hash(e) = SHA-256(hash(e-1) || records of epoch e)</c>, <c>hash(0)</c> is 32 zeros, a
/// record is its envelope of 32 bytes and its frame, as they lie in the journal. The journal's own block hashes cover the same
/// bytes but also where they lie in which file, and end at a block and not at an epoch; this one is the same for every copy
/// of the input, however it is cut into files. Owner: one thread.
/// </summary>
public sealed class InputHashChain : IDisposable
{
    // Handing over single records would cost more than hashing them.
    private const int BufferBytes = 1 << 16;

    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _usedBytes;

    public InputHashChain() => Begin(Bytes32.Zero);

    public void Append(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        if (_usedBytes + RecordEnvelope.LengthBytes + frame.Length > BufferBytes)
        {
            Hand();
        }

        MemoryMarshal.Write(_buffer.AsSpan(_usedBytes), in envelope);
        frame.CopyTo(_buffer.AsSpan(_usedBytes + RecordEnvelope.LengthBytes));
        _usedBytes += RecordEnvelope.LengthBytes + frame.Length;
    }

    /// <summary>Ends the epoch with the record appended last.</summary>
    public Bytes32 Close()
    {
        Hand();
        Span<byte> hash = stackalloc byte[Bytes32.LengthBytes];
        Check.That(_sha256.GetHashAndReset(hash) == Bytes32.LengthBytes);
        var closed = Bytes32.From(hash);
        Begin(closed);
        return closed;
    }

    public void Dispose() => _sha256.Dispose();

    private void Begin(Bytes32 previous)
    {
        previous.CopyTo(_buffer);
        _usedBytes = Bytes32.LengthBytes;
    }

    private void Hand()
    {
        _sha256.AppendData(_buffer, 0, _usedBytes);
        _usedBytes = 0;
    }
}
