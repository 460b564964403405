using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// Values of unmanaged types as JSON, by what reflection says of their memory: numbers, names of enumerations, records with
/// their members. A record of one member is that member, so that a price reads as a number. Any thread; cold.
/// </summary>
internal abstract unsafe class ValueText
{
    private static readonly ConcurrentDictionary<Type, ValueText> Known = new();

    /// <summary>Whether a value is one word and no record.</summary>
    public virtual bool IsScalar => true;

    /// <summary>Bytes of one value.</summary>
    public abstract int SizeBytes { get; }

    /// <param name="type">An unmanaged type.</param>
    public static ValueText Of(Type type) => Known.GetOrAdd(type, Make);

    /// <param name="at">Where the value lies.</param>
    /// <param name="text">Takes it.</param>
    /// <param name="nameOf">The place that an address names.</param>
    public abstract void Write(byte* at, StringBuilder text, Func<nuint, string> nameOf);

    /// <summary>A field's name as people read it.</summary>
    public static string NameOf(FieldInfo field)
    {
        var name = field.Name;
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return end > 0 ? name[1..end] : name.TrimStart('_');
    }

    private static ValueText Make(Type type)
    {
        if (type.IsPointer)
        {
            return new AddressText();
        }

        if (type.IsEnum)
        {
            return new EnumText(type);
        }

        if (type.IsPrimitive || type == typeof(Int128) || type == typeof(UInt128))
        {
            return new WordText(type);
        }

        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array)
        {
            return new RowText(Of(ValueLayout.Fields(type).Single().FieldType), array.Length);
        }

        var members = ValueLayout.Fields(type).Select(field => (
            Name: NameOf(field), Offset: ValueLayout.OffsetOf(type, field), Text: OfField(field))).ToArray();
        return members is [{ Offset: 0 } only] && only.Text.SizeBytes == ValueCodec.Of(type).SizeBytes
            ? only.Text
            : new RecordText(members, ValueCodec.Of(type).SizeBytes);
    }

    private static ValueText OfField(FieldInfo field) => field.GetCustomAttribute<FixedBufferAttribute>() is { } buffer
        ? new RowText(Of(buffer.ElementType), buffer.Length)
        : Of(field.FieldType);

    private sealed class AddressText : ValueText
    {
        public override int SizeBytes => sizeof(nuint);

        public override void Write(byte* at, StringBuilder text, Func<nuint, string> nameOf)
        {
            var address = Unsafe.ReadUnaligned<nuint>(at);
            text.Append(address == 0 ? "null" : $"\"{nameOf(address)}\"");
        }
    }

    private sealed class EnumText(Type type) : ValueText
    {
        private readonly ValueText _number = Of(Enum.GetUnderlyingType(type));

        public override int SizeBytes => _number.SizeBytes;

        public override void Write(byte* at, StringBuilder text, Func<nuint, string> nameOf)
        {
            var value = ValueCodec.Of(type).Zero();
            new ReadOnlySpan<byte>(at, SizeBytes).CopyTo(ValueCodec.Of(type).BytesOf(value));
            text.Append('"').Append(value).Append('"');
        }
    }

    private sealed class WordText(Type type) : ValueText
    {
        public override int SizeBytes { get; } = ValueCodec.Of(type).SizeBytes;

        public override void Write(byte* at, StringBuilder text, Func<nuint, string> nameOf)
        {
            var value = ValueCodec.Of(type).Zero();
            new ReadOnlySpan<byte>(at, SizeBytes).CopyTo(ValueCodec.Of(type).BytesOf(value));
            text.Append(value switch
            {
                bool isSet => isSet ? "true" : "false",
                char letter => ((int)letter).ToString(CultureInfo.InvariantCulture),
                double number when !double.IsFinite(number) => $"\"{number.ToString(CultureInfo.InvariantCulture)}\"",
                float number when !float.IsFinite(number) => $"\"{number.ToString(CultureInfo.InvariantCulture)}\"",
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString(),
            });
        }
    }

    /// <summary>Values one behind the other; zeros at the end are left out.</summary>
    private sealed class RowText(ValueText element, int count) : ValueText
    {
        public override bool IsScalar => false;

        public override int SizeBytes => element.SizeBytes * count;

        public override void Write(byte* at, StringBuilder text, Func<nuint, string> nameOf)
        {
            var used = new ReadOnlySpan<byte>(at, SizeBytes).LastIndexOfAnyExcept((byte)0) + 1;
            text.Append('[');
            for (var index = 0; index * element.SizeBytes < used; index++)
            {
                text.Append(index > 0 ? "," : "");
                element.Write(at + (index * element.SizeBytes), text, nameOf);
            }

            text.Append(']');
        }
    }

    private sealed class RecordText((string Name, int Offset, ValueText Text)[] members, int sizeBytes) : ValueText
    {
        public override bool IsScalar => false;

        public override int SizeBytes => sizeBytes;

        public override void Write(byte* at, StringBuilder text, Func<nuint, string> nameOf)
        {
            text.Append('{');
            for (var index = 0; index < members.Length; index++)
            {
                text.Append(index > 0 ? ",\"" : "\"").Append(members[index].Name).Append("\":");
                members[index].Text.Write(at + members[index].Offset, text, nameOf);
            }

            text.Append('}');
        }
    }
}
