using System;
using System.Globalization;
using System.Text;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>C# spellings of primitive types and of their values.</summary>
internal static class Literals
{
    public static string TypeOf(Primitive primitive) => primitive switch
    {
        Primitive.Char or Primitive.UInt8 => "byte",
        Primitive.Int8 => "sbyte",
        Primitive.Int16 => "short",
        Primitive.UInt16 => "ushort",
        Primitive.Int32 => "int",
        Primitive.UInt32 => "uint",
        Primitive.Int64 => "long",
        Primitive.UInt64 => "ulong",
        Primitive.Float => "float",
        _ => "double",
    };

    /// <summary>The name of the accessor pair for the type: Read and Write followed by this.</summary>
    public static string Accessor(Primitive primitive, bool bigEndian)
    {
        string order = bigEndian ? "BigEndian" : "LittleEndian";
        return primitive switch
        {
            Primitive.Char or Primitive.UInt8 => "Byte",
            Primitive.Int8 => "SByte",
            Primitive.Float => "Single" + order,
            _ => primitive + order,
        };
    }

    public static string Value(Primitive primitive, ulong bits)
    {
        long signed = unchecked((long)bits);
        return primitive switch
        {
            Primitive.Int64 => signed == long.MinValue ? "long.MinValue" : Invariant(signed) + "L",
            Primitive.UInt64 => bits.ToString(CultureInfo.InvariantCulture) + "UL",
            Primitive.UInt32 => bits.ToString(CultureInfo.InvariantCulture) + "U",
            Primitive.Float => Float(bits),
            Primitive.Double => Double(bits),
            Primitive.Int32 => signed == int.MinValue ? "int.MinValue" : Invariant(signed),
            _ => Invariant(signed),
        };
    }

    /// <summary>Whether C# takes the spelling of a value as a constant.</summary>
    public static bool IsConstant(string value) => !value.StartsWith("global::System.BitConverter", StringComparison.Ordinal);

    public static string Text(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char letter in text)
        {
            if (letter is '"' or '\\')
                quoted.Append('\\').Append(letter);
            else if (letter is < ' ' or > '~')
                quoted.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
            else
                quoted.Append(letter);
        }

        return quoted.Append('"').ToString();
    }

    public static string Bytes(byte[] bytes, int start, int length)
    {
        var list = new StringBuilder("new byte[] { ");
        for (int i = 0; i < length; i++)
            list.Append(bytes[start + i].ToString(CultureInfo.InvariantCulture)).Append(", ");
        return list.Append('}').ToString();
    }

    private static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>C# gives its NaN a sign and the null of the language has none, so one is made of its bits.</summary>
    private static string Float(ulong bits)
    {
        double value = PrimitiveRules.ToDouble(Primitive.Float, bits);
        if (double.IsNaN(value))
            return $"global::System.BitConverter.UInt32BitsToSingle({bits}U)";
        if (double.IsInfinity(value))
            return value > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";
        return ((float)value).ToString("G9", CultureInfo.InvariantCulture) + "F";
    }

    private static string Double(ulong bits)
    {
        double value = BitConverter.Int64BitsToDouble(unchecked((long)bits));
        if (double.IsNaN(value))
            return $"global::System.BitConverter.UInt64BitsToDouble({bits}UL)";
        if (double.IsInfinity(value))
            return value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";
        return value.ToString("G17", CultureInfo.InvariantCulture) + "D";
    }
}
