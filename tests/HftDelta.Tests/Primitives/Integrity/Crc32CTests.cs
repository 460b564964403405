using HftDelta.Primitives.Integrity;
using HftDelta.Tests.Journal;
using NUnit.Framework;

namespace HftDelta.Tests.Primitives.Integrity;

[TestFixture]
[CancelAfter(20_000)]
public sealed class Crc32CTests
{
    [Test]
    public void The_check_value_is_the_published_one()
    {
        Assert.That(Crc32C.Compute(0, "123456789"u8), Is.EqualTo(0xE306_9283u));
        Assert.That(Crc32C.ComputePortable(0, "123456789"u8), Is.EqualTo(0xE306_9283u));
    }

    // RFC 3720, appendix B.4.
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000", 0x8A91_36AAu)]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8_AB43u)]
    [TestCase("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD_794Eu)]
    [TestCase("1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100", 0x113F_DB5Cu)]
    [TestCase(
        "01C000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000",
        0xD996_3A56u)]
    public void The_vectors_of_the_iscsi_standard_hold(string hexadecimal, uint expected)
    {
        var bytes = Convert.FromHexString(hexadecimal);

        Assert.That(Crc32C.Compute(0, bytes), Is.EqualTo(expected));
        Assert.That(Crc32C.ComputePortable(0, bytes), Is.EqualTo(expected));
    }

    [Test]
    public void Instruction_and_tables_agree_for_every_length_and_alignment()
    {
        var bytes = new byte[400];
        new Noise(20_261_122).Fill(bytes);
        foreach (var seed in new[] { 0u, 1u, 0x8000_0000u, 0xDEAD_BEEFu, uint.MaxValue })
        {
            for (var start = 0; start < 9; start++)
            {
                for (var length = 0; length <= 300; length++)
                {
                    var slice = bytes.AsSpan(start, length);
                    var expected = Bitwise(seed, slice);
                    Assert.That(Crc32C.Compute(seed, slice), Is.EqualTo(expected), $"seed {seed:x}, {start}+{length}");
                    Assert.That(Crc32C.ComputePortable(seed, slice), Is.EqualTo(expected), $"seed {seed:x}, {start}+{length}");
                }
            }
        }
    }

    [Test]
    public void Values_compose_at_every_split()
    {
        var bytes = new byte[67];
        new Noise(7).Fill(bytes);
        var whole = Crc32C.Compute(0, bytes);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var parts = Crc32C.Compute(Crc32C.Compute(0, bytes.AsSpan(0, split)), bytes.AsSpan(split));
            Assert.That(parts, Is.EqualTo(whole), $"split at {split}");
        }
    }

    // The definition, one bit at a time: slow and obvious.
    internal static uint Bitwise(uint seed, ReadOnlySpan<byte> bytes)
    {
        var register = ~seed;
        foreach (var value in bytes)
        {
            register ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (register & 1) == 0 ? register >> 1 : (register >> 1) ^ 0x82F6_3B78u;
            }
        }

        return ~register;
    }
}
