using System.Globalization;
using System.Text.Json.Nodes;
using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Tests.Wire;

/// <summary>Random values of a message, in the form of the golden files.</summary>
internal static class RandomTree
{
    public static JsonArray Of(Block block, ref SplitMix64 random)
    {
        var values = new JsonArray();
        foreach (Field field in block.Fields)
            values.Add((JsonNode)OfField(field, ref random));
        foreach (Group group in block.Groups)
        {
            var entries = new JsonArray();
            for (ulong count = random.Next() % 4; count > 0; count--)
                entries.Add((JsonNode)Of(group, ref random));
            values.Add((JsonNode)new JsonObject { ["name"] = group.Name, ["entries"] = entries });
        }

        foreach (VariableData data in block.Data)
            values.Add((JsonNode)new JsonObject { ["name"] = data.Name, ["bytes"] = Hex((int)(random.Next() % 70), ref random) });
        return values;
    }

    private static JsonObject OfField(Field field, ref SplitMix64 random)
    {
        var value = new JsonObject { ["name"] = field.Name };
        switch (field.Type)
        {
            case EncodedType { Length: 1 } type:
                value["value"] = Number(type.Primitive, ref random);
                break;
            case EncodedType { Primitive: Primitive.Char } type:
                value["bytes"] = Hex(type.Length, ref random);
                break;
            case EncodedType type:
                var items = new JsonArray();
                for (int i = 0; i < type.Length; i++)
                    items.Add((JsonNode?)JsonNode.Parse(Number(type.Primitive, ref random)));
                value["value"] = items;
                break;
            case EnumType type:
                EnumValue one = type.Values[(int)(random.Next() % (ulong)type.Values.Count)];
                value["value"] = one.Name;
                value["raw"] = one.Bits.ToString(CultureInfo.InvariantCulture);
                break;
            case SetType type:
                ulong bits = 0;
                var names = new JsonArray();
                foreach (SetChoice choice in type.Choices.Where(choice => choice.Bit < 64))
                {
                    if (random.Next() % 2 == 0)
                        continue;
                    bits |= 1UL << choice.Bit;
                    names.Add((JsonNode)choice.Name);
                }

                value["value"] = names;
                value["raw"] = bits.ToString(CultureInfo.InvariantCulture);
                break;
            case CompositeType type:
                var members = new JsonArray();
                foreach (Field member in type.Members)
                    members.Add((JsonNode)OfField(member, ref random));
                value["fields"] = members;
                break;
        }

        return value;
    }

    private static string Number(Primitive primitive, ref SplitMix64 random)
    {
        ulong bits = random.Next();
        int unused = 64 - 8 * PrimitiveRules.SizeOf(primitive);
        return PrimitiveRules.IsSigned(primitive)
            ? ((long)bits >> unused).ToString(CultureInfo.InvariantCulture)
            : (bits >> unused).ToString(CultureInfo.InvariantCulture);
    }

    private static string Hex(int length, ref SplitMix64 random)
    {
        var bytes = new byte[length];
        foreach (ref byte one in bytes.AsSpan())
            one = (byte)random.Next();
        return Convert.ToHexString(bytes);
    }
}
