using HftDelta.Primitives;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;

namespace HftDelta.Perf.Codecs;

/// <summary>
/// Random orders and room for their frames, few enough to stay in the first cache: what is measured is the work, not the memory.
/// Both ways of coding are shown to make the same bytes and read the same values before anything is measured.
/// </summary>
public sealed class OrderFrames
{
    public const int Count = 128;
    public const int FrameBytes = NewOrderSingleDecoder.FrameLength;

    private readonly OrderFields[] _read = new OrderFields[Count];

    public OrderFrames(ulong seed)
    {
        var random = new SplitMix64(seed);
        for (var index = 0; index < Count; index++)
        {
            ref var order = ref Orders[index];
            order.Sequence = random.Next();
            order.SendingTime = random.Next();
            order.Deadline = random.Next();
            order.AuthTag = random.Next();
            order.ClientOrderId = random.Next();
            order.Price = (long)random.Next();
            order.Quantity = (long)random.Next();
            order.ExpireTime = random.Next();
            order.SessionHandle = (uint)random.Next();
            order.AccountId = (uint)random.Next();
            order.InstrumentId = (uint)random.Next();
            order.Side = (Side)(random.Next() % 2);
            order.OrderType = OrderType.Limit;
            order.TimeInForce = (TimeInForce)(random.Next() % 3);
            order.ExecutionFlags = (ExecutionFlags)(random.Next() % 4);
        }

        Span<byte> other = stackalloc byte[FrameBytes];
        for (var index = 0; index < Count; index++)
        {
            OrderCodecs.EncodeByCodec(in Orders[index], FrameOf(index));
            OrderCodecs.EncodeByStruct(in Orders[index], other);
            Check.That(FrameOf(index).SequenceEqual(other));
            Check.That(OrderCodecs.Validate(other) == ValidationCode.Valid);
            OrderCodecs.DecodeByCodec(other, ref _read[index]);
            Check.That(_read[index].Equals(Orders[index]));
            _read[index] = default;
            OrderCodecs.DecodeByStruct(other, ref _read[index]);
            Check.That(_read[index].Equals(Orders[index]));
        }
    }

    private OrderFields[] Orders { get; } = new OrderFields[Count];

    private byte[] Frames { get; } = new byte[Count * FrameBytes];

    public void EncodeByStruct()
    {
        for (var index = 0; index < Count; index++)
        {
            OrderCodecs.EncodeByStruct(in Orders[index], FrameOf(index));
        }
    }

    public void EncodeByCodec()
    {
        for (var index = 0; index < Count; index++)
        {
            OrderCodecs.EncodeByCodec(in Orders[index], FrameOf(index));
        }
    }

    public void DecodeByStruct()
    {
        for (var index = 0; index < Count; index++)
        {
            OrderCodecs.DecodeByStruct(FrameOf(index), ref _read[index]);
        }
    }

    public void DecodeByCodec()
    {
        for (var index = 0; index < Count; index++)
        {
            OrderCodecs.DecodeByCodec(FrameOf(index), ref _read[index]);
        }
    }

    public void RoundByStruct()
    {
        for (var index = 0; index < Count; index++)
        {
            OrderCodecs.EncodeByStruct(in Orders[index], FrameOf(index));
            OrderCodecs.DecodeByStruct(FrameOf(index), ref _read[index]);
        }
    }

    public void RoundByCodec()
    {
        for (var index = 0; index < Count; index++)
        {
            OrderCodecs.EncodeByCodec(in Orders[index], FrameOf(index));
            OrderCodecs.DecodeByCodec(FrameOf(index), ref _read[index]);
        }
    }

    /// <summary>The sum of all fields, so that none is left out.</summary>
    public ulong Touch()
    {
        var sum = 0UL;
        for (var index = 0; index < Count; index++)
        {
            sum += OrderCodecs.Touch(FrameOf(index));
        }

        return sum;
    }

    public ulong Validate()
    {
        var sum = 0UL;
        for (var index = 0; index < Count; index++)
        {
            sum += (ulong)OrderCodecs.Validate(FrameOf(index));
        }

        Check.That(sum == (ulong)ValidationCode.Valid);
        return sum;
    }

    private Span<byte> FrameOf(int index) => Frames.AsSpan(index * FrameBytes, FrameBytes);
}
