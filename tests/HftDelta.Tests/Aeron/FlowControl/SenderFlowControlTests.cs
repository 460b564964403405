using HftDelta.Aeron;
using HftDelta.Aeron.Channels;
using HftDelta.Aeron.FlowControl;
using HftDelta.Aeron.Frames;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.FlowControl;

/// <summary>Who holds the sender back, rule by rule; positions are told as the sender has computed them.</summary>
[CancelAfter(20_000)]
internal sealed class SenderFlowControlTests
{
    private const int Window = 1_024;
    private const long Second = 1_000_000_000;

    private static readonly AeronOptions Options = new() { Clock = new VirtualNanoClock() };

    [Test]
    public void The_furthest_allowance_holds_and_is_never_taken_back()
    {
        var control = Control("max");
        var limit = Tell(control, receiver: 1, position: 4_096, limit: 0);
        Assert.That(limit, Is.EqualTo(4_096 + Window));
        Assert.That(Tell(control, receiver: 2, position: 0, limit), Is.EqualTo(limit));
        Assert.That(control.OnIdle(limit, 100 * Second), Is.EqualTo(limit));
        Assert.That((control.HasRequiredReceivers, control.ReceiverCount), Is.EqualTo((true, 0)));
    }

    [Test]
    public void The_slowest_receiver_decides_until_it_falls_silent()
    {
        var control = Control("min,t:2s");
        var limit = Tell(control, 1, 0, 0);
        limit = Tell(control, 2, 0, limit);
        limit = Tell(control, 2, 8_192, limit);
        Assert.That(limit, Is.EqualTo(Window), "the first one is still at the beginning");

        limit = Tell(control, 2, 8_192, limit, nowNanos: 3 * Second / 2);
        Assert.That(control.OnIdle(limit, 2 * Second), Is.EqualTo(Window), "not silent for longer than two seconds yet");
        limit = control.OnIdle(limit, (2 * Second) + 1);
        Assert.That((limit, control.ReceiverCount), Is.EqualTo((8_192L + Window, 1)));
    }

    [Test]
    public void A_receiver_that_says_goodbye_or_refuses_the_stream_holds_nothing_back([Values] bool refuses)
    {
        var control = Control("min");
        var limit = Tell(control, 1, 0, 0);
        limit = Tell(control, 2, 0, limit);
        limit = Tell(control, 2, 8_192, limit);
        if (refuses)
        {
            control.OnError(new ErrorFrame(0, 1, 2, 1, 0, ErrorFrame.ImageRejected, "no"u8));
        }
        else
        {
            limit = control.OnStatusMessage(
                new StatusMessageFrame(FrameFlags.StatusEndOfStream, 1, 2, 0, 0, Window, 1), 0, limit, 0);
        }

        Assert.That(control.OnIdle(limit, 0), Is.EqualTo(8_192 + Window));
    }

    [Test]
    public void A_newcomer_within_reach_counts_and_one_far_behind_does_not()
    {
        var control = Control("min");
        var limit = Tell(control, 1, 65_536, 0);
        Tell(control, 2, 65_536 - Window - 32, limit);
        Assert.That(control.ReceiverCount, Is.EqualTo(1), "it would stop the other one");
        Tell(control, 3, 65_536 - Window, limit);
        Assert.That(control.ReceiverCount, Is.EqualTo(2));
        Assert.That(control.OnIdle(limit, 0), Is.EqualTo(65_536), "what was allowed is taken back as far as it needs");
    }

    [Test]
    public void Only_receivers_with_the_groups_tag_hold_back()
    {
        var control = Control("tagged,g:7");
        var limit = Tell(control, 1, 0, 0, tag: 7);
        limit = Tell(control, 2, 8_192, limit, tag: null);
        limit = Tell(control, 3, 8_192, limit, tag: 8);
        Assert.That((limit, control.ReceiverCount), Is.EqualTo(((long)Window, 1)));

        control.OnError(new ErrorFrame(0, 1, 2, 1, 7, ErrorFrame.ImageRejected, "no tag said"u8));
        Assert.That(control.OnIdle(limit, 0), Is.EqualTo(Window));
        control.OnError(new ErrorFrame(FrameFlags.ErrorHasGroupTag, 1, 2, 1, 7, ErrorFrame.ImageRejected, "tagged"u8));
        control.OnIdle(limit, 0);
        Assert.That(control.ReceiverCount, Is.Zero);
        Assert.That(Tell(control, 2, 8_192, limit, tag: null), Is.EqualTo(8_192 + Window), "nobody of the group is there");
    }

