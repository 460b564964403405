using HftDelta.Primitives;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;

namespace HftDelta.Replica.Signing;

/// <summary>
/// Signs with BouncyCastle's curve and its RFC 6979 generator. The nonce's point is computed here and not inside its signer,
/// because v is the parity of that point and would otherwise have to be found by trial.
/// It cannot forget: the key and what is computed from it are numbers of that library, which nobody can wipe, so the key stays
/// somewhere in the process's memory until the process ends. Where that matters, install libsecp256k1, whose signer can.
/// </summary>
public sealed class ManagedSigner : Secp256k1Signer
{
    private readonly FixedPointCombMultiplier _multiplier = new();
    private readonly BigInteger _key;

    /// <param name="privateKey">32 bytes, big-endian.</param>
    /// <exception cref="Faults.ReplicaException">No key of this curve.</exception>
    public ManagedSigner(ReadOnlySpan<byte> privateKey)
    {
        KeyFile.RequireKey(privateKey);
        _key = new BigInteger(1, privateKey);
        Address = Secp256k1Curve.AddressOf(_multiplier.Multiply(Secp256k1Curve.Generator, _key));
    }

    public override EthereumAddress Address { get; }

    public override string Implementation => "BouncyCastle";

    public override RecoverableSignature Sign(Bytes32 digest)
    {
        var hash = digest.ToArray();
        var number = new BigInteger(1, hash);
        var nonces = new HMacDsaKCalculator(new Org.BouncyCastle.Crypto.Digests.Sha256Digest());
        nonces.Init(Secp256k1Curve.Order, _key, hash);
        while (true)
        {
            var nonce = nonces.NextK();
            var point = _multiplier.Multiply(Secp256k1Curve.Generator, nonce).Normalize();
            var x = point.AffineXCoord.ToBigInteger();
            if (x.CompareTo(Secp256k1Curve.Order) >= 0)
            {
                // One nonce in 2^127: v of 29 or 30, which no contract takes.
                continue;
            }

            var s = nonce.ModInverse(Secp256k1Curve.Order).Multiply(number.Add(_key.Multiply(x))).Mod(Secp256k1Curve.Order);
            if (x.SignValue == 0 || s.SignValue == 0)
            {
                continue;
            }

            var signature = Canonical(point, x, s);
            Prove(digest, in signature);
            return signature;
        }
    }

    protected override void Dispose(bool disposing)
    {
    }

    private static RecoverableSignature Canonical(ECPoint point, BigInteger r, BigInteger s)
    {
        var isOdd = point.AffineYCoord.TestBitZero();
        if (s.CompareTo(Secp256k1Curve.HalfOrder) > 0)
        {
            // Of the two that verify, the other belongs to the point mirrored at the x axis.
            s = Secp256k1Curve.Order.Subtract(s);
            isOdd = !isOdd;
        }

        Check.That(s.CompareTo(Secp256k1Curve.HalfOrder) <= 0);
        return new RecoverableSignature(
            Secp256k1Curve.ToBytes32(r),
            Secp256k1Curve.ToBytes32(s),
            (byte)(RecoverableSignature.EvenV + (isOdd ? 1 : 0)));
    }
}
