using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// How an unmanaged type lies in memory, in words: every field with its place, so that a snapshot of another layout is noticed
/// and never read as this one. Any thread; cold.
/// </summary>
internal static unsafe class ValueLayout
{
    private static readonly ConcurrentDictionary<Type, string> Words = new();
    private static readonly ConcurrentDictionary<Type, int[]> Addresses = new();

    /// <summary>Whether values of the type hold no reference that a collector would follow.</summary>
    public static bool IsUnmanaged(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer)
        {
            return true;
        }

        return type.IsValueType && Fields(type).All(field => IsUnmanaged(field.FieldType));
    }

    /// <summary>Such as <c>PriceLevel:24(Count@16:UInt32,...)</c>.</summary>
    public static string Describe(Type type) => Words.GetOrAdd(type, Compose);

    /// <summary>Places within a value at which an address stands.</summary>
    public static int[] AddressesIn(Type type) => Addresses.GetOrAdd(type, static of => [.. FindAddresses(of, 0)]);

    public static IEnumerable<FieldInfo> Fields(Type type) => type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .OrderBy(field => field.Name, StringComparer.Ordinal);

    private static string Compose(Type type)
    {
        if (type.IsPointer)
        {
            return "address";
        }

        if (type.IsEnum)
        {
            return $"{type.Name}:{Enum.GetUnderlyingType(type).Name}";
        }

        if (IsWord(type))
        {
            return type.Name;
        }

        var words = new StringBuilder(type.Name);
        words.Append(CultureInfo.InvariantCulture, $":{ValueCodec.Of(type).SizeBytes}(");
        var isFirst = true;
        foreach (var field in Fields(type))
        {
            words.Append(isFirst ? "" : ",").Append(field.Name).Append('@').Append(OffsetOf(type, field));
            words.Append(':').Append(Describe(field.FieldType));
            isFirst = false;
        }

        return words.Append(')').ToString();
    }

    private static bool IsWord(Type type) => type.IsPrimitive || type == typeof(Int128) || type == typeof(UInt128);

    private static IEnumerable<int> FindAddresses(Type type, int at)
    {
        if (type.IsPointer)
        {
            yield return at;
        }
        else if (!type.IsEnum && !IsWord(type))
        {
            foreach (var field in Fields(type))
            {
                var addresses = FindAddresses(field.FieldType, at + OffsetOf(type, field)).ToList();
                if (addresses.Count > 0 && type.GetCustomAttribute<InlineArrayAttribute>() is not null)
                {
                    throw new NotSupportedException($"{type}: addresses in an inline array cannot be kept in a snapshot");
                }

                foreach (var address in addresses)
                {
                    yield return address;
                }
            }
        }
    }

    // The runtime does not tell offsets: a value with this field alone set shows where it is.
    public static int OffsetOf(Type type, FieldInfo field)
    {
        var box = ValueCodec.Of(type).Zero();
        object ones;
        if (field.FieldType.IsPointer)
        {
            ones = Pointer.Box((void*)nuint.MaxValue, field.FieldType);
        }
        else
        {
            ones = ValueCodec.Of(field.FieldType).Zero();
            ValueCodec.Of(field.FieldType).BytesOf(ones).Fill(byte.MaxValue);
        }

        field.SetValue(box, ones);
        return ValueCodec.Of(type).BytesOf(box).IndexOf(byte.MaxValue);
    }
}
