using System.Globalization;
using System.Text;
using HftDelta.Sbe.Schema;

namespace HftDelta.Tests.Sbe.Official;

/// <summary>
/// Writes a Java program that drives the codecs which the official tool makes of a schema. It turns frames into lines of values
/// and lines of values into frames: template id, then every value in the order of the wire. Numbers are decimal, enums and sets
/// their raw numbers, arrays and data hexadecimal with a dot before, groups begin with their count.
/// </summary>
internal sealed class JavaDriverSource
{
    public const string ClassName = "OfficialDriver";

    private readonly MessageSchema _schema;
    private readonly StringBuilder _code = new();
    private int _variables;

    private JavaDriverSource(MessageSchema schema) => _schema = schema;

    public static string Of(MessageSchema schema) => new JavaDriverSource(schema).Write();

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Upper(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private string Write()
    {
        Line($"package {_schema.Package};");
        _code.Append(Head);
        foreach (Message message in _schema.Messages)
        {
            Line($"case {message.Id}: decode{message.Id}(header, out); break;");
        }

        Line("default: throw new IllegalArgumentException(\"template \" + header.templateId());\n}\n}");
        Line("static int encode(final String[] in) {\ncursor = 1;\nswitch (Integer.parseInt(in[0])) {");
        foreach (Message message in _schema.Messages)
        {
            Line($"case {message.Id}: return encode{message.Id}(in);");
        }

        Line("default: throw new IllegalArgumentException(in[0]);\n}\n}");
        foreach (Message message in _schema.Messages)
        {
            WriteMessage(message);
        }

        return _code.Append("}\n").ToString();
    }

    private void WriteMessage(Message message)
    {
        string decoder = Upper(message.Name) + "Decoder";
        string encoder = Upper(message.Name) + "Encoder";
        Line($"static void decode{message.Id}(final MessageHeaderDecoder header, final StringBuilder out) {{");
        Line($"final {decoder} m = new {decoder}();");
        Line("m.wrap(buffer, header.encodedLength(), header.blockLength(), header.version());");
        Decode("m", decoder, message);
        Line("}");
        Line($"static int encode{message.Id}(final String[] in) {{");
        Line($"final {encoder} m = new {encoder}();");
        Line("m.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());");
        Encode("m", encoder, message);
        Line("return MessageHeaderEncoder.ENCODED_LENGTH + m.encodedLength();\n}");
    }

    private void Decode(string target, string owner, Block block)
    {
        foreach (Field field in block.Fields)
        {
            DecodeField(target, field);
        }

        foreach (Group group in block.Groups)
        {
            string type = $"{owner}.{Upper(group.Name)}Decoder";
            string entry = $"e{_variables++}";
            Line($"final {type} g{entry} = {target}.{Lower(group.Name)}();\nput(out, g{entry}.count());");
            Line($"for (final {type} {entry} : g{entry}) {{");
            Decode(entry, type, group);
            Line("}");
        }

        foreach (VariableData data in block.Data)
        {
            string bytes = $"b{_variables++}";
            Line($"final byte[] {bytes} = new byte[{target}.{Lower(data.Name)}Length()];");
            Line($"{target}.get{Upper(data.Name)}({bytes}, 0, {bytes}.length);\nputBytes(out, {bytes});");
        }
    }

    private void DecodeField(string target, Field field)
    {
        string value = $"{target}.{Lower(field.Name)}()";
        if (field.Presence == Presence.Constant)
        {
            return;
        }

        switch (field.Type)
        {
            case EncodedType { Length: 1, Primitive: Primitive.UInt64 }:
                Line($"putUnsigned(out, {value});");
                break;
            case EncodedType { Length: 1 } or EnumType:
                Line($"put(out, {value}{(field.Type is EnumType ? ".value()" : "")});");
                break;
            case EncodedType { Primitive: Primitive.Char or Primitive.UInt8 } type:
                string bytes = $"b{_variables++}";
                Line($"final byte[] {bytes} = new byte[{type.Length}];");
                Line($"for (int i = 0; i < {type.Length}; i++) {{ {bytes}[i] = (byte){target}.{Lower(field.Name)}(i); }}");
                Line($"putBytes(out, {bytes});");
                break;
            case SetType type:
                string terms = string.Concat(type.Choices.Select(one =>
                    $" + ({value}.{Lower(one.Name)}() ? {1L << one.Bit}L : 0L)"));
                Line($"put(out, 0L{terms});");
                break;
            case CompositeType type:
                type.Members.ForEach(member => DecodeField(value, member));
                break;
            default:
                throw new NotSupportedException($"the driver does not know {field.Name} yet");
        }
    }

    private void Encode(string target, string owner, Block block)
    {
        foreach (Field field in block.Fields)
        {
            EncodeField(target, field);
        }

        foreach (Group group in block.Groups)
        {
            string type = $"{owner}.{Upper(group.Name)}Encoder";
            string entry = $"e{_variables++}";
            Line($"final int n{entry} = (int)number(in);\nfinal {type} {entry} = {target}.{Lower(group.Name)}Count(n{entry});");
            Line($"for (int i{entry} = 0; i{entry} < n{entry}; i{entry}++) {{\n{entry}.next();");
            Encode(entry, type, group);
            Line("}");
        }

        foreach (VariableData data in block.Data)
        {
            string bytes = $"b{_variables++}";
            Line($"final byte[] {bytes} = bytes(in);\n{target}.put{Upper(data.Name)}({bytes}, 0, {bytes}.length);");
        }
    }

    private void EncodeField(string target, Field field)
    {
        string setter = $"{target}.{Lower(field.Name)}";
        if (field.Presence == Presence.Constant)
        {
            return;
        }

        switch (field.Type)
        {
            case EncodedType { Length: 1 } type:
                Line($"{setter}(({JavaType(type.Primitive)})number(in));");
                break;
            case EnumType type:
                Line($"{setter}({Upper(type.Name)}.get(({JavaType(type.Primitive)})number(in)));");
                break;
            case EncodedType { Primitive: Primitive.Char or Primitive.UInt8 } type:
                string bytes = $"b{_variables++}";
                string element = type.Primitive == Primitive.Char ? $"{bytes}[i]" : $"(short)({bytes}[i] & 0xff)";
                Line($"final byte[] {bytes} = bytes(in);");
                Line($"for (int i = 0; i < {type.Length}; i++) {{ {setter}(i, {element}); }}");
                break;
            case SetType type:
                string bits = $"s{_variables++}";
                Line($"final long {bits} = number(in);\n{setter}().clear();");
                type.Choices.ForEach(one => Line($"{setter}().{Lower(one.Name)}(({bits} & {1L << one.Bit}L) != 0);"));
                break;
            case CompositeType type:
                type.Members.ForEach(member => EncodeField($"{setter}()", member));
                break;
            default:
                throw new NotSupportedException($"the driver does not know {field.Name} yet");
        }
    }

    private static string JavaType(Primitive primitive) => primitive switch
    {
        Primitive.Char or Primitive.Int8 => "byte",
        Primitive.UInt8 or Primitive.Int16 => "short",
        Primitive.UInt16 or Primitive.Int32 => "int",
        _ => "long",
    };

    private void Line(FormattableString text) => _code.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void Line(string text) => _code.Append(text).Append('\n');

    private const string Head = """

        import java.io.PrintWriter;
        import java.nio.file.Files;
        import java.nio.file.Paths;
        import org.agrona.concurrent.UnsafeBuffer;

        public final class OfficialDriver {
        static final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 16]);
        static int cursor;

        public static void main(final String[] args) throws Exception {
            try (PrintWriter out = new PrintWriter(args[2], "US-ASCII")) {
                for (final String line : Files.readAllLines(Paths.get(args[1]))) {
                    buffer.setMemory(0, buffer.capacity(), (byte)0);
                    final StringBuilder text = new StringBuilder();
                    if (args[0].equals("decode")) {
                        final byte[] frame = hex(line);
                        buffer.putBytes(0, frame);
                        decode(new MessageHeaderDecoder().wrap(buffer, 0), text);
                    } else {
                        final byte[] frame = new byte[encode(line.split(" "))];
                        buffer.getBytes(0, frame);
                        putBytes(text, frame);
                        text.deleteCharAt(0).deleteCharAt(0);
                    }
                    out.print(text);
                    out.print('\n');
                }
            }
        }

        static void put(final StringBuilder out, final long value) { out.append(' ').append(value); }

        static void putUnsigned(final StringBuilder out, final long value) {
            out.append(' ').append(Long.toUnsignedString(value));
        }

        static void putBytes(final StringBuilder out, final byte[] bytes) {
            out.append(" .");
            for (final byte b : bytes) {
                out.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
            }
        }

        static long number(final String[] in) {
            final String text = in[cursor++];
            return text.charAt(0) == '-' ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        }

        static byte[] bytes(final String[] in) { return hex(in[cursor++].substring(1)); }

        static byte[] hex(final String text) {
            final byte[] bytes = new byte[text.length() / 2];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte)Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
            }
            return bytes;
        }

        static void decode(final MessageHeaderDecoder header, final StringBuilder out) {
        out.append(header.templateId());
        switch (header.templateId()) {

        """;
}
