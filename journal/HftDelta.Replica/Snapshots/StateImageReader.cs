using System.Reflection;
using System.Runtime.CompilerServices;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// Puts what <see cref="StateImageWriter"/> wrote into a new engine of the same limits: objects that are there are filled, those
/// that are not are made. What differs in kind or size is an error by name. One thread; the engine is good for nothing after an
/// error.
/// </summary>
internal sealed unsafe class StateImageReader
{
    private const int BlockBytes = StateImageWriter.BlockBytes;
    private const int CopiedAtOnceBytes = 64 * 1024;
    private const uint SectionsMax = 1 << 20;

    private readonly StateFields _fields;
    private readonly ImageInput _input;
    private readonly List<object> _objects = [];
    private readonly HashSet<object> _filled = new(ReferenceEqualityComparer.Instance);
    private readonly List<Type> _types = [];
    private readonly Dictionary<uint, SlabMemory> _slabs = [];
    private readonly List<Action<nuint>> _addresses = [];

    private StateImageReader(StateFields fields, ImageInput input)
    {
        _fields = fields;
        _input = input;
    }

    /// <summary>Fills the object and all that it reaches.</summary>
    /// <exception cref="FormatException">It is no image of such an object.</exception>
    public static IReadOnlyList<StateSection> Read(object root, StateFields fields, ImageInput input)
    {
        var reader = new StateImageReader(fields, input);
        if (reader.Reference(root, root.GetType(), FieldForm.Object) != root)
        {
            throw new FormatException("it does not begin with the engine");
        }

        reader.Addresses();
        return reader.Sections();
    }

    private object? Reference(object? present, Type declared, FieldForm form)
    {
        var id = _input.Number();
        if (id == 0)
        {
            return null;
        }

        if (id <= _objects.Count)
        {
            return _objects[(int)id - 1];
        }

        if (id != _objects.Count + 1 || (present is not null && !_filled.Add(present)))
        {
            throw new FormatException($"its objects are not linked as those of this program: object {id} of type {declared}");
        }

        return form switch
        {
            FieldForm.Slab => Slab(present, declared, id),
            FieldForm.Values => Values((Array?)present, declared),
            FieldForm.Objects => Objects((Array?)present, declared),
            _ => Members(Keep(present ?? RuntimeHelpers.GetUninitializedObject(declared)), declared),
        };
    }

    private object Keep(object made)
    {
        _objects.Add(made);
        return made;
    }

    private object Members(object target, Type type)
    {
        ProveType(type);
        foreach (var field in _fields.Of(type))
        {
            Member(target, field);
        }

        return target;
    }

    private void Member(object target, StateField field)
    {
        var type = field.Info.FieldType;
        switch (field.Form)
        {
            case FieldForm.Value:
                var value = ValueCodec.Of(type).Zero();
                _input.Bytes(ValueCodec.Of(type).BytesOf(value));
                field.Info.SetValue(target, value);
                break;
            case FieldForm.Address:
                _addresses.Add(address => field.Info.SetValue(target, Pointer.Box((void*)address, type)));
                break;
            case FieldForm.Struct:
                field.Info.SetValue(target, Members(field.Info.GetValue(target)!, type));
                break;
            default:
                var present = field.Info.GetValue(target);
                var read = Reference(present, type, field.Form);
                if (!ReferenceEquals(present, read))
                {
                    field.Info.SetValue(target, read);
                }

                break;
        }
    }

    private void ProveType(Type type)
    {
        var number = _input.Number();
        if (number >= 1 && number <= _types.Count)
        {
            if (_types[(int)number - 1] != type)
            {
                throw new FormatException($"it has a {_types[(int)number - 1]} where this program has a {type}");
            }

            return;
        }

        var name = _input.Text();
        if (number != _types.Count + 1 || name != type.ToString())
        {
            throw new FormatException($"it has a {name} where this program has a {type}");
        }

        _types.Add(type);
        var written = new string[Math.Min(_input.Number(), ushort.MaxValue)];
        for (var index = 0; index < written.Length; index++)
        {
            written[index] = _input.Text();
        }

        var known = _fields.Of(type).Select(field => field.Words).ToArray();
        if (known.Except(written).FirstOrDefault() is { } added)
        {
            throw new SnapshotLayoutException($"{name} has here a field that it does not know as it is: {added}");
        }

        if (written.Except(known).FirstOrDefault() is { } gone)
        {
            throw new SnapshotLayoutException($"{name} has there a field that this program does not know as it is: {gone}");
        }
    }

