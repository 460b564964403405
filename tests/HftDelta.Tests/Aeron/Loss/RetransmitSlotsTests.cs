using HftDelta.Aeron.Loss;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Loss;

/// <summary>Which NAKs are answered, and what is left to send of those that are.</summary>
[CancelAfter(20_000)]
internal sealed class RetransmitSlotsTests
{
    private const long LingerNanos = 10_000_000;

    [Test]
    public void A_nak_inside_a_range_that_was_sent_a_moment_ago_is_covered([Values] bool isGroup)
    {
        var slots = new RetransmitSlots(isGroup ? 16 : 1, isGroup, LingerNanos);
        Send(slots, 1_024, 512, nowNanos: 0);
        Assert.That(slots.OnNak(1_024, 64, LingerNanos), Is.EqualTo(RetransmitVerdict.Covered));
        Assert.That(slots.OnNak(1_504, 640, LingerNanos), Is.EqualTo(RetransmitVerdict.Covered), "its beginning decides");
        Assert.That(slots.OnNak(1_024, 64, LingerNanos + 1), Is.EqualTo(RetransmitVerdict.Send), "the answer may be lost");
    }

    [Test]
    public void One_receivers_gap_elsewhere_takes_the_slot_over()
    {
        var slots = new RetransmitSlots(1, isGroup: false, LingerNanos);
        Send(slots, 1_024, 512, nowNanos: 0);
        Assert.That(slots.OnNak(1_536, 32, 1), Is.EqualTo(RetransmitVerdict.Send));
        Assert.That(slots.OnNak(1_024, 32, 2), Is.EqualTo(RetransmitVerdict.Send), "the first range is forgotten");
    }

    [Test]
    public void A_group_has_so_many_ranges_under_way_and_no_more_until_one_has_lingered()
    {
        var slots = new RetransmitSlots(3, isGroup: true, LingerNanos);
        for (var range = 0; range < 3; range++)
        {
            Send(slots, range * 1_024, 32, nowNanos: range);
        }

        Assert.That(slots.OnNak(8_192, 32, 3), Is.EqualTo(RetransmitVerdict.Overflow));
        Assert.That(slots.OnNak(8_192, 32, LingerNanos + 1), Is.EqualTo(RetransmitVerdict.Send), "the first one's place");
        Assert.That(slots.OnNak(9_216, 32, LingerNanos + 1), Is.EqualTo(RetransmitVerdict.Overflow));
    }

    [Test]
    public void A_range_is_pending_until_all_of_it_was_sent_or_given_up()
    {
        var slots = new RetransmitSlots(2, isGroup: true, LingerNanos);
        slots.OnNak(1_024, 4_096, nowNanos: 0);
        slots.OnNak(65_536, 1_024, nowNanos: 0);

        Assert.That(slots.TryNext(out var slot, out var position, out var length), Is.True);
        Assert.That((position, length), Is.EqualTo((1_024L, 4_096)));
        slots.OnSent(slot, 1_408, nowNanos: 5);
        Assert.That(slots.TryNext(out slot, out position, out length), Is.True);
        Assert.That((position, length), Is.EqualTo((2_432L, 2_688)));
        slots.OnSent(slot, 2_688, nowNanos: 6);
        Assert.That(slots.TryNext(out slot, out position, out _), Is.True);
        Assert.That(position, Is.EqualTo(65_536));
        slots.GiveUp(slot, nowNanos: 7);
        Assert.That((slots.HasPending, slots.TryNext(out _, out _, out _)), Is.EqualTo((false, false)));
    }

    [Test]
    public void A_range_that_is_still_being_sent_stays_covered_however_long_it_takes()
    {
        var slots = new RetransmitSlots(1, isGroup: false, LingerNanos);
        slots.OnNak(0, 65_536, nowNanos: 0);
        Assert.That(slots.OnNak(32_768, 32, 10 * LingerNanos), Is.EqualTo(RetransmitVerdict.Covered));
        Assert.That(slots.HasPending, Is.True);
    }

    [Test]
    public void Taking_over_a_pending_slot_leaves_one_pending()
    {
        var slots = new RetransmitSlots(1, isGroup: false, LingerNanos);
        slots.OnNak(0, 1_024, nowNanos: 0);
        slots.OnNak(4_096, 32, nowNanos: 0);
        slots.TryNext(out var slot, out var position, out var length);
        Assert.That((position, length), Is.EqualTo((4_096L, 32)));
        slots.OnSent(slot, 32, nowNanos: 0);
        Assert.That(slots.HasPending, Is.False);
    }

    private static void Send(RetransmitSlots slots, long position, int length, long nowNanos)
    {
        Assert.That(slots.OnNak(position, length, nowNanos), Is.EqualTo(RetransmitVerdict.Send));
        Assert.That(slots.TryNext(out var slot, out _, out var left), Is.True);
        slots.OnSent(slot, left, nowNanos);
    }
}
