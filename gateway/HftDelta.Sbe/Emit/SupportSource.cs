using System.Text;

namespace HftDelta.Sbe.Emit;

/// <summary>The types that all generated code of a compilation shares; written once, into its root namespace.</summary>
public static class SupportSource
{
    /// <summary>Names that a schema in the same namespace cannot have.</summary>
    internal static readonly string[] Names =
    [
        "ValidationCode", "SbeHeader", "SbeBytes", "SbeArray", "SbeEncoderState", "SbeText", "SbeJson", "SbeThrow", "SbeImpl",
        "SbeUnsafe",
    ];

    public static GeneratedFile Write(string supportNamespace)
    {
        string text = FileHead.Text + $"namespace {supportNamespace}\n{{\n" + ValidationCodes + Header + BytesHead + Accessors()
            + BytesTail + Arrays + State + Texts + Json + Throws + "}\n";
        return new GeneratedFile("SbeSupport.g.cs", text);
    }

    private static string Accessors()
    {
        var text = new StringBuilder();
        foreach (bool bigEndian in new[] { false, true })
        {
            foreach (string type in new[] { "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64" })
                AddInteger(text, type, bigEndian);
            AddFloat(text, "Single", "float", "UInt32", bigEndian);
            AddFloat(text, "Double", "double", "UInt64", bigEndian);
        }

        return text.ToString();
    }

    private static void AddInteger(StringBuilder text, string type, bool bigEndian)
    {
        string clr = "global::System." + type;
        string name = type + (bigEndian ? "BigEndian" : "LittleEndian");
        string native = bigEndian ? "!global::System.BitConverter.IsLittleEndian" : "global::System.BitConverter.IsLittleEndian";
        string swap = "global::System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value)";
        text.Append($$"""

                    [SbeImpl(Inline)]
                    internal static {{clr}} Read{{name}}(ref readonly byte start, int offset)
                    {
                        {{clr}} value =
                            SbeUnsafe.ReadUnaligned<{{clr}}>(ref SbeUnsafe.Add(ref SbeUnsafe.AsRef(in start), offset));
                        return {{native}} ? value : {{swap}};
                    }

                    [SbeImpl(Inline)]
                    internal static void Write{{name}}(ref byte start, int offset, {{clr}} value)
                    {
                        if (!({{native}})) value = {{swap}};
                        SbeUnsafe.WriteUnaligned(ref SbeUnsafe.Add(ref start, offset), value);
                    }

            """);
    }

    private static void AddFloat(StringBuilder text, string type, string clr, string bits, bool bigEndian)
    {
        string order = bigEndian ? "BigEndian" : "LittleEndian";
        string fromBits = $"global::System.BitConverter.{bits}BitsTo{type}";
        string toBits = $"global::System.BitConverter.{type}To{bits}Bits";
        text.Append($$"""

                    [SbeImpl(Inline)]
                    internal static {{clr}} Read{{type}}{{order}}(ref readonly byte start, int offset) =>
                        {{fromBits}}(Read{{bits}}{{order}}(in start, offset));

                    [SbeImpl(Inline)]
                    internal static void Write{{type}}{{order}}(ref byte start, int offset, {{clr}} value) =>
                        Write{{bits}}{{order}}(ref start, offset, {{toBits}}(value));

            """);
    }

    private const string ValidationCodes = """
            /// <summary>What is wrong with the lengths of a frame, or Valid.</summary>
            public enum ValidationCode : byte
            {
                Valid = 0,
                /// <summary>Fewer bytes than a message header.</summary>
                FrameTooShort = 1,
                /// <summary>The header names another schema.</summary>
                UnknownSchema = 2,
                /// <summary>The schema has no message of that template id.</summary>
                UnknownTemplate = 3,
                /// <summary>Another message than the one asked for.</summary>
                UnexpectedTemplate = 4,
                /// <summary>The block is shorter than its version must have it.</summary>
                BlockTooShort = 5,
                /// <summary>The block ends behind the frame.</summary>
                BlockTruncated = 6,
                /// <summary>The frame ends inside a group's dimension.</summary>
                GroupHeaderTruncated = 7,
                /// <summary>Entries are shorter than their version must have them.</summary>
                GroupBlockTooShort = 8,
                /// <summary>More entries than the schema allows, or fewer.</summary>
                GroupCountOutOfRange = 9,
                /// <summary>Entries end behind the frame.</summary>
                GroupTruncated = 10,
                /// <summary>The frame ends inside the length of variable data.</summary>
                DataLengthTruncated = 11,
                /// <summary>Variable data is longer than the schema allows.</summary>
                DataTooLong = 12,
                /// <summary>Variable data ends behind the frame.</summary>
                DataTruncated = 13,
                /// <summary>Bytes are left over behind the message.</summary>
                TrailingBytes = 14,
            }

        """;

