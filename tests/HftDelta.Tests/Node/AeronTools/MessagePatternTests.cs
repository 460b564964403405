using System.Buffers.Binary;
using HftDelta.Node.AeronTools;
using NUnit.Framework;

namespace HftDelta.Tests.Node.AeronTools;

/// <summary>The payload of the tools against its formula, byte by byte.</summary>
[CancelAfter(20_000)]
internal sealed class MessagePatternTests
{
    private static readonly long[] Numbers =
        [0, 1, 8, 9, 255, 256, 199_999, int.MaxValue, 1L << 40, long.MaxValue, long.MinValue, -1, -257];

    [TestCaseSource(nameof(Numbers))]
    public void Every_byte_is_that_of_the_formula(long number)
    {
        var pattern = new MessagePattern(5_000);
        foreach (var length in (int[])[8, 9, 32, 288, 1_376, 5_000])
        {
            var message = new byte[length];
            pattern.Fill(message, number);
            Assert.That(message, Is.EqualTo(Formula(number, length)), $"{number} of {length} bytes");
            Assert.That(pattern.Matches(message, number), Is.True);
        }
    }

    [Test]
    public void A_single_wrong_bit_anywhere_is_found()
    {
        var pattern = new MessagePattern(300);
        var message = new byte[300];
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            pattern.Fill(message, 12_345);
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(pattern.Matches(message, 12_345), Is.False, $"bit {bit}");
        }
    }

    [Test]
    public void A_message_is_not_the_one_of_a_neighbouring_number()
    {
        var pattern = new MessagePattern(8);
        var message = new byte[8];
        pattern.Fill(message, 7);
        Assert.That(pattern.Matches(message, 8), Is.False);
        Assert.That(pattern.Matches(message, 7), Is.True);
    }

    internal static byte[] Formula(long number, int length)
    {
        var message = new byte[length];
        BinaryPrimitives.WriteInt64LittleEndian(message, number);
        for (var index = 8; index < length; index++)
        {
            message[index] = (byte)(((Int128)number * 31 + index) & 255);
        }

        return message;
    }
}
