using System.Globalization;
using System.Reflection;
using HftDelta.Wire;

namespace HftDelta.Node.Cli;

/// <summary>A message by its schema and template.</summary>
internal readonly record struct TemplateKey(int SchemaId, int TemplateId);

/// <summary>Names of all messages of both schemas, read from the generated codecs. For tools only.</summary>
internal static class TemplateNames
{
    private const string DecoderSuffix = "Decoder";

    private static readonly Dictionary<TemplateKey, string> ByKey = Find();

    public static string Of(TemplateKey key) =>
        ByKey.TryGetValue(key, out var name) ? name : string.Create(CultureInfo.InvariantCulture, $"template {key.TemplateId}");

    /// <summary>A template by its number, or by its name in any case.</summary>
    public static bool TryParse(string text, out TemplateKey key)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        foreach (var (candidate, name) in ByKey)
        {
            if (isNumber ? candidate.TemplateId == id : name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                key = candidate;
                return true;
            }
        }

        key = default;
        return false;
    }

    private static Dictionary<TemplateKey, string> Find()
    {
        var names = new Dictionary<TemplateKey, string>();
        foreach (var type in typeof(HftDeltaSchema).Assembly.GetTypes())
        {
            if (type.Name.EndsWith(DecoderSuffix, StringComparison.Ordinal)
                && NumberOf(type, "TemplateId") is { } template
                && NumberOf(type, "SchemaId") is { } schema)
            {
                names[new TemplateKey(schema, template)] = type.Name[..^DecoderSuffix.Length];
            }
        }

        return names;
    }

    private static int? NumberOf(Type type, string name) =>
        type.GetField(name, BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } field
            && field.GetRawConstantValue() is ushort value
            ? value
            : null;
}
