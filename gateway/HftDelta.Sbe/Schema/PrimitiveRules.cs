using System;
using System.Globalization;

namespace HftDelta.Sbe.Schema;

/// <summary>
/// What the standard says of each primitive type: its size, default null, lowest and highest value. A value is held as its
/// 64 raw bits: integers sign- or zero-extended, floats as their own bit pattern.
/// </summary>
public static class PrimitiveRules
{
    public static bool TryParseName(string name, out Primitive primitive)
    {
        switch (name)
        {
            case "char": primitive = Primitive.Char; return true;
            case "int8": primitive = Primitive.Int8; return true;
            case "uint8": primitive = Primitive.UInt8; return true;
            case "int16": primitive = Primitive.Int16; return true;
            case "uint16": primitive = Primitive.UInt16; return true;
            case "int32": primitive = Primitive.Int32; return true;
            case "uint32": primitive = Primitive.UInt32; return true;
            case "int64": primitive = Primitive.Int64; return true;
            case "uint64": primitive = Primitive.UInt64; return true;
            case "float": primitive = Primitive.Float; return true;
            case "double": primitive = Primitive.Double; return true;
            default: primitive = default; return false;
        }
    }

    public static string NameOf(Primitive primitive) => primitive.ToString().ToLowerInvariant();

    public static int SizeOf(Primitive primitive) => primitive switch
    {
        Primitive.Char or Primitive.Int8 or Primitive.UInt8 => 1,
        Primitive.Int16 or Primitive.UInt16 => 2,
        Primitive.Int32 or Primitive.UInt32 or Primitive.Float => 4,
        _ => 8,
    };

    public static bool IsSigned(Primitive primitive) =>
        primitive is Primitive.Int8 or Primitive.Int16 or Primitive.Int32 or Primitive.Int64;

    public static bool IsFloating(Primitive primitive) => primitive is Primitive.Float or Primitive.Double;

    public static bool IsUnsignedInteger(Primitive primitive) =>
        primitive is Primitive.UInt8 or Primitive.UInt16 or Primitive.UInt32 or Primitive.UInt64;

    public static ulong DefaultNull(Primitive primitive) => primitive switch
    {
        Primitive.Char => 0,
        Primitive.Int8 => unchecked((ulong)sbyte.MinValue),
        Primitive.UInt8 => byte.MaxValue,
        Primitive.Int16 => unchecked((ulong)short.MinValue),
        Primitive.UInt16 => ushort.MaxValue,
        Primitive.Int32 => unchecked((ulong)int.MinValue),
        Primitive.UInt32 => uint.MaxValue,
        Primitive.Int64 => unchecked((ulong)long.MinValue),
        Primitive.UInt64 => ulong.MaxValue,
        Primitive.Float => 0x7fc00000UL,
        _ => 0x7ff8000000000000UL,
    };

    public static ulong DefaultMin(Primitive primitive) => primitive switch
    {
        Primitive.Char => 0x20,
        Primitive.Int8 => unchecked((ulong)(sbyte.MinValue + 1)),
        Primitive.Int16 => unchecked((ulong)(short.MinValue + 1)),
        Primitive.Int32 => unchecked((ulong)(int.MinValue + 1)),
        Primitive.Int64 => unchecked((ulong)(long.MinValue + 1)),
        Primitive.Float => FloatBits(float.MinValue),
        Primitive.Double => DoubleBits(double.MinValue),
        _ => 0,
    };

    public static ulong DefaultMax(Primitive primitive) => primitive switch
    {
        Primitive.Char => 0x7e,
        Primitive.Int8 => (ulong)sbyte.MaxValue,
        Primitive.UInt8 => byte.MaxValue - 1,
        Primitive.Int16 => (ulong)short.MaxValue,
        Primitive.UInt16 => ushort.MaxValue - 1,
        Primitive.Int32 => int.MaxValue,
        Primitive.UInt32 => uint.MaxValue - 1,
        Primitive.Int64 => long.MaxValue,
        Primitive.UInt64 => ulong.MaxValue - 1,
        Primitive.Float => FloatBits(float.MaxValue),
        _ => DoubleBits(double.MaxValue),
    };

    /// <summary>Reads a value as a schema writes it; false when it is no value of the type.</summary>
    public static bool TryParseValue(Primitive primitive, string text, out ulong bits)
    {
        bits = 0;
        switch (primitive)
        {
            case Primitive.Char:
                return TryParseChar(text, out bits);
            case Primitive.Float:
                return TryParseFloat(text, out bits);
            case Primitive.Double:
                return TryParseDouble(text, out bits);
            case Primitive.UInt64:
                return ulong.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out bits);
            default:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
                    return false;
                bits = unchecked((ulong)value);
                return Fits(primitive, value);
        }
    }

    /// <summary>Orders two values of one type: negative, zero or positive as the first is below, equal or above.</summary>
    public static int Compare(Primitive primitive, ulong left, ulong right)
    {
        if (IsFloating(primitive))
            return ToDouble(primitive, left).CompareTo(ToDouble(primitive, right));
        return IsSigned(primitive)
            ? unchecked(((long)left).CompareTo((long)right))
            : left.CompareTo(right);
    }

    public static double ToDouble(Primitive primitive, ulong bits) => primitive == Primitive.Float
        ? BitConverter.ToSingle(BitConverter.GetBytes((uint)bits), 0)
        : BitConverter.Int64BitsToDouble(unchecked((long)bits));

    private static bool TryParseChar(string text, out ulong bits)
    {
        bits = 0;
        if (text.Length == 1)
        {
            bits = text[0];
            return text[0] < 0x80;
        }

        // minValue, maxValue and nullValue of a char are code numbers.
        return text.Length > 1
            && byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte code)
            && (bits = code) < 0x80;
    }

    private static bool TryParseFloat(string text, out ulong bits)
    {
        bool parsed = TryParseFloating(text, out double value);
        float narrow = (float)value;
        bits = FloatBits(narrow);
        return parsed && (!float.IsInfinity(narrow) || double.IsInfinity(value));
    }

    private static bool TryParseDouble(string text, out ulong bits)
    {
        bool parsed = TryParseFloating(text, out double value);
        bits = double.IsNaN(value) ? DefaultNull(Primitive.Double) : DoubleBits(value);
        return parsed;
    }

    private static bool TryParseFloating(string text, out double value)
    {
        // A number too large for a double comes back as infinity, or not at all, as the framework has it.
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && (!double.IsInfinity(value) || text.IndexOf("Infinity", StringComparison.Ordinal) >= 0);
    }

    private static bool Fits(Primitive primitive, long value) => primitive switch
    {
        Primitive.Int8 => value is >= sbyte.MinValue and <= sbyte.MaxValue,
        Primitive.UInt8 => value is >= 0 and <= byte.MaxValue,
        Primitive.Int16 => value is >= short.MinValue and <= short.MaxValue,
        Primitive.UInt16 => value is >= 0 and <= ushort.MaxValue,
        Primitive.Int32 => value is >= int.MinValue and <= int.MaxValue,
        Primitive.UInt32 => value is >= 0 and <= uint.MaxValue,
        _ => true,
    };

    private static ulong FloatBits(float value) =>
        float.IsNaN(value) ? DefaultNull(Primitive.Float) : BitConverter.ToUInt32(BitConverter.GetBytes(value), 0);

    private static ulong DoubleBits(double value) => unchecked((ulong)BitConverter.DoubleToInt64Bits(value));
}
