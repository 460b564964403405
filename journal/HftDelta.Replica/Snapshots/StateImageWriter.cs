using System.Reflection;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// Writes everything that an engine holds: every object that it reaches, once, field by field, as <see cref="StateFields"/> says.
/// An object is a number; the first time that it is met its content follows. Of slabs the blocks that are not zero are written.
/// An address is the slab that it points into and the place there; addresses come last, when all slabs are known. One thread,
/// between commands.
/// </summary>
internal sealed unsafe class StateImageWriter
{
    /// <summary>Slabs are written in blocks of as many bytes, those that are all zero left out.</summary>
    public const int BlockBytes = 256;

    private const int ScannedAtOnceBytes = 64 * 1024;

    private readonly StateFields _fields;
    private readonly ImageOutput _output;
    private readonly Dictionary<object, uint> _objects = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Type, uint> _types = [];
    private readonly SlabMap<uint> _slabs = new();
    private readonly List<(nuint Address, string Path)> _addresses = [];
    private readonly List<StateSection> _sections = [];

    private StateImageWriter(StateFields fields, ImageOutput output)
    {
        _fields = fields;
        _output = output;
    }

    /// <summary>Writes the object and all that it reaches.</summary>
    /// <exception cref="NotSupportedException">Some field cannot be held; its name is in the message.</exception>
    public static void Write(object root, StateFields fields, ImageOutput output)
    {
        var writer = new StateImageWriter(fields, output);
        writer.Reference(root, root.GetType(), FieldForm.Object, "");
        writer.Addresses();
        writer.Sections();
    }

    private void Reference(object? target, Type declared, FieldForm form, string path)
    {
        if (target is null)
        {
            _output.Number(0);
            return;
        }

        if (_objects.TryGetValue(target, out var known))
        {
            _output.Number(known);
            return;
        }

        if (target.GetType() != declared)
        {
            throw new NotSupportedException($"{path} holds a {target.GetType()}, and its field says {declared}");
        }

        var id = (uint)_objects.Count + 1;
        _objects.Add(target, id);
        _output.Number(id);
        switch (form)
        {
            case FieldForm.Slab:
                Slab(target, declared, id, path);
                break;
            case FieldForm.Values:
                Values((Array)target, declared, path);
                break;
            case FieldForm.Objects:
                Objects((Array)target, declared, path);
                break;
            default:
                Members(target, declared, path);
                break;
        }
    }

    private void Members(object target, Type type, string path)
    {
        if (_types.TryGetValue(type, out var known))
        {
            _output.Number(known);
        }
        else
        {
            known = (uint)_types.Count + 1;
            _types.Add(type, known);
            _output.Number(known);
            _output.Text(type.ToString());
            _output.Number((uint)_fields.Of(type).Count);
            foreach (var field in _fields.Of(type))
            {
                _output.Text(field.Words);
            }
        }

        foreach (var field in _fields.Of(type))
        {
            Member(target, field, $"{path}.{ValueText.NameOf(field.Info)}");
        }
    }

    private void Member(object target, StateField field, string path)
    {
        var value = field.Info.GetValue(target);
        switch (field.Form)
        {
            case FieldForm.Value:
                _output.Bytes(ValueCodec.Of(field.Info.FieldType).BytesOf(value!));
                break;
            case FieldForm.Address:
                _addresses.Add(((nuint)Pointer.Unbox(value!), path));
                break;
            case FieldForm.Struct:
                Members(value!, field.Info.FieldType, path);
                break;
            default:
                Reference(value, field.Info.FieldType, field.Form, path);
                break;
        }
    }

    private void Values(Array array, Type type, string path)
    {
        var codec = ValueCodec.Of(type.GetElementType()!);
        _output.Number((uint)array.Length);
        var before = _output.LengthBytes;
        fixed (byte* bytes = codec.BytesOf(array))
        {
            Blocks(bytes, (long)array.Length * codec.SizeBytes);
        }

        _sections.Add(new StateSection(
            path, codec.SizeBytes, (long)array.Length * codec.SizeBytes, _output.LengthBytes - before));
    }

