using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// Which character encodings get text helpers. Others (code pages that .NET does not carry) are reached by their bytes alone.
/// </summary>
internal static class TextEncodings
{
    /// <summary>A C# expression for the encoding that reads the type's text, or null where it is no text.</summary>
    public static string? DecodingOf(EncodedType type)
    {
        string name = type.CharacterEncoding.ToUpperInvariant();
        if (name.Length == 0)
            return type.Primitive == Primitive.Char ? Latin1 : null;
        return name switch
        {
            "ASCII" or "US-ASCII" or "ISO-8859-1" or "ISO_8859_1" or "LATIN1" => Latin1,
            "UTF-8" or "UTF8" => Utf8,
            _ => null,
        };
    }

    /// <summary>Like <see cref="DecodingOf"/> for writing: strict ASCII writes a question mark for what it lacks.</summary>
    public static string? EncodingOf(EncodedType type)
    {
        string? decoding = DecodingOf(type);
        bool latin = type.CharacterEncoding.ToUpperInvariant() is "ISO-8859-1" or "ISO_8859_1" or "LATIN1";
        return decoding == Latin1 && !latin ? "global::System.Text.Encoding.ASCII" : decoding;
    }

    private const string Latin1 = "global::System.Text.Encoding.Latin1";
    private const string Utf8 = "global::System.Text.Encoding.UTF8";
}
