using System.Runtime.InteropServices;
using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Books;

[CancelAfter(20_000)]
public class OrderSlabTests
{
    [Test]
    public void Records_have_their_documented_layout()
    {
        Assert.That(Marshal.SizeOf<OrderHot>(), Is.EqualTo(32));
        Assert.That(Marshal.SizeOf<OrderCold>(), Is.EqualTo(24));
        Assert.That(OrderSlab.BytesPerOrder, Is.EqualTo(64), "with its identity");
        Assert.That(Offset<OrderHot>(nameof(OrderHot.InstrumentAndFlags)), Is.EqualTo(20));
        Assert.That(Offset<OrderHot>(nameof(OrderHot.Next)), Is.EqualTo(OrderHot.StateBytes), "links come after the state");
    }

    [Test]
    public void Packed_cold_words_keep_their_parts_apart()
    {
        const uint lastSlot = OrderSlab.CapacityMax;
        const ulong large = (1UL << 42) - 1;
        var cold = new OrderCold { SessionNext = lastSlot, SessionPrevious = lastSlot - 1 };
        cold.QuantityOrExtra = (ulong)OrderBook.QuantityMaxLots;
        cold.Priority = large;
        Assert.That((cold.SessionNext, cold.SessionPrevious), Is.EqualTo((lastSlot, lastSlot - 1)));
        Assert.That((cold.QuantityOrExtra, cold.Priority), Is.EqualTo(((ulong)OrderBook.QuantityMaxLots, large)));
        (cold.SessionNext, cold.SessionPrevious, cold.QuantityOrExtra, cold.Priority) = (1, 2, 3, 4);
        Assert.That((cold.SessionNext, cold.SessionPrevious, cold.QuantityOrExtra, cold.Priority), Is.EqualTo((1, 2, 3, 4)));
        cold.Priority = large + 6;
        Assert.That((cold.Priority, cold.SessionPrevious), Is.EqualTo((5, 2)), "the low bits of a priority");
    }

    [Test]
    public void Priorities_are_compared_across_the_end_of_their_bits()
    {
        const ulong last = (1UL << 42) - 1;
        Assert.That(OrderCold.IsBefore(1, 2), Is.True);
        Assert.That(OrderCold.IsBefore(2, 1), Is.False);
        Assert.That(OrderCold.IsBefore(2, 2), Is.False);
        Assert.That(OrderCold.IsBefore(last, 0), Is.True);
        Assert.That(OrderCold.IsBefore(0, last), Is.False);
    }

