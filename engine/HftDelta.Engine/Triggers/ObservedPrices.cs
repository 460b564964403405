using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using HftDelta.Engine.State;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>Where the activation of an instrument's triggered orders stands.</summary>
internal enum ActivationPhase : byte
{
    None = 0,

    /// <summary>Work that was pending has triggered something: the instrument stays busy until it is activated.</summary>
    Due = 1,

    /// <summary>What the command had no room for is pending work.</summary>
    Pending = 2,
}

/// <summary>
/// What the sources of one instrument have shown since it was last quiet. Zero where nothing is triggered: whoever asks which
/// stops are triggered compares them with this, so an observation costs the same however many stops it triggers.
/// </summary>
internal struct ObservedPrices
{
    public PriceRanges Ranges;

    /// <summary>The mark in ticks as last observed, or as it was when the first stop came.</summary>
    public long MarkTicks;

    /// <summary>A bit for each source that has shown a price.</summary>
    public byte Seen;
    public ActivationPhase Phase;

    public readonly bool HasSeen(TriggerSource source) => (Seen & (1 << (int)source)) != 0;

    public void Keep(TriggerSource source, long price)
    {
        ref var range = ref Ranges[(int)source - 1];
        if (!HasSeen(source))
        {
            Seen |= (byte)(1 << (int)source);
            range = new PriceRange { Low = price, High = price };
            return;
        }

        range.Low = price < range.Low ? price : range.Low;
        range.High = price > range.High ? price : range.High;
    }

    public void Forget()
    {
        Ranges = default;
        Seen = 0;
    }
}

/// <summary>The lowest and the highest of some prices.</summary>
internal struct PriceRange
{
    public long Low;
    public long High;
}

/// <summary>One for each source, in the order of <see cref="TriggerSource"/>.</summary>
[InlineArray(Count)]
internal struct PriceRanges
{
    public const int Count = 3;

    private PriceRange _first;
}

/// <summary>
/// All of it is state, a third record of its instrument: the length of the form keeps the three apart in the hash. None where
/// no stop waits.
/// </summary>
internal readonly struct ObservedEncoding : IRecordEncoding<ObservedPrices>
{
    private const int RangeBytes = 16;

    public static StateRecordType Type => StateRecordType.Instrument;

    public static bool TryEncode(uint id, in ObservedPrices record, Span<byte> buffer, out int lengthBytes)
    {
        for (var source = 0; source < PriceRanges.Count; source++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer[(source * RangeBytes)..], record.Ranges[source].Low);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[((source * RangeBytes) + 8)..], record.Ranges[source].High);
        }

        const int Rest = PriceRanges.Count * RangeBytes;
        BinaryPrimitives.WriteInt64LittleEndian(buffer[Rest..], record.MarkTicks);
        buffer[Rest + 8] = record.Seen;
        buffer[Rest + 9] = (byte)record.Phase;
        lengthBytes = Rest + 10;
        return buffer[..lengthBytes].ContainsAnyExcept((byte)0);
    }
}
