using System.Numerics;
using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// A slow, obvious model of frames, straight from the schema: makes random sound frames, and judges any frame by walking it
/// with unbounded integers. It shares nothing with the generated code but the layout, which the golden bytes prove.
/// </summary>
internal sealed class FrameModel(MessageSchema schema)
{
    private BigInteger _position;

    /// <summary>A sound frame of the message with random values, counts and lengths.</summary>
    public byte[] RandomFrame(Message message, ref SplitMix64 random)
    {
        var frame = new List<byte>(new byte[schema.Header.SizeBytes]);
        Put(frame, 0, schema.Header.Member("blockLength")!, message.BlockLength);
        Put(frame, 0, schema.Header.Member("templateId")!, message.Id);
        Put(frame, 0, schema.Header.Member("schemaId")!, schema.Id);
        Put(frame, 0, schema.Header.Member("version")!, schema.Version);
        AppendBlock(frame, message, ref random);
        return [.. frame];
    }

    /// <summary>Whether the frame is a sound one of this schema.</summary>
    public bool IsSound(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < schema.Header.SizeBytes)
            return false;
        BigInteger id = Get(frame, 0, schema.Header.Member("templateId")!);
        Message? message = schema.Messages.Find(candidate => candidate.Id == id);
        if (message is null || Get(frame, 0, schema.Header.Member("schemaId")!) != schema.Id)
            return false;
        BigInteger version = Get(frame, 0, schema.Header.Member("version")!);
        BigInteger block = Get(frame, 0, schema.Header.Member("blockLength")!);
        _position = schema.Header.SizeBytes;
        return TakeBlock(frame, message, block, version) && TakeSections(frame, message, version)
            && (_position == frame.Length || version > schema.Version);
    }

    private void AppendBlock(List<byte> frame, Block block, ref SplitMix64 random)
    {
        for (int i = 0; i < block.BlockLength; i++)
            frame.Add((byte)random.Next());
        foreach (Group group in block.Groups)
        {
            int count = (int)(random.Next() % 4);
            int start = frame.Count;
            frame.AddRange(new byte[group.Dimension.SizeBytes]);
            Put(frame, start, group.Dimension.Member("blockLength")!, group.BlockLength);
            Put(frame, start, group.Dimension.Member("numInGroup")!, count);
            for (int i = 0; i < count; i++)
                AppendBlock(frame, group, ref random);
        }

        foreach (VariableData data in block.Data)
        {
            int length = (int)(random.Next() % 20);
            int start = frame.Count;
            frame.AddRange(new byte[data.Type.Member("varData")!.OffsetBytes + length]);
            Put(frame, start, data.Length, length);
            for (int i = 0; i < length; i++)
                frame[frame.Count - 1 - i] = (byte)random.Next();
        }
    }

    private void Put(List<byte> frame, int origin, Field member, int value)
    {
        int size = member.Type.SizeBytes;
        for (int i = 0; i < size; i++)
        {
            int shift = 8 * (schema.BigEndian ? size - 1 - i : i);
            frame[origin + member.OffsetBytes + i] = shift < 32 ? (byte)(value >> shift) : (byte)0;
        }
    }

    private BigInteger Get(ReadOnlySpan<byte> frame, int origin, Field member)
    {
        ReadOnlySpan<byte> bytes = frame.Slice(origin + member.OffsetBytes, member.Type.SizeBytes);
        return new BigInteger(bytes, isUnsigned: true, schema.BigEndian);
    }

    private bool TakeBlock(ReadOnlySpan<byte> frame, Block block, BigInteger length, BigInteger version)
    {
        if (length < Least(block.Fields, 0, 0, version))
            return false;
        _position += length;
        return _position <= frame.Length;
    }

    private bool TakeSections(ReadOnlySpan<byte> frame, Block block, BigInteger version)
    {
        foreach (Group group in block.Groups)
        {
            if (version >= group.Notes.Since && !TakeGroup(frame, group, version))
                return false;
        }

        foreach (VariableData data in block.Data)
        {
            if (version < data.Notes.Since)
                continue;
            int header = data.Type.Member("varData")!.OffsetBytes;
            if (_position + header > frame.Length)
                return false;
            BigInteger length = Get(frame, (int)_position, data.Length);
            var type = (EncodedType)data.Length.Type;
            if (type.Range.HasOwnMax && length > type.Range.Max)
                return false;
            _position += header + length;
            if (_position > frame.Length)
                return false;
        }

        return true;
    }

    private bool TakeGroup(ReadOnlySpan<byte> frame, Group group, BigInteger version)
    {
        if (_position + group.Dimension.SizeBytes > frame.Length)
            return false;
        BigInteger length = Get(frame, (int)_position, group.Dimension.Member("blockLength")!);
        Field counter = group.Dimension.Member("numInGroup")!;
        BigInteger count = Get(frame, (int)_position, counter);
        _position += group.Dimension.SizeBytes;
        if (count > ((EncodedType)counter.Type).Range.Max || (length.IsZero && count > 65_535))
            return false;
        for (BigInteger i = 0; i < count; i++)
        {
            if (!TakeBlock(frame, group, length, version) || !TakeSections(frame, group, version))
                return false;
        }

        return true;
    }

    /// <summary>Where the last field ends that a writer of that version has.</summary>
    private static int Least(List<Field> fields, int origin, int since, BigInteger version)
    {
        int end = 0;
        foreach (Field field in fields)
        {
            int own = Math.Max(since, field.Notes.Since);
            if (field.Presence == Presence.Constant || version < own)
                continue;
            end = Math.Max(end, field.Type is CompositeType composite
                ? Least(composite.Members, origin + field.OffsetBytes, own, version)
                : origin + field.EndBytes);
        }

        return end;
    }
}
