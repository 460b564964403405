using HftDelta.Aeron;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>Channels and publications that are meant by a number.</summary>
[CancelAfter(20_000)]
internal sealed class TagTests
{
    [Test]
    public void A_channel_of_nothing_but_a_tag_means_the_open_one()
    {
        using var pair = new AeronPair();
        using var first = pair.PublisherDriver.AddPublication(AeronPair.Channel("tags=1001"), 1);
        using var second = pair.PublisherDriver.AddPublication("aeron:udp?tags=1001", 2);
        using var again = pair.PublisherDriver.AddPublication("aeron:udp?tags=1001", 1);
        Assert.That(pair.PublisherHost.OpenCount, Is.EqualTo(1));
        Assert.That(second.LocalEndpoint, Is.EqualTo(first.LocalEndpoint));
        Assert.That(again.SessionId, Is.EqualTo(first.SessionId));
        Assert.That(
            () => pair.PublisherDriver.AddPublication("aeron:udp?endpoint=10.0.0.2:7|tags=1001", 3),
            Throws.TypeOf<AeronException>().With.Message.Contains("another channel"));
        Assert.That(
            () => pair.PublisherDriver.AddPublication("aeron:udp?tags=1002", 3),
            Throws.TypeOf<AeronException>().With.Message.Contains("no channel with this tag"));
    }

    [Test]
    public void Channels_whose_port_the_system_chooses_share_a_socket_only_by_tag()
    {
        using var pair = new AeronPair();
        const string channel = "aeron:udp?control=10.0.0.1:0|control-mode=dynamic";
        using var one = pair.PublisherDriver.AddPublication(channel + "|tags=5", 1);
        using var other = pair.PublisherDriver.AddPublication(channel, 1);
        using var tagged = pair.PublisherDriver.AddPublication(channel + "|tags=5", 1);
        Assert.That(other.LocalEndpoint, Is.Not.EqualTo(one.LocalEndpoint));
        Assert.That(tagged.SessionId, Is.EqualTo(one.SessionId));
    }

    [Test]
    public void A_session_may_be_that_of_a_tagged_publication()
    {
        using var pair = new AeronPair();
        using var first = pair.PublisherDriver.AddPublication(AeronPair.Channel("tags=1,77"), 1);
        using var second = pair.PublisherDriver.AddExclusivePublication(
            AeronPair.Channel("session-id=tag:77"), 2);
        Assert.That(second.SessionId, Is.EqualTo(first.SessionId));
        Assert.That(
            () => pair.PublisherDriver.AddExclusivePublication(AeronPair.Channel("session-id=tag:77"), 1),
            Throws.TypeOf<AeronException>().With.Message.Contains("is taken"));
        Assert.That(
            () => pair.PublisherDriver.AddExclusivePublication(AeronPair.Channel("session-id=tag:77|mtu=2048"), 3),
            Throws.TypeOf<AeronException>().With.Message.Contains("mtu=1408"));
        Assert.That(
            () => pair.PublisherDriver.AddExclusivePublication(AeronPair.Channel("tags=2,77"), 3),
            Throws.TypeOf<AeronException>().With.Message.Contains("tag"));
    }

    [Test]
    public void A_socket_that_is_open_is_not_opened_again_with_other_buffers()
    {
        using var pair = new AeronPair();
        using var first = pair.PublisherDriver.AddPublication(AeronPair.Channel("so-sndbuf=128k"), 1);
        using var same = pair.PublisherDriver.AddPublication(AeronPair.Channel(), 2);
        Assert.That(
            () => pair.PublisherDriver.AddPublication(AeronPair.Channel("so-sndbuf=256k"), 3),
            Throws.TypeOf<AeronException>().With.Message.Contains("so-sndbuf=131072"));
    }
}
