using System.Numerics;
using System.Runtime.Intrinsics;
using HftDelta.Engine.State;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.State;

[TestFixture]
[CancelAfter(20_000)]
public sealed class AesRoundTests
{
    /// <summary>The keys in the order of the digits of pi that they are.</summary>
    internal static byte[][] Keys =>
    [
        Bytes(AesKeys.FirstLaneFirstRound), Bytes(AesKeys.FirstLaneSecondRound),
        Bytes(AesKeys.SecondLaneFirstRound), Bytes(AesKeys.SecondLaneSecondRound),
        Bytes(AesKeys.FinishFirst), Bytes(AesKeys.FinishSecond),
        Bytes(AesKeys.FinishThird), Bytes(AesKeys.FinishFourth),
    ];

    // FIPS-197, appendix B (rounds 1 and 2) and appendix C.1 (rounds 1 and 2): start of round, round key, start of the next.
    [TestCase("193de3bea0f4e22b9ac68d2ae9f84808", "a0fafe1788542cb123a339392a6c7605", "a49c7ff2689f352b6b5bea43026a5049")]
    [TestCase("a49c7ff2689f352b6b5bea43026a5049", "f2c295f27a96b9435935807a7359f67f", "aa8f5f0361dde3ef82d24ad26832469a")]
    [TestCase("00102030405060708090a0b0c0d0e0f0", "d6aa74fdd2af72fadaa678f1d6ab76fe", "89d810e8855ace682d1843d8cb128fe4")]
    [TestCase("89d810e8855ace682d1843d8cb128fe4", "b692cf0b643dbdf1be9bc5006830b3fe", "4915598f55e5d7a0daca94fa1f0a63f7")]
    public void Rounds_of_the_standard_come_out_as_printed(string start, string roundKey, string next)
    {
        var state = Vector128.Create(Convert.FromHexString(start));
        var key = Vector128.Create(Convert.FromHexString(roundKey));

        Assert.That(Convert.ToHexStringLower(Bytes(PortableAesRound.Encrypt(state, key))), Is.EqualTo(next));
        Assert.That(
            Convert.ToHexStringLower(PlainAes.Round(Convert.FromHexString(start), Convert.FromHexString(roundKey))),
            Is.EqualTo(next));
        if (HardwareAesRound.IsSupported)
        {
            Assert.That(Convert.ToHexStringLower(Bytes(HardwareAesRound.Encrypt(state, key))), Is.EqualTo(next));
        }
    }

    [Test]
    public void Substitution_agrees_with_the_standard_on_every_byte()
    {
        for (var value = 0; value < 256; value++)
        {
            Assert.That(PortableAesRound.Substitute((byte)value), Is.EqualTo(PlainAes.Substitute((byte)value)), $"of {value}");
        }

        // FIPS-197, figure 7: corners of the table and the example of its text.
        Assert.That(PortableAesRound.Substitute(0x00), Is.EqualTo(0x63));
        Assert.That(PortableAesRound.Substitute(0x53), Is.EqualTo(0xED));
        Assert.That(PortableAesRound.Substitute(0xFF), Is.EqualTo(0x16));
    }

    [Test]
    public void Keys_are_the_first_1024_bits_behind_the_point_of_pi()
    {
        const int Bits = 1024;
        const int Guard = 64;
        var one = BigInteger.One << (Bits + Guard);
        var pi = 4 * ((4 * InverseTangent(one, 5)) - InverseTangent(one, 239));
        var fraction = (pi - (3 * one)) >> Guard;
        for (var word = 0; word < Bits / 64; word++)
        {
            var expected = (ulong)((fraction >> (Bits - 64 - (word * 64))) & ulong.MaxValue);
            Assert.That(BitConverter.ToUInt64(Keys[word / 2], word % 2 * 8), Is.EqualTo(expected), $"word {word}");
        }
    }

    private static BigInteger InverseTangent(BigInteger one, int reciprocal)
    {
        var sum = BigInteger.Zero;
        var power = one / reciprocal;
        for (var order = 0; !power.IsZero; order++)
        {
            sum += (order % 2 == 0 ? power : -power) / ((2 * order) + 1);
            power /= reciprocal * reciprocal;
        }

        return sum;
    }

    private static byte[] Bytes(Vector128<byte> vector)
    {
        var bytes = new byte[16];
        vector.CopyTo(bytes);
        return bytes;
    }
}
