using HftDelta.Aeron.FlowControl;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.FlowControl;

/// <summary>Who counts as a receiver that is there.</summary>
[CancelAfter(20_000)]
internal sealed class ReceiverLivenessTests
{
    private const long Timeout = 1_000;

    [Test]
    public void A_receiver_is_there_until_it_was_silent_for_longer_than_the_timeout()
    {
        var liveness = new ReceiverLiveness(Timeout, receiversMax: 4);
        liveness.OnStatusMessage(1, nowNanos: 0);
        liveness.OnStatusMessage(2, nowNanos: 10);
        liveness.OnStatusMessage(1, nowNanos: 20);
        liveness.OnIdle(Timeout + 11);
        Assert.That(liveness.Remove(2), Is.False, "it is gone");
        liveness.OnIdle(Timeout + 20);
        Assert.That(liveness.HasReceivers, Is.True);
        liveness.OnIdle(Timeout + 21);
        Assert.That(liveness.HasReceivers, Is.False);
    }

    [Test]
    public void Removing_tells_whether_it_was_there()
    {
        var liveness = new ReceiverLiveness(Timeout, receiversMax: 4);
        liveness.OnStatusMessage(1, 0);
        liveness.OnStatusMessage(2, 0);
        Assert.That((liveness.Remove(1), liveness.Remove(1), liveness.HasReceivers), Is.EqualTo((true, false, true)));
        Assert.That((liveness.Remove(2), liveness.HasReceivers), Is.EqualTo((true, false)));
    }

    [Test]
    public void The_one_that_is_silent_for_longest_makes_room()
    {
        var liveness = new ReceiverLiveness(Timeout, receiversMax: 3);
        for (var receiver = 1; receiver <= 3; receiver++)
        {
            liveness.OnStatusMessage(receiver, receiver);
        }

        liveness.OnStatusMessage(1, 4);
        liveness.OnStatusMessage(9, 5);
        Assert.That(
            (liveness.Remove(1), liveness.Remove(2), liveness.Remove(3), liveness.Remove(9)),
            Is.EqualTo((true, false, true, true)));
    }
}
