using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace HftDelta.Replica.Signing;

/// <summary>The curve, from the custom curves: those of the generic code are about seven times slower.</summary>
internal static class Secp256k1Curve
{
    private static readonly X9ECParameters Parameters = CustomNamedCurves.GetByName("secp256k1");

    public static readonly BigInteger Order = Parameters.N;

    /// <summary>The order as a key is written: 32 bytes, big-endian.</summary>
    public static readonly byte[] OrderBytes = Parameters.N.ToByteArrayUnsigned();

    public static readonly BigInteger HalfOrder = Parameters.N.ShiftRight(1);

    public static ECPoint Generator => Parameters.G;

    public static ECCurve Curve => Parameters.Curve;

    public static BigInteger ToNumber(Bytes32 bytes) => new(1, bytes.ToArray());

    public static Bytes32 ToBytes32(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.LengthBytes];
        var unsigned = value.ToByteArrayUnsigned();
        unsigned.CopyTo(bytes[(Bytes32.LengthBytes - unsigned.Length)..]);
        return Bytes32.From(bytes);
    }

    public static EthereumAddress AddressOf(ECPoint publicKey) =>
        EthereumAddress.FromPublicKey(publicKey.Normalize().GetEncoded(compressed: false).AsSpan(1));
}