    [Test]
    public void Session_and_number_stay_with_the_slot_while_its_order_lives()
    {
        using var slab = new OrderSlab(2);
        slab.TryAllocate(out var first);
        slab.TryAllocate(out var second);
        slab.SetSession(first, new SessionHandle(OrderSlab.SessionMax));
        Assert.That((slab.SessionOf(first), slab.NumberOf(first)), Is.EqualTo((OrderSlab.SessionMax, 1)));
        Assert.That((slab.SessionOf(second), slab.NumberOf(second)), Is.EqualTo((0, 2)));
        slab.Free(first);
        Assert.That(() => slab.SessionOf(first), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(
            () => slab.SetSession(second, new SessionHandle(OrderSlab.SessionMax + 1)),
            Throws.TypeOf<InvariantBrokenException>());
        slab.TryAllocate(out var again);
        Assert.That(slab.SessionOf(again), Is.Zero);
        slab.SetSession(again, new SessionHandle(7));
        Assert.That((again, slab.SessionOf(again), slab.NumberOf(again)), Is.EqualTo((first, 7, 3)));
        Assert.That(slab.LastNumber, Is.EqualTo(3));
    }

    [Test]
    public void Packed_word_keeps_instrument_side_and_flags_apart()
    {
        var hot = new OrderHot
        {
            InstrumentAndFlags = OrderHot.Pack(new InstrumentId(OrderHot.InstrumentMax), Side.Sell, OrderHot.EngineFlagsMask),
        };
        Assert.That(hot.Instrument.Value, Is.EqualTo(OrderHot.InstrumentMax));
        Assert.That(hot.Side, Is.EqualTo(Side.Sell));
        Assert.That(hot.IsResting, Is.False);
        hot.InstrumentAndFlags = OrderHot.Pack(new InstrumentId(1), Side.Buy);
        Assert.That(hot.Side, Is.EqualTo(Side.Buy));
        Assert.That(hot.InstrumentAndFlags, Is.EqualTo(1));
    }

    [Test]
    public void First_slot_is_one_and_no_id_is_zero()
    {
        using var slab = new OrderSlab(2);
        Assert.That(slab.TryAllocate(out var slot), Is.True);
        Assert.That(slot, Is.EqualTo(1));
        Assert.That(slab.IdOf(slot), Is.EqualTo(OrderId.From(1, 1)));
        Assert.That(slab.TryFind(new OrderId(0), out _), Is.False);
        Assert.That(slab.SlotLimit, Is.EqualTo(2));
    }

    [Test]
    public void Full_slab_refuses_and_serves_again_after_a_free()
    {
        using var slab = new OrderSlab(3);
        for (var i = 0; i < 3; i++) Assert.That(slab.TryAllocate(out _), Is.True);
        Assert.That(slab.TryAllocate(out var none), Is.False);
        Assert.That(none, Is.Zero);
        Assert.That(slab.Count, Is.EqualTo(3));
        slab.Free(2);
        Assert.That(slab.TryAllocate(out var again), Is.True);
        Assert.That(again, Is.EqualTo(2));
        Assert.That(slab.SlotLimit, Is.EqualTo(4));
    }

    [Test]
    public void Slots_are_reused_last_in_first_out()
    {
        using var slab = new OrderSlab(4);
        for (var i = 0; i < 4; i++) slab.TryAllocate(out _);
        slab.Free(1);
        slab.Free(3);
        slab.Free(2);
        var order = new uint[3];
        for (var i = 0; i < 3; i++) slab.TryAllocate(out order[i]);
        Assert.That(order, Is.EqualTo(new uint[] { 2, 3, 1 }));
    }

    [Test]
    public void Id_of_an_order_that_is_gone_does_not_find_the_slots_next_order()
    {
        using var slab = new OrderSlab(1);
        slab.TryAllocate(out var slot);
        var first = slab.IdOf(slot);
        slab.Free(slot);
        Assert.That(slab.TryFind(first, out _), Is.False, "freed");
        Assert.That(slab.TryFind(OrderId.From(slot, 0), out _), Is.False, "a free slot has no number");
        Assert.That(slab.TryFind(OrderId.From(slot, 2), out _), Is.False, "not yet given");
        slab.TryAllocate(out slot);
        var second = slab.IdOf(slot);
        Assert.That(second.Slot, Is.EqualTo(first.Slot));
        Assert.That(second.Value, Is.GreaterThan(first.Value));
        Assert.That(slab.TryFind(first, out _), Is.False, "reused");
        Assert.That(slab.TryFind(second, out var found), Is.True);
        Assert.That(found, Is.EqualTo(slot));
    }

    [Test]
    public void Ids_never_given_find_nothing()
    {
        using var slab = new OrderSlab(8);
        slab.TryAllocate(out _);
        Assert.That(slab.TryFind(OrderId.From(2, 0), out _), Is.False);
        Assert.That(slab.TryFind(OrderId.From(2, 1), out _), Is.False);
        Assert.That(slab.TryFind(OrderId.From(9, 1), out _), Is.False, "beyond the slab");
        Assert.That(slab.TryFind(OrderId.From(OrderSlab.CapacityMax, 1), out _), Is.False);
        Assert.That(slab.TryFind(OrderId.From(0, 1), out _), Is.False);
    }

    [Test]
    public void Freed_slot_comes_back_clean()
    {
        using var slab = new OrderSlab(2);
        slab.TryAllocate(out var other);
        slab.TryAllocate(out var slot);
        slab.Hot(slot) = new OrderHot { PriceTicks = 5, LeavesLots = 6, Account = 7, Next = 8, Previous = 9 };
        slab.Cold(slot).ClientOrderId = 10;
        slab.Cold(slot).SessionNext = 11;
        slab.Cold(slot).QuantityOrExtra = 12;
        slab.Free(other);
        slab.Free(slot);
        slab.TryAllocate(out slot);
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<OrderHot>(in slab.Hot(slot)));
        Assert.That(bytes.IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
        var cold = slab.Cold(slot);
        Assert.That(slab.NumberOf(slot), Is.EqualTo(3));
        Assert.That(MemoryMarshal.AsBytes(new ReadOnlySpan<OrderCold>(in cold)).IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
    }

    [Test]
    public void Freeing_twice_is_a_broken_invariant()
    {
        using var slab = new OrderSlab(2);
        slab.TryAllocate(out var slot);
        slab.Free(slot);
        Assert.That(() => slab.Free(slot), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void Priorities_ascend()
    {
        using var slab = new OrderSlab(1);
        var first = slab.NextPriority();
        Assert.That(slab.NextPriority(), Is.GreaterThan(first));
        Assert.That(slab.LastPriority, Is.EqualTo(first + 1));
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
