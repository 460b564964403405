using HftDelta.Client.Requests;
using HftDelta.Primitives.Numbers;

namespace HftDelta.Client.Samples;

/// <summary>What a sample did. Requests are the sum of its outcomes and of what is outstanding.</summary>
public readonly record struct SampleStatistics
{
    public long Requests { get; init; }

    public long Accepted { get; init; }

    public long Replaced { get; init; }

    public long Canceled { get; init; }

    public long Rejected { get; init; }

    public long NotApplied { get; init; }

    /// <summary>Calls whose end is not known; those that were resolved late count as what they were.</summary>
    public long Unknown { get; init; }

    /// <summary>Calls that ended as unknown and were resolved later.</summary>
    public long ResolvedLate { get; init; }

    /// <summary>Outcomes that had to be asked for.</summary>
    public long Recovered { get; init; }

    /// <summary>Calls that were refused here, because the session was not open or its window full.</summary>
    public long Refused { get; init; }

    public long Fills { get; init; }

    public long FilledLots { get; init; }

    /// <summary>Orders that the venue took out of itself.</summary>
    public long Cancellations { get; init; }

    public long Settlements { get; init; }

    /// <summary>Times that the session was established.</summary>
    public long Established { get; init; }

    public long ReportsHealed { get; init; }

    public long ReportsLost { get; init; }

    /// <summary>Calls that have ended.</summary>
    public long Ended => Accepted + Replaced + Canceled + Rejected + NotApplied + Unknown;
}

/// <summary>Counts. Owner: the client's thread.</summary>
internal sealed class SampleTally
{
    private readonly long[] _outcomes = new long[(int)OutcomeKind.Unknown + 1];

    public long Recovered { get; private set; }

    public long ResolvedLate { get; private set; }

    public long Refused { get; set; }

    public long Fills { get; set; }

    public long FilledLots { get; set; }

    public long Cancellations { get; set; }

    public long Settlements { get; set; }

    public long Established { get; set; }

    public long ReportsHealed { get; set; }

    public long ReportsLost { get; set; }

    public void Count(in RequestOutcome outcome)
    {
        _outcomes[(int)outcome.Kind]++;
        Recovered += outcome.IsRecovered ? 1 : 0;
    }

    /// <summary>It was counted as unknown before.</summary>
    public void CountLate(in RequestOutcome outcome)
    {
        _outcomes[(int)OutcomeKind.Unknown]--;
        ResolvedLate++;
        Count(in outcome);
    }

    public SampleStatistics Read(int outstanding)
    {
        var read = new SampleStatistics
        {
            Accepted = _outcomes[(int)OutcomeKind.Accepted],
            Replaced = _outcomes[(int)OutcomeKind.Replaced],
            Canceled = _outcomes[(int)OutcomeKind.Canceled],
            Rejected = _outcomes[(int)OutcomeKind.Rejected],
            NotApplied = _outcomes[(int)OutcomeKind.NotApplied],
            Unknown = _outcomes[(int)OutcomeKind.Unknown],
            ResolvedLate = ResolvedLate,
            Recovered = Recovered,
            Refused = Refused,
            Fills = Fills,
            FilledLots = FilledLots,
            Cancellations = Cancellations,
            Settlements = Settlements,
            Established = Established,
            ReportsHealed = ReportsHealed,
            ReportsLost = ReportsLost,
        };
        return read with { Requests = read.Ended + outstanding };
    }
}

/// <summary>Seeded chance for samples, so that a seed repeats a run. Mutable struct: one owner.</summary>
internal struct SampleNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>From 0 to one below the bound.</summary>
    public int Below(int bound) => (int)(((SplitMix64.Next(ref _state) >> 32) * (ulong)bound) >> 32);
}
