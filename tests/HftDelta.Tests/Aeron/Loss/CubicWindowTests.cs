using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Loss;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Loss;

/// <summary>The window that follows the losses: the function of RFC 9438, and what the official receiver told.</summary>
[CancelAfter(20_000)]
internal sealed class CubicWindowTests
{
    private const int Mtu = 1_408;
    private const int WindowMax = 128 * 1024;
    private const int DatagramsMax = WindowMax / Mtu;
    private const long RoundTrip = 100_000;
    private const long Second = 1_000_000_000;

    [Test]
    public void It_begins_with_ten_datagrams_or_what_the_window_holds()
    {
        Assert.That(Window(WindowMax).LengthBytes, Is.EqualTo(10 * Mtu));
        Assert.That(Window(4 * Mtu).LengthBytes, Is.EqualTo(4 * Mtu));
        Assert.That(Window(Mtu - 1).LengthBytes, Is.EqualTo(Mtu), "less than one datagram lets nothing through");
    }

    [Test]
    public void After_a_loss_a_fifth_is_gone_and_comes_back_as_the_cubic_function_says()
    {
        var window = Window(WindowMax);
        window.OnProgress(isLoss: false, 10 * Second);
        Assert.That(window.LengthBytes, Is.EqualTo(DatagramsMax * Mtu));

        Assert.That(window.OnProgress(isLoss: true, 10 * Second), Is.True, "the sender hears of it at once");
        Assert.That(window.LengthBytes / Mtu, Is.EqualTo((int)(DatagramsMax * 0.8)));

        // W(t) = C (t - K)^3 + Wmax with K = cbrt(Wmax (1 - beta) / C), C = 0.4 and beta = 0.8.
        var plateau = Math.Cbrt(DatagramsMax * 0.2 / 0.4);
        for (var tenths = 1; tenths < 100; tenths++)
        {
            var expected = DatagramsMax + (0.4 * Math.Pow((tenths / 10.0) - plateau, 3));
            window.OnProgress(isLoss: false, (10 * Second) + (tenths * Second / 10));
            Assert.That(
                window.LengthBytes / Mtu, Is.EqualTo(Math.Min(expected, DatagramsMax)).Within(1), $"after {tenths} tenths");
        }

        Assert.That(window.LengthBytes, Is.EqualTo(DatagramsMax * Mtu), "never more than the receiver's own");
    }

    [Test]
    public void Loss_after_loss_leaves_one_datagram()
    {
        var window = Window(WindowMax);
        for (var loss = 0; loss < 50; loss++)
        {
            window.OnProgress(isLoss: true, loss);
        }

        Assert.That(window.LengthBytes, Is.EqualTo(Mtu));
    }

    [Test]
    public void It_tells_the_windows_that_the_official_receiver_told_at_the_same_times()
    {
        using var recorded = VectorFiles.Read("07-rttm");
        var told = VectorFiles.Datagrams(recorded)
            .Where(datagram => datagram.Entry.GetProperty("dir").GetString() == "sub->pub"
                && StatusMessageFrame.TryRead(datagram.Bytes, out _) == FrameFault.None)
            .Select(datagram => (
                Nanos: datagram.Entry.GetProperty("t_us").GetInt64() * 1_000,
                Window: Read(datagram.Bytes).ReceiverWindow))
            .DistinctBy(status => status.Window)
            .ToArray();
        Assert.That(told, Has.Length.EqualTo(4), "four windows were told");

        // The image was made somewhat before its first message left. Where it is put is the one thing that is free here.
        var origin = told[2].Nanos - 102_800_000;
        var window = new CubicWindow(Mtu, 32 * 1024, measures: false, RoundTrip, origin);
        var ours = new List<(long Nanos, int Window)> { (told[0].Nanos, window.LengthBytes) };
        for (var now = told[0].Nanos; now <= told[^1].Nanos + 1_000_000; now += 200_000)
        {
            window.OnProgress(isLoss: false, now);
            if (window.LengthBytes != ours[^1].Window)
            {
                ours.Add((now, window.LengthBytes));
            }
        }

        Assert.That(ours.Select(change => change.Window), Is.EqualTo(told.Select(change => change.Window)));
        Assert.That(ours[^1].Nanos, Is.EqualTo(told[^1].Nanos).Within(1_000_000));
    }

    [Test]
    public void One_request_is_out_at_a_time_and_only_its_answer_counts()
    {
        var window = new CubicWindow(Mtu, WindowMax, measures: true, RoundTrip, 0);
        Assert.That(window.OnAnswer(0, 0, 5), Is.False, "nothing was asked");
        Assert.That(window.IsRequestDue(0), Is.True);
        window.OnRequestSent(1_000);
        Assert.That(window.IsRequestDue(50_000_000), Is.False);

        Assert.That(window.OnAnswer(999, 0, 2_000), Is.False, "another echo");
        Assert.That(window.OnAnswer(1_000, -1, 2_000), Is.False, "no time is negative");
        Assert.That(window.OnAnswer(1_000, 5_000, 2_000), Is.False, "longer than the whole trip");
        Assert.That(window.OnAnswer(1_000, 400, 2_000), Is.True);
        Assert.That(window.RoundTripNanos, Is.EqualTo(600));
        Assert.That(window.OnAnswer(1_000, 400, 9_000), Is.False, "once");

        Assert.That(window.IsRequestDue(1_000 + 10_000_000), Is.True);
        window.OnRequestSent(20_000_000);
        Assert.That(window.IsRequestDue(20_000_000 + Second), Is.True, "a lost one is given up");
        Assert.That(Window(WindowMax).IsRequestDue(Second), Is.False, "not unless it was asked to measure");
    }

    private static StatusMessageFrame Read(byte[] bytes)
    {
        Assert.That(StatusMessageFrame.TryRead(bytes, out var status), Is.EqualTo(FrameFault.None));
        return status;
    }

    private static CubicWindow Window(int max) => new(Mtu, max, measures: false, RoundTrip, 0);
}