    private void Objects(Array array, Type type, string path)
    {
        var element = type.GetElementType()!;
        if (!element.IsClass || !element.IsSealed)
        {
            throw new NotSupportedException($"{path} is an array of {element}, which a snapshot cannot hold");
        }

        _output.Number((uint)array.Length);
        for (var index = 0; index < array.Length; index++)
        {
            Reference(array.GetValue(index), element, FieldForm.Object, $"{path}[{index}]");
        }
    }

    private void Slab(object slab, Type type, uint id, string path)
    {
        var element = type.GetGenericArguments()[0];
        var codec = ValueCodec.Of(element);
        var memory = codec.MemoryOf(slab);
        _slabs.Add((nuint)memory.Pointer, memory.LengthBytes, id);
        _output.Number((uint)memory.Capacity);
        _output.Number(memory.IsReserved ? 1u : 0);
        var before = _output.LengthBytes;
        var addresses = ValueLayout.AddressesIn(element);
        if (addresses.Length == 0)
        {
            Blocks(memory.Pointer, memory.LengthBytes);
        }
        else
        {
            // Addresses mean nothing elsewhere: zeros stand for them until they are told.
            var copy = new ReadOnlySpan<byte>(memory.Pointer, checked((int)memory.LengthBytes)).ToArray();
            for (var at = 0; at < copy.Length; at += codec.SizeBytes)
            {
                foreach (var place in addresses)
                {
                    _addresses.Add((*(nuint*)(memory.Pointer + at + place), path));
                    copy.AsSpan(at + place, sizeof(nuint)).Clear();
                }
            }

            fixed (byte* bytes = copy)
            {
                Blocks(bytes, copy.Length);
            }
        }

        _sections.Add(new StateSection(path, codec.SizeBytes, memory.LengthBytes, _output.LengthBytes - before));
    }

    /// <summary>
    /// Runs of blocks that are not all zero: the first one's number, how many, their bytes; a run of none ends.
    /// </summary>
    private void Blocks(byte* bytes, long lengthBytes)
    {
        var at = 0L;
        while ((at = NextUsed(bytes, at, lengthBytes)) < lengthBytes)
        {
            var end = at;
            while (end < lengthBytes && !IsZero(bytes + end, Math.Min(BlockBytes, lengthBytes - end)))
            {
                end += BlockBytes;
            }

            _output.Number((uint)(at / BlockBytes));
            _output.Number((uint)((end - at) / BlockBytes));
            end = Math.Min(end, lengthBytes);
            for (; at < end; at += ScannedAtOnceBytes)
            {
                _output.Bytes(new ReadOnlySpan<byte>(bytes + at, (int)Math.Min(ScannedAtOnceBytes, end - at)));
            }

            at = end;
        }

        _output.Number(0);
        _output.Number(0);
    }

    private static long NextUsed(byte* bytes, long at, long lengthBytes)
    {
        while (at < lengthBytes)
        {
            var length = Math.Min(ScannedAtOnceBytes, lengthBytes - at);
            var used = new ReadOnlySpan<byte>(bytes + at, (int)length).IndexOfAnyExcept((byte)0);
            if (used >= 0)
            {
                return (at + used) / BlockBytes * BlockBytes;
            }

            at += length;
        }

        return lengthBytes;
    }

    internal static bool IsZero(byte* bytes, long lengthBytes) =>
        !new ReadOnlySpan<byte>(bytes, (int)lengthBytes).ContainsAnyExcept((byte)0);

    private void Addresses()
    {
        _output.Number((uint)_addresses.Count);
        foreach (var (address, path) in _addresses)
        {
            var (id, offset) = address == 0 ? (0u, 0L) : PlaceOf(address, path);
            _output.Number(id);
            _output.Long(offset);
        }
    }

    private (uint Id, long Offset) PlaceOf(nuint address, string path) =>
        _slabs.TryFind(address, out var id, out var offset)
            ? (id, offset)
            : throw new NotSupportedException($"{path} points to memory that no slab of the state holds");

    private void Sections()
    {
        _output.Number((uint)_sections.Count);
        foreach (var section in _sections)
        {
            _output.Text(section.Path);
            _output.Number((uint)section.RecordBytes);
            _output.Long(section.LengthBytes);
            _output.Long(section.StoredBytes);
        }
    }
}