    private Array Values(Array? present, Type type)
    {
        var element = type.GetElementType()!;
        var length = (int)_input.Number();
        var array = OfLength(present, element, length);
        Keep(array);
        fixed (byte* bytes = ValueCodec.Of(element).BytesOf(array))
        {
            Blocks(bytes, (long)length * ValueCodec.Of(element).SizeBytes);
        }

        return array;
    }

    private Array Objects(Array? present, Type type)
    {
        var element = type.GetElementType()!;
        var array = OfLength(present, element, (int)_input.Number());
        Keep(array);
        for (var index = 0; index < array.Length; index++)
        {
            array.SetValue(Reference(array.GetValue(index), element, FieldForm.Object), index);
        }

        return array;
    }

    private static Array OfLength(Array? present, Type element, int length)
    {
        if (length < 0 || length > Array.MaxLength || (present is not null && present.Length != length))
        {
            throw new FormatException($"an array of {element} has {length} elements where this program has {present?.Length}");
        }

        return present ?? Array.CreateInstance(element, length);
    }

    private object Slab(object? present, Type type, uint id)
    {
        var element = type.GetGenericArguments()[0];
        var codec = ValueCodec.Of(element);
        var like = new SlabMemory(null, (int)_input.Number(), 0, _input.Number() != 0);
        if (like.Capacity < 1 || (present is not null && codec.MemoryOf(present).Capacity != like.Capacity))
        {
            throw new FormatException($"a slab of {element} has room for {like.Capacity}: the engine has another");
        }

        var slab = present ?? codec.MakeSlab(like);
        Keep(slab);
        var memory = codec.MemoryOf(slab);
        _slabs.Add(id, memory);
        Blocks(memory.Pointer, memory.LengthBytes);
        var addresses = ValueLayout.AddressesIn(element);
        for (var at = 0L; addresses.Length > 0 && at < memory.LengthBytes; at += codec.SizeBytes)
        {
            foreach (var place in addresses)
            {
                var to = (nuint*)(memory.Pointer + at + place);
                _addresses.Add(address => *to = address);
            }
        }

        return slab;
    }

    private void Blocks(byte* bytes, long lengthBytes)
    {
        var at = 0L;
        while (true)
        {
            var first = (long)_input.Number() * BlockBytes;
            var blocks = _input.Number();
            if (blocks == 0)
            {
                break;
            }

            var end = Math.Min(first + (blocks * (long)BlockBytes), lengthBytes);
            if (first < at || first >= lengthBytes || first + ((blocks - 1) * (long)BlockBytes) >= lengthBytes)
            {
                throw new FormatException("blocks lie outside their slab");
            }

            Clear(bytes, at, first);
            for (at = first; at < end; at += CopiedAtOnceBytes)
            {
                _input.Bytes(new Span<byte>(bytes + at, (int)Math.Min(CopiedAtOnceBytes, end - at)));
            }

            at = end;
        }

        Clear(bytes, at, lengthBytes);
    }

    // A new engine's memory is mostly zero already; what is only reserved is not touched by looking.
    private static void Clear(byte* bytes, long from, long end)
    {
        for (var at = from; at < end; at += CopiedAtOnceBytes)
        {
            var length = Math.Min(CopiedAtOnceBytes, end - at);
            if (!StateImageWriter.IsZero(bytes + at, length))
            {
                new Span<byte>(bytes + at, (int)length).Clear();
            }
        }
    }

    private void Addresses()
    {
        if (_input.Number() != _addresses.Count)
        {
            throw new FormatException("it has another number of addresses than this program");
        }

        foreach (var set in _addresses)
        {
            var id = _input.Number();
            var offset = _input.Long();
            if (id == 0)
            {
                set(0);
            }
            else if (_slabs.TryGetValue(id, out var slab) && offset >= 0 && offset <= slab.LengthBytes)
            {
                set((nuint)slab.Pointer + (nuint)offset);
            }
            else
            {
                throw new FormatException("an address lies in no slab");
            }
        }
    }

    private List<StateSection> Sections()
    {
        var sections = new List<StateSection>();
        for (var left = Math.Min(_input.Number(), SectionsMax); left > 0; left--)
        {
            sections.Add(new StateSection(_input.Text(), (int)_input.Number(), _input.Long(), _input.Long()));
        }

        return _input.IsEnded ? sections : throw new FormatException("something stands behind its end");
    }
}
