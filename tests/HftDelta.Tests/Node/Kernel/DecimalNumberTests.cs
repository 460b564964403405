using System.Numerics;
using HftDelta.Engine.Greeks;
using HftDelta.Node.Kernel;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Kernel;

[TestFixture]
[CancelAfter(20_000)]
public sealed class DecimalNumberTests
{
    [TestCase("60000", 60_000, 0)]
    [TestCase("0.65", 65, -2)]
    [TestCase("-0.5", -5, -1)]
    [TestCase("+7", 7, 0)]
    [TestCase(".5", 5, -1)]
    [TestCase("5.", 5, 0)]
    [TestCase("1e-5", 1, -5)]
    [TestCase("1.50E+3", 150, 1)]
    [TestCase("00012.0", 120, -1)]
    public void Numbers_are_kept_as_written(string text, int digits, int exponent)
    {
        Assert.That(DecimalNumber.TryParse(text, out var number), Is.True);
        Assert.That(number, Is.EqualTo(new DecimalNumber(digits, exponent)));
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("-")]
    [TestCase("e5")]
    [TestCase("1e")]
    [TestCase("1e+")]
    [TestCase("1e5.0")]
    [TestCase("1e99999")]
    [TestCase("1e1001")]
    [TestCase("1.2.3")]
    [TestCase("1 2")]
    [TestCase("1,2")]
    [TestCase("--1")]
    [TestCase("0x10")]
    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("١")]
    public void What_is_no_number_is_refused(string text)
    {
        Assert.That(DecimalNumber.TryParse(text, out _), Is.False);
    }

    [Test]
    public void Number_that_is_too_long_is_refused()
    {
        Assert.That(DecimalNumber.TryParse(new string('1', DecimalNumber.TextLengthMax), out _), Is.True);
        Assert.That(DecimalNumber.TryParse(new string('1', DecimalNumber.TextLengthMax + 1), out _), Is.False);
    }

    [TestCase("60000000000", 60_000_000_000UL, 0)]
    [TestCase("18446744073709551615", ulong.MaxValue, 0)]
    [TestCase("0", 0UL, 0)]
    [TestCase("0.5", 1UL << 63, 64)]
    [TestCase("18446744073709551616", 1UL << 63, -1)]
    public void Binary_form_is_exact_where_64_bits_suffice(string text, ulong mantissa, int fractionBits)
    {
        Assert.That(DecimalNumber.TryParse(text, out var number), Is.True);
        Assert.That(number.ToBinaryFloor(), Is.EqualTo(new BinaryFraction(mantissa, fractionBits)));
    }

    [TestCase("0.05")]
    [TestCase("3.999999999999999999999999")]
    [TestCase("1e-300")]
    [TestCase("123456789e30")]
    public void Binary_form_is_otherwise_the_floor_with_64_bits(string text)
    {
        Assert.That(DecimalNumber.TryParse(text, out var number), Is.True);
        var (numerator, denominator) = number.ToFraction();

        var binary = number.ToBinaryFloor();

        Assert.That(binary.Mantissa >> 63, Is.EqualTo(1));
        // mantissa / 2^bits <= number < (mantissa + 1) / 2^bits, without fractions.
        var scaled = binary.FractionBits >= 0 ? numerator << binary.FractionBits : numerator;
        var divisor = binary.FractionBits >= 0 ? denominator : denominator << -binary.FractionBits;
        Assert.That(binary.Mantissa * divisor, Is.LessThanOrEqualTo(scaled));
        Assert.That((binary.Mantissa + BigInteger.One) * divisor, Is.GreaterThan(scaled));
    }
}
