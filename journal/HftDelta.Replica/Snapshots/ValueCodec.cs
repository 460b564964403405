using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HftDelta.Primitives.Collections;

namespace HftDelta.Replica.Snapshots;

/// <summary>
/// The bytes of values of one unmanaged type, wherever they lie: boxed, in an array, in a slab. A snapshot knows types only as
/// it finds them, so what needs the type itself is behind this. Any thread; cold.
/// </summary>
internal abstract unsafe class ValueCodec
{
    private static readonly ConcurrentDictionary<Type, ValueCodec> Known = new();

    /// <summary>Bytes of one value.</summary>
    public abstract int SizeBytes { get; }

    /// <param name="type">An unmanaged type.</param>
    public static ValueCodec Of(Type type) => Known.GetOrAdd(
        type, static of => (ValueCodec)Activator.CreateInstance(typeof(ValueCodec<>).MakeGenericType(of))!);

    /// <summary>A boxed value's own bytes.</summary>
    public abstract Span<byte> BytesOf(object boxed);

    /// <summary>A boxed value of zeros.</summary>
    public abstract object Zero();

    /// <summary>The bytes of an array's elements.</summary>
    public abstract Span<byte> BytesOf(Array array);

    public abstract SlabMemory MemoryOf(object slab);

    public abstract object MakeSlab(SlabMemory like);
}

/// <summary>Where a slab's values lie.</summary>
internal readonly unsafe struct SlabMemory(byte* pointer, int capacity, long lengthBytes, bool isReserved)
{
    public byte* Pointer { get; } = pointer;

    public int Capacity { get; } = capacity;

    public long LengthBytes { get; } = lengthBytes;

    /// <summary>Its pages become memory when they are first written.</summary>
    public bool IsReserved { get; } = isReserved;
}

/// <inheritdoc/>
internal sealed unsafe class ValueCodec<T> : ValueCodec
    where T : unmanaged
{
    public override int SizeBytes => sizeof(T);

    public override Span<byte> BytesOf(object boxed) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref Unsafe.Unbox<T>(boxed), 1));

    public override object Zero() => default(T);

    public override Span<byte> BytesOf(Array array) => MemoryMarshal.AsBytes(((T[])array).AsSpan());

    public override SlabMemory MemoryOf(object slab)
    {
        var of = (NativeSlab<T>)slab;
        return new SlabMemory((byte*)of.Pointer, of.Capacity, of.LengthBytes, of.IsReserved);
    }

    public override object MakeSlab(SlabMemory like) =>
        like.IsReserved ? NativeSlab<T>.Reserve(like.Capacity) : new NativeSlab<T>(like.Capacity);
}
