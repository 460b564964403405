using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Network;

/// <summary>Reports that are asked for again.</summary>
[CancelAfter(60_000)]
internal sealed class RetransmissionTests
{
    [Test]
    public void Reports_come_again_in_order_flagged_and_otherwise_the_same_bytes_while_live_ones_go_on()
    {
        using var rig = NetworkRig.Trading();
        var client = WithReports(rig, 100);
        var first = client.All(OrderAcceptedDecoder.TemplateId).ToArray();
        client.Received.Clear();
        client.Retransmit(1, 100);
        for (var count = 0; count < 20; count++)
        {
            client.Order(Side.Buy, 990, 1);
        }

        rig.Until(() => client.Reports().Count == 120, "all reports");
        var announced = client.Received.FindIndex(one => one.TemplateId == RetransmissionDecoder.TemplateId);
        var firstAgain = client.Received.FindIndex(
            one => one.TemplateId == OrderAcceptedDecoder.TemplateId && IsAgain(one.Frame));
        Assert.That(announced, Is.InRange(0, firstAgain), "it is announced first");
        var frame = client.Received[announced].Frame;
        Assert.That(RetransmissionDecoder.Trusted(frame).FromSequence, Is.EqualTo(1));
        Assert.That(RetransmissionDecoder.Trusted(frame).Count_, Is.EqualTo(100));
        var reports = client.Reports();
        Assert.That(reports.Where(one => one.Again).Select(one => one.Sequence), Is.EqualTo(Numbers(1, 100)));
        Assert.That(reports.Where(one => !one.Again).Select(one => one.Sequence), Is.EqualTo(Numbers(101, 20)));
        Assert.That(
            reports.FindIndex(one => !one.Again), Is.LessThan(99), "a live report does not wait for the last of the others");

        var again = client.All(OrderAcceptedDecoder.TemplateId).Where(IsAgain).Select(Unflagged).ToArray();
        Assert.That(again, Is.EqualTo(first));
        Assert.That(rig.Venue.EgressCounters.Retransmitted.Value, Is.EqualTo(100));
    }

    [TestCase(0UL, 1U, SessionRejectCode.BadSequence)]
    [TestCase(1UL, 0U, SessionRejectCode.BadSequence)]
    [TestCase(24UL, 1U, SessionRejectCode.RangeNotAvailable)]
    [TestCase(40UL, 2U, SessionRejectCode.RangeNotAvailable)]
    [TestCase(41UL, 1U, SessionRejectCode.RangeNotAvailable)]
    [TestCase(ulong.MaxValue, uint.MaxValue, SessionRejectCode.RangeNotAvailable)]
    public void What_is_not_kept_is_refused_with_what_is(ulong from, uint count, SessionRejectCode code)
    {
        using var rig = NetworkRig.Trading(
            options => options with { Limits = options.Limits with { ReportsPerSession = 16 } });
        var client = WithReports(rig, 40);
        client.Retransmit(from, count);
        rig.Until(() => client.Has(RetransmitRejectedDecoder.TemplateId), "the refusal");
        var refusal = RetransmitRejectedDecoder.Trusted(client.Last(RetransmitRejectedDecoder.TemplateId));
        Assert.That(refusal.Code, Is.EqualTo(code));
        Assert.That((refusal.AvailableFrom, refusal.AvailableTo), Is.EqualTo((25UL, 40UL)));

        client.Received.Clear();
        client.Retransmit(25, 16);
        rig.Until(() => client.Reports().Count == 16, "what is kept");
    }

    [Test]
    public void One_retransmission_at_a_time()
    {
        using var rig = NetworkRig.Trading();
        var client = WithReports(rig, 40);
        client.Received.Clear();
        client.Retransmit(1, 40);
        client.Retransmit(1, 1);
        rig.Until(() => client.Reports().Count == 40, "the reports");
        rig.Steps(50);
        var refusal = RetransmitRejectedDecoder.Trusted(client.All(RetransmitRejectedDecoder.TemplateId).Single());
        Assert.That(refusal.Code, Is.EqualTo(SessionRejectCode.RetransmissionOutstanding));

        client.Retransmit(1, 1);
        rig.Until(() => client.Reports().Count == 41, "the next one");
    }

    [Test]
    public void A_reader_that_stops_in_the_middle_is_told_what_newer_reports_overtook()
    {
        using var rig = NetworkRig.Trading(
            options => options with { Limits = options.Limits with { ReportsPerSession = 256 } },
            network => network with { BacklogSlots = 4_096 });
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        Order(rig, client, 256);
        client.Received.Clear();
        client.Retransmit(1, 256);
        client.IsDeaf = true;
        for (var round = 0; round < 8; round++)
        {
            for (var count = 0; count < 50; count++)
            {
                client.Order(Side.Buy, 990, 1);
            }

            rig.Steps(100);
        }

        client.IsDeaf = false;
        rig.Until(() => client.Has(RetransmitRejectedDecoder.TemplateId), "the refusal of the rest");
        rig.Steps(500);
        var refusal = RetransmitRejectedDecoder.Trusted(client.Last(RetransmitRejectedDecoder.TemplateId));
        Assert.That(refusal.Code, Is.EqualTo(SessionRejectCode.RangeNotAvailable));
        var again = client.Reports().Where(one => one.Again).Select(one => one.Sequence).ToArray();
        Assert.That(again, Is.EqualTo(Numbers(1, again.Length)));
        Assert.That(again, Has.Length.LessThan(256));
        Assert.That(client.Reports().Where(one => !one.Again).Select(one => one.Sequence), Is.EqualTo(Numbers(257, 400)));
        Assert.That(rig.Venue.EgressCounters.ConnectionsCut.Value, Is.Zero);
    }

    private static RawClient WithReports(NetworkRig rig, int count)
    {
        var client = rig.Established(NetworkRig.Alice, 1, keepAliveMillis: 60_000);
        Order(rig, client, count);
        return client;
    }

    private static void Order(NetworkRig rig, RawClient client, int count)
    {
        for (var order = 0; order < count; order++)
        {
            client.Order(Side.Buy, 990, 1);
            if (order % 50 == 49)
            {
                rig.Steps(20);
            }
        }

        rig.Until(() => client.CountOf(OrderAcceptedDecoder.TemplateId) == count, "the orders");
    }

    private static IEnumerable<ulong> Numbers(int first, int count) =>
        Enumerable.Range(first, count).Select(number => (ulong)number);

    internal static bool IsAgain(byte[] frame) =>
        (OrderAcceptedDecoder.Trusted(frame).Header.Flags & ReportFlags.Retransmitted) != 0;

    internal static byte[] Unflagged(byte[] frame)
    {
        var copy = frame.ToArray();
        copy.AsSpan(8 + ReportHeaderDecoder.FlagsOffset, sizeof(uint)).Clear();
        return copy;
    }
}
