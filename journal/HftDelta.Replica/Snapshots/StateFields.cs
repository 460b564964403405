using System.Collections.Concurrent;
using System.Reflection;
using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Collections;

namespace HftDelta.Replica.Snapshots;

/// <summary>How a field's content is kept.</summary>
internal enum FieldForm
{
    /// <summary>The bytes of a value.</summary>
    Value,

    /// <summary>The place in a slab that an address names.</summary>
    Address,

    /// <summary>The values of a slab.</summary>
    Slab,

    /// <summary>The values of an array.</summary>
    Values,

    /// <summary>The objects of an array.</summary>
    Objects,

    /// <summary>Another object.</summary>
    Object,

    /// <summary>A struct that holds objects.</summary>
    Struct,
}

/// <summary>A field that a snapshot holds.</summary>
internal sealed record StateField(FieldInfo Info, FieldForm Form, string Words);

/// <summary>
/// Which fields a snapshot holds: all of them, of every object that the engine reaches, but those named here with a reason. A new
/// field is therefore held without anybody's doing, and one of a kind that cannot be held is refused by its name. Any thread.
/// </summary>
internal sealed class StateFields
{
    /// <summary>Types that belong to whoever made the engine, or only to its speed, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> OutsideTypes = new Dictionary<string, string>
    {
        [typeof(EngineLimits).FullName!] = "given to the engine when it is made; the snapshot's header holds them",
        ["HftDelta.Engine.LookAhead"] = "asks memory for what commands that come will touch: speed alone depends on it",
    };

    /// <summary>Fields that belong to the ring that an engine writes into, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> OutsideFields = new Dictionary<string, string>
    {
        [NameOf(typeof(EventWriter), "_slots")] = "memory of the ring",
        [NameOf(typeof(EventWriter), "_ringSlots")] = "its size",
        [NameOf(typeof(EventWriter), "_slotsPerCommand")] = "given by the limits",
        [NameOf(typeof(EventWriter), "_open")] = "no event is open between commands",
        [NameOf(typeof(EventWriter), "_openLengthMaxBytes")] = "the same",
        [NameOf(typeof(EventWriter), "_commandStart")] = "a place in the ring",
        [NameOf(typeof(EventWriter), "_foldedSlot")] = "a place in the ring: the history is folded before it is kept",
        [NameOf(typeof(EventWriter), "_paddedSlots")] = "of the present command",
        [NameOf(typeof(EventWriter), "<NextSlot>k__BackingField")] = "a place in the ring",
    };

    /// <summary>As they are; tests forget one on purpose.</summary>
    public static readonly StateFields All = new([]);

    private readonly ConcurrentDictionary<Type, StateField[]> _fields = new();
    private readonly HashSet<string> _forgotten;

    /// <param name="forgotten">Left out though they belong to the state, in tests that show that it is noticed.</param>
    public StateFields(IEnumerable<string> forgotten) => _forgotten = [.. forgotten];

    public static string NameOf(Type type, string field) => $"{type.FullName}.{field}";

    /// <summary>The fields of a class, or of a struct that holds objects, those of its base classes included.</summary>
    public IReadOnlyList<StateField> Of(Type type) => _fields.GetOrAdd(type, Find);

    private StateField[] Find(Type type)
    {
        // The state itself first, so that what is in it is named by its place there and not by whoever works on it.
        var fields = new List<StateField>();
        for (var at = type; at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
        {
            foreach (var field in ValueLayout.Fields(at).OrderBy(field => field.Name == "_state" ? 0 : 1))
            {
                if (IsInside(at, field))
                {
                    var form = FormOf(field);
                    fields.Add(new StateField(field, form, $"{field.Name}={form}:{WordsOf(field.FieldType, form)}"));
                }
            }
        }

        return [.. fields];
    }

    private bool IsInside(Type type, FieldInfo field)
    {
        var name = NameOf(type, field.Name);
        return !OutsideFields.ContainsKey(name)
            && !_forgotten.Contains(name)
            && !OutsideTypes.ContainsKey(field.FieldType.FullName ?? "");
    }

    private static FieldForm FormOf(FieldInfo field)
    {
        var type = field.FieldType;
        if (type.IsPointer)
        {
            // A struct is filled on a copy, which is gone when addresses are set.
            return !field.DeclaringType!.IsValueType
                ? FieldForm.Address
                : throw new NotSupportedException(
                    $"{NameOf(field.DeclaringType, field.Name)}: an address beside objects in a struct");
        }

        if (IsSlab(type))
        {
            return FieldForm.Slab;
        }

        if (type.IsArray && type.GetArrayRank() == 1)
        {
            return ValueLayout.IsUnmanaged(type.GetElementType()!) ? FieldForm.Values : FieldForm.Objects;
        }

        if (ValueLayout.IsUnmanaged(type) && ValueLayout.AddressesIn(type).Length == 0)
        {
            return FieldForm.Value;
        }

        if (type.IsValueType)
        {
            return FieldForm.Struct;
        }

        // A snapshot makes the objects that are not there by the type that the field says.
        return type.IsClass && type.IsSealed && type != typeof(string) && !typeof(Delegate).IsAssignableFrom(type)
            ? FieldForm.Object
            : throw new NotSupportedException(
                $"{NameOf(field.DeclaringType!, field.Name)} is of type {type}, which a snapshot cannot hold: make it a value, "
                + "a slab, an array or a sealed class, or name it among the fields that are no state, with the reason");
    }

    private static string WordsOf(Type type, FieldForm form) => form switch
    {
        FieldForm.Value => ValueLayout.Describe(type),
        FieldForm.Slab => ValueLayout.Describe(type.GetGenericArguments()[0]),
        FieldForm.Values => ValueLayout.Describe(type.GetElementType()!),
        FieldForm.Objects => type.GetElementType()!.ToString(),
        _ => type.ToString(),
    };

    private static bool IsSlab(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(NativeSlab<>);
}
