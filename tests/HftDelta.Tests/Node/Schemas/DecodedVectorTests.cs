using System.Globalization;
using System.Text.Json.Nodes;
using HftDelta.Node.Schemas.Decoding;
using HftDelta.Sbe.Schema;
using NUnit.Framework;
using SchemaFiles = HftDelta.Tests.Sbe.SchemaFiles;

namespace HftDelta.Tests.Node.Schemas;

/// <summary>Bytes that the official codecs made: the reader without generated code reads the listed values from them.</summary>
[CancelAfter(60_000)]
public sealed class DecodedVectorTests
{
    public static IEnumerable<string> Files => Directory.Exists(Folder)
        ? Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order()
        : ["absent"];

    private static string Folder => Path.Combine(SchemaFiles.Collection, "vectors");

    [TestCaseSource(nameof(Files))]
    public void Golden_bytes_are_read(string file)
    {
        SchemaFiles.RequireCollection();
        JsonNode root = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file + ".json")))!;
        MessageSchema schema = SchemaFiles.Parse(
            SchemaFiles.Read(Path.Combine(SchemaFiles.Collection, (string)root["schema"]!)));
        Assert.Multiple(() =>
        {
            foreach (JsonNode? vector in (JsonArray)root["vectors"]!)
            {
                byte[] bytes = Convert.FromHexString((string)vector!["hex"]!);
                DecodedMessage message = MessageReader.Read(schema, bytes, mayFollow: false);
                string name = (string)vector["name"]!;
                Assert.That(message.Name, Is.EqualTo((string)vector["message"]!), name);
                Assert.That(message.Version, Is.EqualTo((int)vector["header"]!["version"]!), name);
                Assert.That(message.LengthBytes + message.UnknownTailBytes, Is.EqualTo(bytes.Length), name);
                if (vector["consumed"] is { } consumed)
                {
                    Assert.That(message.LengthBytes, Is.EqualTo((int)consumed), name);
                }

                string expected = string.Join('\n', ((JsonArray)vector["fields"]!).SelectMany(field => Expected(field!, "")));
                string read = string.Join('\n', message.Fields.SelectMany(field => Read(field, "")));
                Assert.That(read, Is.EqualTo(expected), name);
            }
        });
    }

    /// <summary>One line for each listed element: its path, and what stands there.</summary>
    private static IEnumerable<string> Expected(JsonNode field, string prefix)
    {
        string path = $"{prefix}/{field["name"]} {(field["id"] is { } id ? (int)id : -1)}";
        string type = (string)field["type"]!;
        if (field["absent"] is not null)
        {
            return [$"{path} absent"];
        }

        if (type == "group")
        {
            JsonArray entries = field["entries"] as JsonArray ?? [];
            return entries.SelectMany((entry, index) => ((JsonArray)entry!).SelectMany(child =>
                Expected(child!, $"{path}[{index}]"))).Prepend($"{path} count {(int)field["count"]!}");
        }

        return type.StartsWith("composite:", StringComparison.Ordinal)
            ? ((JsonArray)field["fields"]!).SelectMany(child => Expected(child!, path)).Prepend(path)
            : [$"{path} {Value(field, type)}"];
    }

    private static string Value(JsonNode field, string type)
    {
        string constant = field["constant"] is not null ? " constant" : "";
        if (type.StartsWith("enum:", StringComparison.Ordinal))
        {
            return $"{field["value"] ?? "none"}{(field["raw"] is { } raw ? $" {raw}" : "")}"
                + $"{(field["unknown"] is null ? "" : " unknown")}{constant}";
        }

        if (type.StartsWith("set:", StringComparison.Ordinal))
        {
            return string.Join('|', ((JsonArray)field["value"]!).Select(one => (string)one!)) + $" {field["raw"]}";
        }

        if (field["bytes"] is { } bytes)
        {
            return $"{bytes}{(field["value"] is { } text ? $" {text}" : "")}{constant}";
        }

        if (field["value"] is JsonArray values)
        {
            return string.Join(' ', (field["bits"] as JsonArray ?? values).Select(one => $"{one}"));
        }

        if (constant.Length > 0)
        {
            // The files hold the zeros that fill a text up to its length.
            return field["value"]!.ToString().Split('\0')[0] + constant;
        }

        bool isNull = ((JsonObject)field).ContainsKey("value") && field["value"] is null;
        return $"{(isNull ? $"null {field["bits"] ?? field["raw"]}" : $"{field["bits"] ?? field["value"]}")}{constant}";
    }

    private static IEnumerable<string> Read(DecodedElement element, string prefix)
    {
        string path = $"{prefix}/{element.Name} {element.Id}";
        if (element.State == ElementState.Absent)
        {
            return [$"{path} absent"];
        }

        if (element.Type.StartsWith("group", StringComparison.Ordinal))
        {
            return element.Children.SelectMany((entry, index) => entry.Children.SelectMany(child =>
                Read(child, $"{path}[{index}]"))).Prepend($"{path} count {element.Children.Count}");
        }

        return element.Value is null
            ? element.Children.SelectMany(child => Read(child, path)).Prepend(path)
            : [$"{path} {Plain(element)}"];
    }

    private static string Plain(DecodedElement element)
    {
        bool isConstant = element.State == ElementState.Constant;
        string constant = isConstant ? " constant" : "";
        return element.Value switch
        {
            NumberValue number => $"{(element.State == ElementState.Null ? "null " : "")}{Number(number.Primitive, number.Bits)}"
                + constant,
            NumbersValue numbers => string.Join(' ', numbers.Bits.Select(bits => Number(numbers.Primitive, bits))),
            TextValue text when isConstant => $"{text.Text}{constant}",
            TextValue text => $"{Convert.ToHexStringLower(text.Bytes)} {text.Text}{constant}",
            BytesValue bytes => Convert.ToHexStringLower(bytes.Bytes),
            EnumValueRead one => $"{one.Name ?? "none"}{(isConstant ? "" : $" {Number(one.Raw.Primitive, one.Raw.Bits)}")}"
                + $"{(one.IsUnknown ? " unknown" : "")}{constant}",
            SetValue set => $"{string.Join('|', set.Names)} {set.Raw.Bits}",
            _ => "",
        };
    }

    private static string Number(Primitive primitive, ulong bits) => primitive switch
    {
        Primitive.Float => bits.ToString("x8", CultureInfo.InvariantCulture),
        Primitive.Double => bits.ToString("x16", CultureInfo.InvariantCulture),
        _ when PrimitiveRules.IsSigned(primitive) => ((long)bits).ToString(CultureInfo.InvariantCulture),
        _ => bits.ToString(CultureInfo.InvariantCulture),
    };
}
