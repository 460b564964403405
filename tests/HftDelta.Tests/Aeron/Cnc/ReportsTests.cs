using HftDelta.Aeron.Loss;
using HftDelta.Aeron.Sockets;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Cnc;

/// <summary>The log of distinct errors and the loss report, written by us and read back.</summary>
[CancelAfter(20_000)]
internal sealed class ReportsTests
{
    [Test]
    public void An_error_is_told_once_with_how_often_and_when()
    {
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        AeronFolderPublication.Publish(directory);
        var first = folder.Clock.Now;

        directory.Tell("no room");
        folder.Clock.Advance(5 * AeronFolder.Millisecond);
        directory.Tell("naïve umlaut ü");
        directory.Tell("no room");

        using var reader = folder.Read();
        var errors = reader.ReadErrors();
        Assert.That(errors.Select(error => error.Words), Is.EqualTo(["no room", "naïve umlaut ü"]));
        Assert.That(errors[0].Observations, Is.EqualTo(2));
        Assert.That((errors[0].First, errors[0].Last), Is.EqualTo((first, folder.Clock.Now)));
        Assert.That(directory.Errors.Count, Is.EqualTo(3));
    }

    [Test]
    public void A_full_error_log_keeps_what_it_has_and_goes_on_counting()
    {
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        AeronFolderPublication.Publish(directory);
        var words = new string('x', 100_000);

        for (var number = 0; number < 20; number++)
        {
            directory.Tell($"{number} {words}");
        }

        using var reader = folder.Read();
        Assert.That(reader.ReadErrors(), Has.Count.EqualTo(10));
        Assert.That(directory.Errors.Count, Is.EqualTo(20));
    }

    [Test]
    public void Losses_of_a_stream_add_up_in_one_line()
    {
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        AeronFolderPublication.Publish(directory);
        var first = folder.Clock.Now;

        directory.Losses.OnLoss(Loss(folder, image: 4, bytes: 1_408));
        directory.Losses.OnLoss(Loss(folder, image: 5, bytes: 32));
        folder.Clock.Advance(7 * AeronFolder.Millisecond);
        directory.Losses.OnLoss(Loss(folder, image: 4, bytes: 64));

        using var reader = folder.Read();
        var losses = reader.ReadLosses();
        Assert.That(losses, Has.Count.EqualTo(2));
        Assert.That(losses[0].Observations, Is.EqualTo(2));
        Assert.That(losses[0].LostBytes, Is.EqualTo(1_472));
        Assert.That((losses[0].First, losses[0].Last), Is.EqualTo((first, folder.Clock.Now)));
        Assert.That(
            (losses[0].SessionId, losses[0].StreamId, losses[0].Channel, losses[0].Source),
            Is.EqualTo((104, 1001, "aeron:udp?endpoint=127.0.0.1:24340", "10.0.0.1:40123")));
        Assert.That((losses[1].SessionId, losses[1].LostBytes), Is.EqualTo((105, 32L)));
    }

    [Test]
    public void A_full_loss_report_keeps_what_it_has()
    {
        using var folder = new AeronFolder();
        using var directory = folder.Open();
        AeronFolderPublication.Publish(directory);

        for (var image = 0; image < 20_000; image++)
        {
            directory.Losses.OnLoss(Loss(folder, image, bytes: 32));
        }

        directory.Losses.OnLoss(Loss(folder, image: 0, bytes: 32));

        // 100 bytes of fields and text: 128 of them each.
        using var reader = folder.Read();
        var losses = reader.ReadLosses();
        Assert.That(losses, Has.Count.EqualTo(1024 * 1024 / 128));
        Assert.That(losses[0].Observations, Is.EqualTo(2));
    }

    private static LossObservation Loss(AeronFolder folder, long image, int bytes) => new(
        image,
        100 + (int)image,
        1001,
        "aeron:udp?endpoint=127.0.0.1:24340",
        SocketEndpoint.Parse("10.0.0.1:40123"),
        bytes,
        (long)folder.Clock.Now.Value);
}
