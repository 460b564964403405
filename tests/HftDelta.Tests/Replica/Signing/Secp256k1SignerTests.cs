using System.Security.Cryptography;
using System.Text;
using HftDelta.Replica.Faults;
using HftDelta.Replica.Signing;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Signing;

/// <summary>Public vectors of deterministic signatures over this curve; addresses are those of known keys.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class Secp256k1SignerTests
{
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string OrderLessOne = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    [TestCase(
        One, "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
        "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [TestCase(
        One, "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b",
        "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [TestCase(
        OrderLessOne, "Satoshi Nakamoto",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0",
        "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    public void Signatures_are_those_of_RFC_6979_with_the_lower_s(string key, string message, string r, string s)
    {
        using var signer = new ManagedSigner(Convert.FromHexString(key));
        var digest = Bytes32.From(SHA256.HashData(Encoding.ASCII.GetBytes(message)));

        var signature = signer.Sign(digest);
        Assert.That(signature.R, Is.EqualTo(Bytes32.Parse(r)));
        Assert.That(signature.S, Is.EqualTo(Bytes32.Parse(s)));
        Assert.That(Secp256k1Signer.Recover(digest, signature), Is.EqualTo(signer.Address));
    }

    [Test]
    public void The_parity_of_the_vector_of_key_one_is_odd()
    {
        using var signer = new ManagedSigner(Convert.FromHexString(One));
        var digest = Bytes32.From(SHA256.HashData("Satoshi Nakamoto"u8));

        Assert.That(signer.Sign(digest).V, Is.EqualTo(28));
    }

    [TestCase(One, "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")]
    [TestCase(
        "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318", "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23")]
    [TestCase(
        "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    public void A_key_has_the_address_that_others_give_it(string key, string address)
    {
        using var signer = new ManagedSigner(Convert.FromHexString(key));
        Assert.That(signer.Address.ToString(), Is.EqualTo(address));
    }

    [Test]
    public void Every_signature_recovers_to_its_signer_and_to_nobody_else_for_another_digest()
    {
        var random = new SplitMix64(20_261_122);
        for (var round = 0; round < 40; round++)
        {
            using var signer = new ManagedSigner(KeyOf(ref random));
            var digest = DigestOf(ref random);
            var signature = signer.Sign(digest);

            Assert.That(Secp256k1Signer.Recover(digest, signature), Is.EqualTo(signer.Address), $"round {round}");
            Assert.That(
                Secp256k1Signer.Recover(digest with { Word3 = digest.Word3 ^ 1 }, signature), Is.Not.EqualTo(signer.Address));
            Assert.That(
                Secp256k1Signer.Recover(digest, signature with { V = (byte)(55 - signature.V) }), Is.Not.EqualTo(signer.Address));
        }
    }

    [Test]
    public void What_a_contract_refuses_recovers_to_nobody()
    {
        using var signer = new ManagedSigner(Convert.FromHexString(One));
        var digest = Bytes32.FromNumber(7);
        var signature = signer.Sign(digest);
        var order = Bytes32.Parse(Order);
        var mirrored = Subtract(order, signature.S);

        Assert.That(Secp256k1Signer.Recover(digest, signature with { S = mirrored, V = (byte)(55 - signature.V) }), Is.Null);
        Assert.That(Secp256k1Signer.Recover(digest, signature with { V = 26 }), Is.Null);
        Assert.That(Secp256k1Signer.Recover(digest, signature with { V = 29 }), Is.Null);
        Assert.That(Secp256k1Signer.Recover(digest, signature with { R = Bytes32.Zero }), Is.Null);
        Assert.That(Secp256k1Signer.Recover(digest, signature with { S = Bytes32.Zero }), Is.Null);
        Assert.That(Secp256k1Signer.Recover(digest, signature with { R = order }), Is.Null);
        Assert.That(Secp256k1Signer.Recover(digest, signature with { R = Bytes32.FromNumber(5) }), Is.Null, "5 is on no point");
    }

    [TestCase("")]
    [TestCase("01")]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase(Order)]
    public void Numbers_that_are_no_key_are_refused(string key)
    {
        var error = Assert.Throws<ReplicaException>(() => new ManagedSigner(Convert.FromHexString(key)).Dispose());
        Assert.That(error.Fault, Is.EqualTo(ReplicaFault.KeyInvalid));
        Assert.That(error.ExitCode, Is.EqualTo(21));
        Assert.That(error.Message, Does.Not.Contain(key.Length == 0 ? "(no digits)" : key), "a key is never told");
    }

    [Test]
    public void The_native_library_gives_the_same_bytes()
    {
        if (NativeSecp256k1.TryLoad() is not { } library)
        {
            Assert.Ignore("libsecp256k1 is not installed; BouncyCastle signs alone");
            return;
        }

        var random = new SplitMix64(42);
        for (var round = 0; round < 50; round++)
        {
            var key = KeyOf(ref random);
            var digest = DigestOf(ref random);
            using var managed = new ManagedSigner(key);
            using var native = new NativeSigner(library, key);

            Assert.That(native.Address, Is.EqualTo(managed.Address), $"round {round}");
            Assert.That(native.Sign(digest), Is.EqualTo(managed.Sign(digest)), $"round {round}");
        }
    }

    private static byte[] KeyOf(ref SplitMix64 random)
    {
        var key = DigestOf(ref random).ToArray();
        key[0] = 0x7f;
        return key;
    }

    private static Bytes32 DigestOf(ref SplitMix64 random) =>
        new(random.Next(), random.Next(), random.Next(), random.Next());

    private static Bytes32 Subtract(Bytes32 left, Bytes32 right)
    {
        var difference = new System.Numerics.BigInteger(left.ToArray(), isUnsigned: true, isBigEndian: true)
            - new System.Numerics.BigInteger(right.ToArray(), isUnsigned: true, isBigEndian: true);
        var bytes = difference.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[32];
        bytes.CopyTo(padded, 32 - bytes.Length);
        return Bytes32.From(padded);
    }
}
