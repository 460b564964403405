using Org.BouncyCastle.Math.EC;

namespace HftDelta.Replica.Signing;

/// <summary>
/// What the EVM's <c>ecrecover</c> does, with the lower s demanded as the contract demands it. Pure; for verifiers and for the
/// signer's own check.
/// </summary>
internal static class ManagedRecovery
{
    public static EthereumAddress? Recover(Bytes32 digest, in RecoverableSignature signature)
    {
        var parity = signature.V - RecoverableSignature.EvenV;
        var r = Secp256k1Curve.ToNumber(signature.R);
        var s = Secp256k1Curve.ToNumber(signature.S);
        if (parity is not (0 or 1)
            || r.SignValue == 0 || r.CompareTo(Secp256k1Curve.Order) >= 0
            || s.SignValue == 0 || s.CompareTo(Secp256k1Curve.HalfOrder) > 0)
        {
            return null;
        }

        var point = TryDecode(signature.R, parity);
        if (point is null)
        {
            return null;
        }

        // Q = (s R - h G) / r
        var inverse = r.ModInverse(Secp256k1Curve.Order);
        var hash = Secp256k1Curve.ToNumber(digest);
        var ofGenerator = hash.Negate().Mod(Secp256k1Curve.Order).Multiply(inverse).Mod(Secp256k1Curve.Order);
        var ofPoint = s.Multiply(inverse).Mod(Secp256k1Curve.Order);
        var publicKey = ECAlgorithms.SumOfTwoMultiplies(Secp256k1Curve.Generator, ofGenerator, point, ofPoint);
        return publicKey.IsInfinity ? null : Secp256k1Curve.AddressOf(publicKey);
    }

    private static ECPoint? TryDecode(Bytes32 x, int parity)
    {
        var compressed = new byte[1 + Bytes32.LengthBytes];
        compressed[0] = (byte)(2 + parity);
        x.CopyTo(compressed.AsSpan(1));
        try
        {
            return Secp256k1Curve.Curve.DecodePoint(compressed);
        }
        catch (Exception notOnCurve) when (notOnCurve is ArgumentException or FormatException)
        {
            return null;
        }
    }
}
