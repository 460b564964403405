using System.Globalization;
using System.Text.Json;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Decoding;

/// <summary>
/// A message for programs. Elements stand in arrays, in the order of the wire, as names may repeat in another case. An element
/// has a <c>value</c>, or <c>fields</c> or <c>entries</c>, or says by <c>"absent": true</c> that its writer had none.
/// </summary>
internal static class DecodedJson
{
    public static void Write(Utf8JsonWriter json, DecodedMessage message)
    {
        json.WriteString("message", message.Name);
        json.WriteNumber("templateId", message.TemplateId);
        json.WriteNumber("schemaId", message.SchemaId);
        json.WriteNumber("version", message.Version);
        json.WriteNumber("blockLength", message.BlockLength);
        json.WriteNumber("lengthBytes", message.LengthBytes);
        json.WriteNumber("unknownBlockBytes", message.UnknownBlockBytes);
        json.WriteNumber("unknownTailBytes", message.UnknownTailBytes);
        Elements(json, "header", message.Header.Children);
        Elements(json, "fields", message.Fields);
    }

    private static void Elements(Utf8JsonWriter json, string name, List<DecodedElement> elements)
    {
        json.WriteStartArray(name);
        foreach (var element in elements)
        {
            json.WriteStartObject();
            Members(json, element);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Members(Utf8JsonWriter json, DecodedElement element)
    {
        json.WriteString("name", element.Name);
        if (element.Id >= 0)
        {
            json.WriteNumber("id", element.Id);
        }

        json.WriteString("type", element.Type);
        if (element.State == ElementState.Absent)
        {
            json.WriteBoolean("absent", true);
            json.WriteNumber("since", element.Since);
            return;
        }

        if (element.State == ElementState.Constant)
        {
            json.WriteBoolean("constant", true);
        }
        else
        {
            json.WriteNumber("offsetBytes", element.OffsetBytes);
            json.WriteNumber("lengthBytes", element.LengthBytes);
        }

        if (element.Value is { } value)
        {
            Value(json, value, element.State == ElementState.Null);
        }
        else if (element.Type.StartsWith("group", StringComparison.Ordinal))
        {
            Entries(json, element);
        }
        else
        {
            Elements(json, "fields", element.Children);
        }
    }

    private static void Entries(Utf8JsonWriter json, DecodedElement group)
    {
        json.WriteNumber("count", group.Children.Count);
        json.WriteStartArray("entries");
        foreach (var entry in group.Children)
        {
            json.WriteStartObject();
            json.WriteNumber("offsetBytes", entry.OffsetBytes);
            json.WriteNumber("lengthBytes", entry.LengthBytes);
            Elements(json, "fields", entry.Children);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter json, DecodedValue value, bool isNull)
    {
        switch (value)
        {
            case NumberValue number when isNull:
                json.WriteNull("value");
                Raw(json, number);
                break;
            case NumberValue number:
                json.WritePropertyName("value");
                Number(json, number.Primitive, number.Bits);
                break;
            case NumbersValue numbers:
                json.WriteStartArray("value");
                foreach (var bits in numbers.Bits)
                {
                    Number(json, numbers.Primitive, bits);
                }

                json.WriteEndArray();
                break;
            case TextValue text:
                json.WriteString("value", text.Text);
                json.WriteString("bytes", Convert.ToHexStringLower(text.Bytes));
                break;
            case BytesValue bytes:
                json.WriteString("bytes", Convert.ToHexStringLower(bytes.Bytes));
                break;
            case EnumValueRead one:
                json.WriteString("value", one.Name);
                Raw(json, one.Raw);
                json.WriteBoolean("unknown", one.IsUnknown);
                break;
            case SetValue set:
                json.WriteStartArray("value");
                foreach (var name in set.Names)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                Raw(json, set.Raw);
                json.WriteNumber("unknownBits", set.UnknownBits);
                break;
        }
    }

    private static void Raw(Utf8JsonWriter json, NumberValue number)
    {
        json.WritePropertyName("raw");
        Number(json, number.Primitive, number.Bits);
    }

    /// <summary>A number; a character as its code; what JSON has no number for as text.</summary>
    private static void Number(Utf8JsonWriter json, Primitive primitive, ulong bits)
    {
        if (PrimitiveRules.IsFloating(primitive))
        {
            var value = PrimitiveRules.ToDouble(primitive, bits);
            if (!double.IsFinite(value))
            {
                json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            }
            else if (primitive == Primitive.Float)
            {
                json.WriteNumberValue((float)value);
            }
            else
            {
                json.WriteNumberValue(value);
            }
        }
        else if (PrimitiveRules.IsSigned(primitive))
        {
            json.WriteNumberValue((long)bits);
        }
        else
        {
            json.WriteNumberValue(bits);
        }
    }
}