    [Test]
    public void Nothing_moves_before_the_group_is_complete_and_again_when_it_is_not()
    {
        var control = Control("tagged,g:7/2,t:1s");
        var limit = Tell(control, 1, 0, 0, tag: 7);
        limit = Tell(control, 9, 0, limit, tag: null);
        Assert.That((limit, control.HasRequiredReceivers), Is.EqualTo((0L, false)));

        limit = Tell(control, 2, 0, limit, tag: 7);
        Assert.That((limit, control.HasRequiredReceivers), Is.EqualTo(((long)Window, true)));

        Tell(control, 2, 4_096, limit, tag: 7, nowNanos: Second);
        limit = control.OnIdle(limit, Second + 1);
        Assert.That((limit, control.HasRequiredReceivers), Is.EqualTo(((long)Window, false)));
        Assert.That(Tell(control, 2, 8_192, limit, tag: 7, nowNanos: Second), Is.EqualTo(Window));
    }

    [Test]
    public void Whoever_asked_for_a_setup_is_waited_for_at_the_limit_of_then()
    {
        var control = Control("min,t:1s");
        var limit = Tell(control, 1, 0, 0);
        control.OnSetupAsked(new StatusMessageFrame(FrameFlags.StatusSendSetup, 1, 2, 0, 0, 0, 2));
        control.OnSetupSent(limit, nowNanos: 0);
        Assert.That(Tell(control, 1, 8_192, limit), Is.EqualTo(limit), "the newcomer joins where the setup said");

        Tell(control, 2, 8_192, limit);
        Assert.That(control.OnIdle(limit, 0), Is.EqualTo(8_192 + Window), "it is there now");

        control.OnSetupAsked(new StatusMessageFrame(FrameFlags.StatusSendSetup, 1, 2, 0, 0, 0, 3));
        control.OnSetupSent(8_192 + Window, nowNanos: 0);
        Tell(control, 1, 16_384, limit, nowNanos: Second + 1);
        Tell(control, 2, 16_384, limit, nowNanos: Second + 1);
        Assert.That(control.OnIdle(limit, Second + 1), Is.EqualTo(16_384 + Window), "it is not waited for for ever");
    }

    [Test]
    public void Receivers_beyond_the_bound_are_served_without_a_say()
    {
        var control = Control("min");
        var limit = 0L;
        for (var receiver = 0; receiver < MinFlowControl.ReceiversMax + 100; receiver++)
        {
            limit = Tell(control, receiver, 0, limit);
        }

        Assert.That(control.ReceiverCount, Is.EqualTo(MinFlowControl.ReceiversMax));
    }

    // 64 KiB terms have windows of 32 KiB, longer ones of 128 KiB: multiples of that, never past the end of the term.
    [TestCase("max", false, 1 << 20, 0, 1 << 24, 1 << 20)]
    [TestCase("max", false, 1 << 24, 0, 1 << 24, 16 * 131_072)]
    [TestCase("max", true, 1 << 24, 0, 1 << 24, 4 * 131_072)]
    [TestCase("max", true, 65_536, 0, 65_536, 65_536)]
    [TestCase("max,rrwm:1", true, 65_536, 0, 65_536, 32_768)]
    [TestCase("min,rrwm:2", true, 1 << 24, 0, 1 << 24, 2 * 131_072)]
    [TestCase("max", false, 65_536, 65_504, 65_536, 32)]
    [TestCase("max", false, 65_536, 1_024, 96, 96)]
    [TestCase("max,rrwm:2147483647", true, 1 << 30, 0, int.MaxValue, 1 << 30)]
    public void One_nak_brings_back_a_bounded_range(
        string choice, bool isGroup, int termLength, int termOffset, int asked, int given)
    {
        var control = SenderFlowControl.For(FlowControlChoice.TryParse(choice), isGroup, Options);
        Assert.That(control.RetransmitLength(asked, termOffset, termLength), Is.EqualTo(given));
    }

    private static SenderFlowControl Control(string choice) =>
        SenderFlowControl.For(FlowControlChoice.TryParse(choice), hasGroupSemantics: true, Options);

    private static long Tell(
        SenderFlowControl control, long receiver, long position, long limit, long? tag = null, long nowNanos = 0) =>
        control.OnStatusMessage(new StatusMessageFrame(0, 1, 2, 0, 0, Window, receiver, tag), position, limit, nowNanos);
}