    private const string Header = """

            /// <summary>The members of a message header that have a meaning in the language.</summary>
            public readonly struct SbeHeader
            {
                public SbeHeader(int blockLength, int templateId, int schemaId, int version)
                {
                    BlockLength = blockLength;
                    TemplateId = templateId;
                    SchemaId = schemaId;
                    Version = version;
                }

                public int BlockLength { get; }

                public int TemplateId { get; }

                public int SchemaId { get; }

                public int Version { get; }
            }

        """;

    private const string BytesHead = """

            /// <summary>
            /// Loads and stores of the wire. They check nothing: a validator proved the lengths, or an encoder took the bytes.
            /// </summary>
            internal static class SbeBytes
            {
                private const global::System.Runtime.CompilerServices.MethodImplOptions Inline =
                    global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining;

                [SbeImpl(Inline)]
                internal static ref readonly byte First(global::System.ReadOnlySpan<byte> bytes) =>
                    ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes);

                [SbeImpl(Inline)]
                internal static ref readonly byte At(ref readonly byte start, int offset) =>
                    ref SbeUnsafe.Add(ref SbeUnsafe.AsRef(in start), offset);

                [SbeImpl(Inline)]
                internal static ref byte Into(ref byte start, int offset) => ref SbeUnsafe.Add(ref start, offset);

                [SbeImpl(Inline)]
                internal static global::System.ReadOnlySpan<byte> Span(ref readonly byte start, int offset, int length) =>
                    global::System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(
                        ref SbeUnsafe.Add(ref SbeUnsafe.AsRef(in start), offset), length);

                internal static global::System.ReadOnlySpan<byte> Constant(global::System.ReadOnlySpan<byte> bytes) => bytes;

                [SbeImpl(Inline)]
                internal static int Saturate(uint value) => value > int.MaxValue ? int.MaxValue : (int)value;

                [SbeImpl(Inline)]
                internal static int Saturate(ulong value) => value > int.MaxValue ? int.MaxValue : (int)value;

                [SbeImpl(Inline)]
                internal static int Saturate(int value) => value < 0 ? int.MaxValue : value;

                [SbeImpl(Inline)]
                internal static int Saturate(long value) => Saturate((ulong)value);

                [SbeImpl(Inline)]
                internal static byte ReadByte(ref readonly byte start, int offset) =>
                    SbeUnsafe.Add(ref SbeUnsafe.AsRef(in start), offset);

                [SbeImpl(Inline)]
                internal static sbyte ReadSByte(ref readonly byte start, int offset) =>
                    (sbyte)SbeUnsafe.Add(ref SbeUnsafe.AsRef(in start), offset);

                [SbeImpl(Inline)]
                internal static void WriteByte(ref byte start, int offset, byte value) =>
                    SbeUnsafe.Add(ref start, offset) = value;

                [SbeImpl(Inline)]
                internal static void WriteSByte(ref byte start, int offset, sbyte value) =>
                    SbeUnsafe.Add(ref start, offset) = (byte)value;

        """;

