using System;
using System.Text;

namespace HftDelta.Sbe.Schema;

/// <summary>The path and the content of a file; equal when both are, which is what incremental builds compare.</summary>
public sealed class SchemaText : IEquatable<SchemaText>
{
    private const int DeclarationBytes = 256;

    public SchemaText(string path, string content)
    {
        Path = path;
        Content = content;
    }

    public string Path { get; }

    public string Content { get; }

    /// <summary>
    /// Decodes a file as XML has it: by its byte order mark, by the shape of its first bytes, by the encoding that it declares,
    /// else as UTF-8. Throws ArgumentException for bytes that are none of the encoding, and for an encoding that is not known.
    /// </summary>
    public static SchemaText FromBytes(string path, byte[] bytes)
    {
        Encoding encoding = EncodingOf(bytes);
        int mark = StartsWith(bytes, encoding.GetPreamble()) ? encoding.GetPreamble().Length : 0;
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return new SchemaText(path, strict.GetString(bytes, mark, bytes.Length - mark));
    }

    public bool Equals(SchemaText? other) => other is not null && Path == other.Path && Content == other.Content;

    public override bool Equals(object? obj) => Equals(obj as SchemaText);

    public override int GetHashCode() => Path.GetHashCode() * 31 + Content.GetHashCode();

    private static Encoding EncodingOf(byte[] bytes)
    {
        if (StartsWith(bytes, [0xff, 0xfe, 0, 0]) || StartsWith(bytes, [(byte)'<', 0, 0, 0]))
            return Encoding.UTF32;
        if (StartsWith(bytes, [0, 0, 0xfe, 0xff]) || StartsWith(bytes, [0, 0, 0, (byte)'<']))
            return new UTF32Encoding(bigEndian: true, byteOrderMark: true);
        if (StartsWith(bytes, [0xff, 0xfe]) || StartsWith(bytes, [(byte)'<', 0]))
            return Encoding.Unicode;
        if (StartsWith(bytes, [0xfe, 0xff]) || StartsWith(bytes, [0, (byte)'<']))
            return Encoding.BigEndianUnicode;
        string declared = StartsWith(bytes, [0xef, 0xbb, 0xbf]) ? "" : Declared(bytes);
        // One that is declared in single bytes and means more was saved as something else: UTF-8, as a rule.
        bool wide = declared.StartsWith("UTF-16", StringComparison.OrdinalIgnoreCase)
            || declared.StartsWith("UTF-32", StringComparison.OrdinalIgnoreCase);
        return declared.Length == 0 || wide ? Encoding.UTF8 : Encoding.GetEncoding(declared);
    }

    /// <summary>The encoding in the XML declaration, which is ASCII in every encoding that comes here.</summary>
    private static string Declared(byte[] bytes)
    {
        string head = Encoding.ASCII.GetString(bytes, 0, Math.Min(bytes.Length, DeclarationBytes));
        int end = head.IndexOf("?>", StringComparison.Ordinal);
        int at = head.IndexOf("encoding", StringComparison.Ordinal);
        if (!head.StartsWith("<?xml", StringComparison.Ordinal) || at < 0 || at > end)
            return "";
        int open = head.IndexOfAny(['"', '\''], at);
        int close = open < 0 ? -1 : head.IndexOf(head[open], open + 1);
        return close < 0 ? "" : head.Substring(open + 1, close - open - 1);
    }

    private static bool StartsWith(byte[] bytes, byte[] prefix)
    {
        if (prefix.Length == 0 || bytes.Length < prefix.Length)
            return false;
        for (int i = 0; i < prefix.Length; i++)
        {
            if (bytes[i] != prefix[i])
                return false;
        }

        return true;
    }
}
