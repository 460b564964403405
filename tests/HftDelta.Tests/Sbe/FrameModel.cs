using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// A slow, obvious model of frames, straight from the schema: makes random sound frames of any version, judges any frame by
/// walking it with unbounded integers, and says how this version of the schema would write what a frame says. It shares
/// nothing with the generated code but the layout, which the golden bytes prove.
/// </summary>
internal sealed class FrameModel(MessageSchema schema)
{
    /// <summary>A sound frame with random values, counts and lengths, as a writer of some version would make it.</summary>
    public byte[] RandomFrame(Message message, ref SplitMix64 random)
    {
        int version = random.Next() % 2 == 0 ? schema.Version : (int)(random.Next() % (ulong)(schema.Version + 2));
        if (!Fits(schema.Header.Member("version")!, version))
            version = schema.Version;
        var frame = new List<byte>(new byte[schema.Header.SizeBytes]);
        int length = BlockLength(message, version, schema.Header.Member("blockLength")!, ref random);
        Put(frame, 0, schema.Header.Member("blockLength")!, length);
        Put(frame, 0, schema.Header.Member("templateId")!, message.Id);
        Put(frame, 0, schema.Header.Member("schemaId")!, schema.Id);
        Put(frame, 0, schema.Header.Member("version")!, version);
        AppendBlock(frame, message, length, version, ref random);
        return [.. frame];
    }

    /// <summary>Whether the frame is a sound one of this schema.</summary>
    public bool IsSound(ReadOnlySpan<byte> frame) => new FrameWalk(schema, frame).Verdict;

    /// <summary>The frame as this version writes it: absent is null, gaps are zero, what it does not know is left out.</summary>
    public byte[] Normal(ReadOnlySpan<byte> frame) => new FrameWalk(schema, frame, record: true).Written;

    /// <summary>A version's shortest block, this version's own, or one that a newer writer made longer.</summary>
    private int BlockLength(Block block, int version, Field member, ref SplitMix64 random)
    {
        int least = FrameWalk.Least(block.Fields, 0, 0, version);
        int length = version < schema.Version ? least : Math.Max(least, block.BlockLength);
        int longer = length + (int)(random.Next() % 6);
        return (version > schema.Version || random.Next() % 8 == 0) && Fits(member, longer) ? longer : length;
    }

    private static bool Fits(Field member, int value)
    {
        var type = (EncodedType)member.Type;
        int bits = type.SizeBytes * 8 - (PrimitiveRules.IsSigned(type.Primitive) ? 1 : 0);
        return bits >= 31 || value < 1 << bits;
    }

    private void AppendBlock(List<byte> frame, Block block, int length, int version, ref SplitMix64 random)
    {
        for (int i = 0; i < length; i++)
            frame.Add((byte)random.Next());
        foreach (Group group in block.Groups)
        {
            if (version < group.Notes.Since)
                continue;
            Field counter = group.Dimension.Member("numInGroup")!;
            ValueRange range = ((EncodedType)counter.Type).Range;
            ulong least = range.HasOwnMin ? range.Min : 0;
            int count = (int)Math.Min(least + random.Next() % 4, range.Max);
            int start = frame.Count;
            int entry = BlockLength(group, version, group.Dimension.Member("blockLength")!, ref random);
            frame.AddRange(new byte[group.Dimension.SizeBytes]);
            Put(frame, start, group.Dimension.Member("blockLength")!, entry);
            Put(frame, start, counter, count);
            for (int i = 0; i < count; i++)
                AppendBlock(frame, group, entry, version, ref random);
        }

        foreach (VariableData data in block.Data)
        {
            if (version < data.Notes.Since)
                continue;
            ulong longest = ((EncodedType)data.Length.Type).Range.Max;
            int bytes = (int)Math.Min(random.Next() % 20, longest);
            int start = frame.Count;
            frame.AddRange(new byte[data.Type.Member("varData")!.OffsetBytes + bytes]);
            Put(frame, start, data.Length, bytes);
            for (int i = 0; i < bytes; i++)
                frame[frame.Count - 1 - i] = (byte)random.Next();
        }
    }

    private void Put(List<byte> frame, int origin, Field member, int value)
    {
        if (member.Presence == Presence.Constant)
            return;
        int size = member.Type.SizeBytes;
        for (int i = 0; i < size; i++)
        {
            int shift = 8 * (schema.BigEndian ? size - 1 - i : i);
            frame[origin + member.OffsetBytes + i] = shift < 32 ? (byte)(value >> shift) : (byte)0;
        }
    }
}