    private const string BytesTail = """

                /// <summary>The next bytes of an encoder's buffer: a fixed part and a variable one of bounded length.</summary>
                internal static global::System.Span<byte> Take(
                    global::System.Span<byte> buffer, ref SbeEncoderState state, int fixedLength, int length, int longest)
                {
                    if (length > longest) SbeThrow.OutOfRange(length, longest);
                    long end = (long)state.Position + fixedLength + length;
                    if (end > buffer.Length) SbeThrow.TooShort(end, buffer.Length);
                    global::System.Span<byte> taken = buffer.Slice(state.Position, fixedLength + length);
                    state.Position = (int)end;
                    return taken;
                }

                /// <summary>Writes a fixed array of bytes; what the value does not fill is zero.</summary>
                internal static void WriteBytes(ref byte start, int offset, int length, global::System.ReadOnlySpan<byte> value)
                {
                    if (value.Length > length) SbeThrow.OutOfRange(value.Length, length);
                    global::System.Span<byte> target = global::System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
                        ref SbeUnsafe.Add(ref start, offset), length);
                    value.CopyTo(target);
                    target.Slice(value.Length).Clear();
                }

                /// <summary>Writes a fixed array of numbers; what the values do not fill is zero.</summary>
                internal static void WriteArray<T>(
                    ref byte start, int offset, int length, global::System.ReadOnlySpan<T> values, bool bigEndian)
                    where T : unmanaged
                {
                    if (values.Length > length) SbeThrow.OutOfRange(values.Length, length);
                    global::System.ReadOnlySpan<byte> bytes =
                        global::System.Runtime.InteropServices.MemoryMarshal.AsBytes(values);
                    WriteBytes(ref start, offset, length * SbeUnsafe.SizeOf<T>(), bytes);
                    if (bigEndian != global::System.BitConverter.IsLittleEndian) return;
                    for (int i = 0; i < values.Length; i++)
                    {
                        global::System.MemoryExtensions.Reverse(global::System.Runtime.InteropServices.MemoryMarshal
                            .CreateSpan(ref SbeUnsafe.Add(ref start, offset + i * SbeUnsafe.SizeOf<T>()), SbeUnsafe.SizeOf<T>()));
                    }
                }
            }

        """;

    private const string Arrays = """

            /// <summary>A fixed array of numbers as it lies on the wire.</summary>
            public readonly ref struct SbeArray<T> where T : unmanaged
            {
                private readonly global::System.ReadOnlySpan<byte> _bytes;
                private readonly bool _swap;

                internal SbeArray(global::System.ReadOnlySpan<byte> bytes, bool bigEndian)
                {
                    _bytes = bytes;
                    _swap = bigEndian == global::System.BitConverter.IsLittleEndian;
                }

                /// <summary>The number of elements; 0 where the message is older than the field.</summary>
                public int Length => _bytes.Length / SbeUnsafe.SizeOf<T>();

                public T this[int index]
                {
                    get
                    {
                        if ((uint)index >= (uint)Length) SbeThrow.OutOfRange(index, Length);
                        T value = SbeUnsafe.ReadUnaligned<T>(ref SbeUnsafe.Add(
                            ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(_bytes),
                            index * SbeUnsafe.SizeOf<T>()));
                        if (_swap)
                        {
                            global::System.MemoryExtensions.Reverse(global::System.Runtime.InteropServices.MemoryMarshal
                                .CreateSpan(ref SbeUnsafe.As<T, byte>(ref value), SbeUnsafe.SizeOf<T>()));
                        }

                        return value;
                    }
                }

                public void CopyTo(global::System.Span<T> destination)
                {
                    for (int i = 0; i < Length; i++)
                        destination[i] = this[i];
                }
            }

        """;

    private const string State = """

            /// <summary>Where an encoder is: its next byte, and how many sections and entries it has yet to write.</summary>
            internal struct SbeEncoderState
            {
                internal int Position;
                internal int Owed;

                internal SbeEncoderState(int position, int owed)
                {
                    Position = position;
                    Owed = owed;
                }

                internal readonly int Finish()
                {
                    if (Owed != 0) SbeThrow.Incomplete();
                    return Position;
                }
            }

        """;

