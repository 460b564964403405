using System.Globalization;
using HftDelta.Node.Schemas.Decoding;
using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Tests.Sbe.Official;

/// <summary>
/// Random frames whose enums and sets hold nothing but what the schema knows (or null): the official codecs throw on another
/// enum value and drop another bit. And the line of values of a frame, as the Java program writes it.
/// </summary>
internal sealed class KnownFrames(MessageSchema schema)
{
    private readonly List<byte> _bytes = [];

    public byte[] Next(Message message, ref SplitMix64 random)
    {
        _bytes.Clear();
        _bytes.AddRange(new byte[schema.Header.SizeBytes]);
        Put(0, schema.Header.Member("blockLength")!, (ulong)message.BlockLength);
        Put(0, schema.Header.Member("templateId")!, (ulong)message.Id);
        Put(0, schema.Header.Member("schemaId")!, (ulong)schema.Id);
        Put(0, schema.Header.Member("version")!, (ulong)schema.Version);
        AppendBlock(message, ref random);
        return [.. _bytes];
    }

    public static string ValuesOf(DecodedMessage message)
    {
        var values = new List<string> { message.TemplateId.ToString(CultureInfo.InvariantCulture) };
        message.Fields.ForEach(field => Collect(field, values));
        return string.Join(' ', values);
    }

    private void AppendBlock(Block block, ref SplitMix64 random)
    {
        int start = _bytes.Count;
        _bytes.AddRange(new byte[block.BlockLength]);
        foreach (Field field in block.Fields)
        {
            Fill(field, start, ref random);
        }

        foreach (Group group in block.Groups)
        {
            int count = (int)(random.Next() % 5);
            int dimension = _bytes.Count;
            _bytes.AddRange(new byte[group.Dimension.SizeBytes]);
            Put(dimension, group.Dimension.Member("blockLength")!, (ulong)group.BlockLength);
            Put(dimension, group.Dimension.Member("numInGroup")!, (ulong)count);
            for (int i = 0; i < count; i++)
            {
                AppendBlock(group, ref random);
            }
        }

        foreach (VariableData data in block.Data)
        {
            int length = (int)(random.Next() % 40);
            int head = _bytes.Count;
            _bytes.AddRange(new byte[data.Type.Member("varData")!.OffsetBytes]);
            Put(head, data.Length, (ulong)length);
            for (int i = 0; i < length; i++)
            {
                _bytes.Add((byte)random.Next());
            }
        }
    }

    private void Fill(Field field, int origin, ref SplitMix64 random)
    {
        if (field.Presence == Presence.Constant)
        {
            return;
        }

        int at = origin + field.OffsetBytes;
        switch (field.Type)
        {
            case CompositeType composite:
                foreach (Field member in composite.Members)
                {
                    Fill(member, at, ref random);
                }

                break;
            case EnumType type:
                int pick = (int)(random.Next() % (ulong)(type.Values.Count + 1));
                Put(origin, field, pick == type.Values.Count ? type.NullBits : type.Values[pick].Bits);
                break;
            case SetType type:
                ulong known = type.Choices.Aggregate(0UL, (bits, choice) => bits | (1UL << choice.Bit));
                Put(origin, field, random.Next() & known);
                break;
            default:
                for (int i = 0; i < field.SizeBytes; i++)
                {
                    _bytes[at + i] = (byte)random.Next();
                }

                break;
        }
    }

    private void Put(int origin, Field field, ulong value)
    {
        int size = field.Type.SizeBytes;
        for (int i = 0; i < size; i++)
        {
            _bytes[origin + field.OffsetBytes + i] = (byte)(value >> (8 * (schema.BigEndian ? size - 1 - i : i)));
        }
    }

    private static void Collect(DecodedElement element, List<string> values)
    {
        if (element.State == ElementState.Constant)
        {
            return;
        }

        switch (element.Value)
        {
            case NumberValue number:
                values.Add(Number(number));
                return;
            case NumbersValue numbers:
                values.Add("." + Convert.ToHexStringLower([.. numbers.Bits.Select(bits => (byte)bits)]));
                return;
            case TextValue text:
                values.Add("." + Convert.ToHexStringLower(text.Bytes));
                return;
            case BytesValue bytes:
                values.Add("." + Convert.ToHexStringLower(bytes.Bytes));
                return;
            case EnumValueRead one:
                values.Add(Number(one.Raw));
                return;
            case SetValue set:
                values.Add(Number(set.Raw));
                return;
        }

        if (element.Type.StartsWith("group", StringComparison.Ordinal))
        {
            values.Add(element.Children.Count.ToString(CultureInfo.InvariantCulture));
        }

        element.Children.ForEach(child => Collect(child, values));
    }

    private static string Number(NumberValue value) => PrimitiveRules.IsSigned(value.Primitive)
        ? ((long)value.Bits).ToString(CultureInfo.InvariantCulture)
        : value.Bits.ToString(CultureInfo.InvariantCulture);
}
