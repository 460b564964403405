using System.Diagnostics;

namespace HftDelta.Node.BookReplay;

/// <summary>What a replay of a recorded stream found.</summary>
public sealed record HdbsReplayResult
{
    public required string Profile { get; init; }

    /// <summary>Operations of the set-up, which are not timed.</summary>
    public required long Prefilled { get; init; }

    /// <summary>Operations that are timed.</summary>
    public required long Operations { get; init; }

    public required long Trades { get; init; }

    public required long VolumeLots { get; init; }

    /// <summary>Orders that rest at the end.</summary>
    public required long Resting { get; init; }

    public required ulong DigestExpected { get; init; }

    public required ulong DigestComputed { get; init; }

    /// <summary>Every pass made the same trades.</summary>
    public required bool PassesAgree { get; init; }

    public required int PassesTimed { get; init; }

    /// <summary>Median of the timed passes.</summary>
    public required double NanosPerOperation { get; init; }

    public bool IsEqual => DigestComputed == DigestExpected && PassesAgree;
}

/// <summary>
/// Plays a recorded stream into the production book. The first pass gives the result; then the stream is played until the
/// code is compiled for good, and some passes more are timed. Every pass has a fresh book and must give the same digest.
/// </summary>
public static class HdbsReplay
{
    private const int PassesTimed = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(700);

    /// <param name="path">The stream, gzip or plain.</param>
    /// <param name="sparse">Forces the pooled levels: no band.</param>
    /// <exception cref="ReplayInputException">The file cannot be read or is malformed.</exception>
    public static HdbsReplayResult Run(string path, bool sparse) => Run(HdbsStream.Read(path), sparse);

    public static HdbsReplayResult Run(HdbsStream stream, bool sparse)
    {
        var first = Pass(stream, sparse, out _);
        var agree = true;
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < WarmUp;)
        {
            agree &= Pass(stream, sparse, out _).Digest == first.Digest;
        }

        var nanos = new double[PassesTimed];
        for (var pass = 0; pass < PassesTimed; pass++)
        {
            agree &= Pass(stream, sparse, out var elapsed).Digest == first.Digest;
            nanos[pass] = elapsed.TotalNanoseconds / Math.Max(1, stream.Timed.Length);
        }

        Array.Sort(nanos);
        return new HdbsReplayResult
        {
            Profile = stream.Profile,
            Prefilled = stream.PrefillCount,
            Operations = stream.Timed.Length,
            Trades = first.Trades,
            VolumeLots = first.Volume,
            Resting = first.Resting,
            DigestExpected = stream.DigestExpected,
            DigestComputed = first.Digest,
            PassesAgree = agree,
            PassesTimed = PassesTimed,
            NanosPerOperation = nanos[PassesTimed / 2],
        };
    }

    private static (ulong Digest, long Trades, long Volume, long Resting) Pass(
        HdbsStream stream, bool sparse, out TimeSpan elapsed)
    {
        using var book = new HdbsBook(stream, sparse);
        book.Apply(stream.Prefill);
        var started = Stopwatch.GetTimestamp();
        book.Apply(stream.Timed);
        elapsed = Stopwatch.GetElapsedTime(started);
        return (book.Digest, book.Trades, book.VolumeLots, book.RestingCount);
    }
}