    private const string Texts = """

            /// <summary>Text in fixed arrays: zero bytes fill the rest.</summary>
            internal static class SbeText
            {
                internal static string UpToZero(global::System.ReadOnlySpan<byte> bytes, global::System.Text.Encoding encoding)
                {
                    int end = global::System.MemoryExtensions.IndexOf(bytes, (byte)0);
                    return encoding.GetString(end < 0 ? bytes : bytes.Slice(0, end));
                }

                internal static void Write(
                    ref byte start, int offset, int length, string value, global::System.Text.Encoding encoding)
                {
                    int needed = encoding.GetByteCount(value);
                    if (needed > length) SbeThrow.OutOfRange(needed, length);
                    global::System.Span<byte> target = global::System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
                        ref SbeUnsafe.Add(ref start, offset), length);
                    target.Slice(encoding.GetBytes(value, target)).Clear();
                }
            }

        """;

    private const string Json = """

            /// <summary>Values as JSON, for the printers.</summary>
            internal static class SbeJson
            {
                private static readonly global::System.Globalization.CultureInfo Invariant =
                    global::System.Globalization.CultureInfo.InvariantCulture;

                internal static void Number<T>(global::System.Text.StringBuilder text, T value)
                    where T : global::System.IFormattable
                {
                    string number = value.ToString(null, Invariant);
                    bool finite = number[^1] is >= '0' and <= '9';
                    text.Append(finite ? number : $"\"{number}\"");
                }

                internal static void Array<T>(global::System.Text.StringBuilder text, SbeArray<T> values)
                    where T : unmanaged, global::System.IFormattable
                {
                    text.Append('[');
                    for (int i = 0; i < values.Length; i++)
                    {
                        if (i > 0) text.Append(',');
                        Number(text, values[i]);
                    }

                    text.Append(']');
                }

                internal static void Numbers(global::System.Text.StringBuilder text, global::System.ReadOnlySpan<byte> values)
                {
                    text.Append('[');
                    for (int i = 0; i < values.Length; i++)
                    {
                        if (i > 0) text.Append(',');
                        Number(text, values[i]);
                    }

                    text.Append(']');
                }

                internal static void Hex(global::System.Text.StringBuilder text, global::System.ReadOnlySpan<byte> bytes) =>
                    text.Append('"').Append(global::System.Convert.ToHexStringLower(bytes)).Append('"');

                internal static void Choice(global::System.Text.StringBuilder text, string name, ref bool more)
                {
                    text.Append(more ? ",\"" : "\"").Append(name).Append('"');
                    more = true;
                }

                internal static void Text(
                    global::System.Text.StringBuilder text, global::System.ReadOnlySpan<byte> bytes,
                    global::System.Text.Encoding encoding, bool upToZero)
                {
                    text.Append('"');
                    foreach (char letter in upToZero ? SbeText.UpToZero(bytes, encoding) : encoding.GetString(bytes))
                    {
                        if (letter is '"' or '\\')
                            text.Append('\\').Append(letter);
                        else if (letter is < ' ' or > '~')
                            text.Append("\\u").Append(((int)letter).ToString("x4", Invariant));
                        else
                            text.Append(letter);
                    }

                    text.Append('"');
                }
            }

        """;

    private const string Throws = """

            /// <summary>Faults of the caller; kept out of line, so that what is fast stays small.</summary>
            internal static class SbeThrow
            {
                [global::System.Diagnostics.CodeAnalysis.DoesNotReturn]
                internal static void TooShort(long needed, int given) =>
                    throw new global::System.ArgumentException($"{needed} bytes are needed and {given} were given");

                [global::System.Diagnostics.CodeAnalysis.DoesNotReturn]
                internal static void OutOfRange(int value, int limit) =>
                    throw new global::System.ArgumentOutOfRangeException(nameof(value), $"{value} is outside the limit {limit}");

                [global::System.Diagnostics.CodeAnalysis.DoesNotReturn]
                internal static void OutOfOrder(string section) =>
                    throw new global::System.InvalidOperationException(
                        $"'{section}' is out of order: groups and data are set once, in the order of the schema");

                [global::System.Diagnostics.CodeAnalysis.DoesNotReturn]
                internal static void TooManyEntries() =>
                    throw new global::System.InvalidOperationException("the group has all its entries already");

                [global::System.Diagnostics.CodeAnalysis.DoesNotReturn]
                internal static void Incomplete() =>
                    throw new global::System.InvalidOperationException("groups, entries or data are still to be set");
            }

        """;
}
