namespace HftDelta.Replica.Signing;

/// <summary>An ECDSA signature over secp256k1 from which the signer's address can be recovered.</summary>
/// <param name="R">The x coordinate of the nonce's point.</param>
/// <param name="S">Never above half the order: of the two that verify, the contract takes only the lower.</param>
/// <param name="V">27 or 28: whether the y coordinate of that point is odd.</param>
public readonly record struct RecoverableSignature(Bytes32 R, Bytes32 S, byte V)
{
    public const int LengthBytes = 65;

    /// <summary>V of an even y coordinate.</summary>
    public const byte EvenV = 27;

    /// <param name="source">r, s and v, 65 bytes.</param>
    public static RecoverableSignature From(ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, LengthBytes);
        return new RecoverableSignature(Bytes32.From(source[..32]), Bytes32.From(source[32..64]), source[64]);
    }

    /// <summary>r, s and v: what a contract takes as <c>bytes</c>.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[LengthBytes];
        R.CopyTo(bytes);
        S.CopyTo(bytes.AsSpan(32));
        bytes[64] = V;
        return bytes;
    }

    /// <summary><c>0x</c> and 130 digits.</summary>
    public override string ToString() => "0x" + Convert.ToHexStringLower(ToArray());
}
