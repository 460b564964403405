using System.Numerics;
using HftDelta.Sbe.Schema;

namespace HftDelta.Tests.Sbe;

/// <summary>One walk of the model over a frame: the verdict, and what this version of the schema would write instead.</summary>
internal ref struct FrameWalk
{
    private readonly MessageSchema _schema;
    private readonly ReadOnlySpan<byte> _frame;
    private readonly List<byte>? _written;
    private BigInteger _position;

    public FrameWalk(MessageSchema schema, ReadOnlySpan<byte> frame, bool record = false)
    {
        _schema = schema;
        _frame = frame;
        _written = record ? [] : null;
        Verdict = Take();
    }

    public bool Verdict { get; }

    public readonly byte[] Written => [.. _written!];

    /// <summary>Where the last field ends that a writer of that version has.</summary>
    public static int Least(List<Field> fields, int origin, int since, BigInteger version)
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

    private bool Take()
    {
        CompositeType header = _schema.Header;
        if (_frame.Length < header.SizeBytes)
            return false;
        BigInteger id = Get(0, header.Member("templateId")!);
        Message? message = _schema.Messages.Find(candidate => candidate.Id == id);
        Field schemaId = header.Member("schemaId")!;
        if (message is null || (schemaId.Presence != Presence.Constant && Get(0, schemaId) != _schema.Id))
            return false;
        BigInteger version = Get(0, header.Member("version")!);
        if (version.Sign < 0)
            version = int.MaxValue;
        BigInteger block = Get(0, header.Member("blockLength")!);
        _position = header.SizeBytes;
        Append(header.SizeBytes);
        Put(0, header.Member("blockLength")!, message.BlockLength);
        Put(0, header.Member("templateId")!, message.Id);
        Put(0, schemaId, _schema.Id);
        Put(0, header.Member("version")!, _schema.Version);
        return TakeBlock(message, block, version) && TakeSections(message, version)
            && (_position == _frame.Length || version > _schema.Version);
    }

    private bool TakeBlock(Block block, BigInteger length, BigInteger version)
    {
        if (length < Least(block.Fields, 0, 0, version))
            return false;
        BigInteger start = _position;
        _position += length;
        if (_position > _frame.Length)
            return false;
        int target = Append(block.BlockLength);
        foreach (Field field in block.Fields)
            Copy(field, (int)start, target, 0, version);
        return true;
    }

    private bool TakeSections(Block block, BigInteger version)
    {
        foreach (Group group in block.Groups)
        {
            if (version >= group.Notes.Since)
            {
                if (!TakeGroup(group, version))
                    return false;
            }
            else
            {
                int target = Append(group.Dimension.SizeBytes);
                Put(target, group.Dimension.Member("blockLength")!, group.BlockLength);
            }
        }

        foreach (VariableData data in block.Data)
        {
            int header = data.Type.Member("varData")!.OffsetBytes;
            int target = Append(header);
            if (version >= data.Notes.Since && !TakeData(data, header, target))
                return false;
        }

        return true;
    }

    private bool TakeData(VariableData data, int header, int target)
    {
        if (_position + header > _frame.Length)
            return false;
        BigInteger length = Get((int)_position, data.Length);
        var type = (EncodedType)data.Length.Type;
        if (type.Range.HasOwnMax && length > type.Range.Max)
            return false;
        int from = (int)_position + header;
        _position += header + length;
        if (_position > _frame.Length)
            return false;
        Put(target, data.Length, (int)length);
        _written?.AddRange(_frame.Slice(from, (int)length));
        return true;
    }

    private bool TakeGroup(Group group, BigInteger version)
    {
        if (_position + group.Dimension.SizeBytes > _frame.Length)
            return false;
        BigInteger length = Get((int)_position, group.Dimension.Member("blockLength")!);
        Field counter = group.Dimension.Member("numInGroup")!;
        ValueRange range = ((EncodedType)counter.Type).Range;
        BigInteger count = Get((int)_position, counter);
        _position += group.Dimension.SizeBytes;
        if (count.Sign < 0 || count > Math.Min(range.Max, int.MaxValue) || (range.HasOwnMin && count < range.Min)
            || (length.IsZero && count > 65_535))
        {
            return false;
        }

        int target = Append(group.Dimension.SizeBytes);
        Put(target, group.Dimension.Member("blockLength")!, group.BlockLength);
        Put(target, counter, (int)count);
        for (BigInteger i = 0; i < count; i++)
        {
            if (!TakeBlock(group, length, version) || !TakeSections(group, version))
                return false;
        }

        return true;
    }

    /// <summary>Copies a field that the writer's version has; an absent one is null, or zero where it has no null.</summary>
    private readonly void Copy(Field field, int start, int target, int since, BigInteger version)
    {
        if (field.Presence == Presence.Constant || _written is null)
            return;
        int own = Math.Max(since, field.Notes.Since);
        if (field.Type is CompositeType composite)
        {
            foreach (Field member in composite.Members)
                Copy(member, start + field.OffsetBytes, target + field.OffsetBytes, own, version);
            return;
        }

        if (version >= own)
        {
            for (int i = 0; i < field.SizeBytes; i++)
                _written[target + field.OffsetBytes + i] = _frame[start + field.OffsetBytes + i];
            return;
        }

        ulong bits = field.Type switch
        {
            EncodedType { Length: 1 } type => type.Range.Null,
            EnumType type => type.NullBits,
            _ => 0,
        };
        PutBits(target + field.OffsetBytes, Math.Min(field.SizeBytes, 8), bits);
    }

    private readonly int Append(int length)
    {
        int start = _written?.Count ?? 0;
        _written?.AddRange(new byte[length]);
        return start;
    }

    private readonly void Put(int origin, Field member, int value)
    {
        if (member.Presence != Presence.Constant)
            PutBits(origin + member.OffsetBytes, member.Type.SizeBytes, (ulong)value);
    }

    private readonly void PutBits(int at, int size, ulong bits)
    {
        for (int i = 0; i < size && _written is not null; i++)
            _written[at + i] = (byte)(bits >> (8 * (_schema.BigEndian ? size - 1 - i : i)));
    }

    private readonly BigInteger Get(int origin, Field member)
    {
        var type = (EncodedType)member.Type;
        if (member.Presence == Presence.Constant)
            return member.Constant!.Bits;
        ReadOnlySpan<byte> bytes = _frame.Slice(origin + member.OffsetBytes, type.SizeBytes);
        return new BigInteger(bytes, isUnsigned: !PrimitiveRules.IsSigned(type.Primitive), _schema.BigEndian);
    }
}
