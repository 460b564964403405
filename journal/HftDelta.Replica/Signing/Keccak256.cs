using HftDelta.Primitives;
using Org.BouncyCastle.Crypto.Digests;

namespace HftDelta.Replica.Signing;

/// <summary>
/// Keccak-256 with the padding that the EVM uses, which is not that of SHA-3. One instance is one running digest; owner: one
/// thread. It allocates nothing after construction.
/// </summary>
public sealed class Keccak256
{
    private readonly KeccakDigest _digest = new(256);
    private readonly byte[] _output = new byte[Bytes32.LengthBytes];

    /// <summary>For a single, cold use.</summary>
    public static Bytes32 Compute(ReadOnlySpan<byte> bytes) => new Keccak256().Hash(bytes);

    public Bytes32 Hash(ReadOnlySpan<byte> bytes)
    {
        Append(bytes);
        return Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes) => _digest.BlockUpdate(bytes);

    /// <summary>The hash of all that was appended; the next one begins empty.</summary>
    public Bytes32 Finish()
    {
        Check.That(_digest.DoFinal(_output) == Bytes32.LengthBytes);
        return Bytes32.From(_output);
    }
}
