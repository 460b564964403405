using HdrHistogram;
using HftDelta.Client.Samples;
using HftDelta.Node.Cli;
using HftDelta.Wire;

namespace HftDelta.Node.Load;

/// <summary>What a run of the canonical load found; counts are those of the measured time unless they say otherwise.</summary>
public sealed record LoadRunResult
{
    // The last answers come behind the last intended moment, and who ends it early leaves one that was due right then.
    private const double WantedShare = 0.95;

    private const int BrokenOffError = 1067;
    private const int AllRefusedError = 1068;

    /// <summary>From intended time to answer, in nanoseconds.</summary>
    public required LongHistogram Latency { get; init; }

    /// <summary>The same by the time, with the hiccups of the client's machine beside it.</summary>
    public required TimeSeries Series { get; init; }

    /// <summary>All hiccups of the measured time.</summary>
    public required LongHistogram Hiccups { get; init; }

    /// <summary>From the first intended send to the last answer.</summary>
    public required double Seconds { get; init; }

    public required LoadCounts Counts { get; init; }

    /// <summary>Requests that were due and never left, because the venue or this machine was too slow, or had no price.</summary>
    public required long NotSent { get; init; }

    /// <summary>Why the venue rejected how many.</summary>
    public required IReadOnlyList<LoadReject> Rejects { get; init; }

    /// <summary>Instruments that had no price at the end, and why.</summary>
    public required IReadOnlyList<string> Unpriced { get; init; }

    /// <summary>Why it ended before its time; null: it did not, or was asked to.</summary>
    public string? BrokenOff { get; init; }

    /// <summary>Cancels of what it had left resting, behind the measured time.</summary>
    public long Withdrawn { get; init; }

    /// <summary>Orders that it could not cancel; they go with the session.</summary>
    public long LeftResting { get; init; }

    /// <summary>What the whole run has added to the account's positions, where it is not 0.</summary>
    public IReadOnlyList<LoadPosition> Positions { get; init; } = [];

    public long Answered => Latency.TotalCount;

    public double AnsweredPerSecond => Seconds > 0 ? Answered / Seconds : 0;

    /// <summary>Refused by the venue, but for cancels of what was filled before.</summary>
    public double RefusedShare => Counts.Sent == 0
        ? 0
        : Rejects.Where(reject => reject.Code != RejectCode.UnknownOrder).Sum(reject => reject.Count) / (double)Counts.Sent;

    /// <summary>The wanted rate was held; if not, latencies hold a queue that grew.</summary>
    public bool Holds(double ratePerSecond) =>
        Answered >= WantedShare * (Answered + NotSent) && AnsweredPerSecond >= WantedShare * ratePerSecond;

    /// <exception cref="OperatorException">The venue was lost meanwhile, or refused everything.</exception>
    public void ThrowIfUseless(LoadRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (BrokenOff is { } why)
        {
            throw new OperatorException(
                BrokenOffError, ExitCode.Unreachable, $"the load ended early at {options.Venue}: {why}",
                "look at the venue; what is told holds what was answered until then");
        }

        if (Counts is { Acknowledged: 0, Rejected: > 0 })
        {
            throw new OperatorException(
                AllRefusedError, ExitCode.Rejected,
                $"the venue at {options.Venue} refused every request: {string.Join(", ", Rejects.Select(one => one.Code))}",
                "look whether the market is halted and the account has money: hftdelta control status, on the venue's machine");
        }
    }
}

/// <summary>How requests went.</summary>
/// <param name="Sent">By this client.</param>
/// <param name="Acknowledged">Applied: accepted, cancelled.</param>
/// <param name="Rejected">Refused by the venue.</param>
/// <param name="Unknown">Without an outcome, or not applied in time.</param>
/// <param name="AskedAgain">Sent again because their answer took long.</param>
/// <param name="Fills">Of its own orders.</param>
/// <param name="FilledLots">Of them.</param>
public readonly record struct LoadCounts(
    long Sent, long Acknowledged, long Rejected, long Unknown, long AskedAgain, long Fills, long FilledLots)
{
    internal static LoadCounts Of(WireClient client)
    {
        SampleStatistics all = client.Load.Statistics;
        return new LoadCounts(
            client.Sent, all.Accepted + all.Canceled + all.Replaced, all.Rejected, all.Unknown + all.NotApplied, client.Resent,
            all.Fills, all.FilledLots);
    }

    internal LoadCounts Since(LoadCounts before) => new(
        Sent - before.Sent,
        Acknowledged - before.Acknowledged,
        Rejected - before.Rejected,
        Unknown - before.Unknown,
        AskedAgain - before.AskedAgain,
        Fills - before.Fills,
        FilledLots - before.FilledLots);
}

/// <param name="Code">The venue's reason.</param>
/// <param name="Count">How often.</param>
public readonly record struct LoadReject(RejectCode Code, long Count);

/// <param name="Symbol">Of the instrument.</param>
/// <param name="Lots">Below 0: sold.</param>
public readonly record struct LoadPosition(string Symbol, long Lots);
