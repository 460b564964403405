using System.Globalization;
using HftDelta.Perf.Network;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Soak;

/// <summary>What must hold at the end of a soak, as lines of a table.</summary>
internal static class SoakChecks
{
    private const double Mebi = 1_048_576;

    public static void AddMemory(IList<SuiteCheck> checks, string label, IReadOnlyList<double> readings)
    {
        var flatness = Flatness.Of(readings);
        checks.Add(new SuiteCheck(
            label,
            Text($"rises by {flatness.RiseBytes / Mebi:0.00} MiB, median {flatness.MedianBytes / Mebi:#,0.0} MiB"),
            Text($"at most {Flatness.RiseMaxBytes / Mebi:0} MiB"),
            flatness.Holds));
    }

    public static void AddStates(
        IList<SuiteCheck> checks, WireEnd end, SoakReplay replayed, IReadOnlyCollection<CommandSequence> snapshots)
    {
        Zero(checks, "conservation, sub-atoms off", (long)end.ConservationError.Value);
        Zero(checks, "conservation of the replay, sub-atoms off", (long)replayed.ConservationError.Value);
        Equal(checks, "state of the replica", end.Venue, end.Replica);
        checks.Add(new SuiteCheck(
            "snapshots of the replica",
            Text($"{snapshots.Count}, the replay began behind command {replayed.From:#,0}"),
            "one or more, and the replay begins with the newest",
            snapshots.Count > 0 && replayed.From == snapshots.First().Value));
        Equal(checks, "state of a replay from the newest snapshot", end.Venue, replayed.State);
        Zero(checks, "recorded hashes that the replay did not reach", replayed.PointsDifferent);
    }

    public static void AddRequests(IList<SuiteCheck> checks, SoakRequests requests)
    {
        checks.Add(new SuiteCheck(
            "requests answered", Number(requests.Answered), Text($"{requests.Sent:#,0}: each once"),
            requests.Answered == requests.Sent));
        checks.Add(new SuiteCheck(
            "requests that the venue's state counts", Number(requests.Applied), Text($"{requests.Sent:#,0}: each once"),
            requests.Applied == requests.Sent));
        Zero(checks, "requests whose end is not known", requests.Unknown);
        Zero(checks, "reports lost", requests.ReportsLost);
    }

    private static void Zero(IList<SuiteCheck> checks, string label, long found) =>
        checks.Add(new SuiteCheck(label, Number(found), "0", found == 0));

    private static void Equal(IList<SuiteCheck> checks, string label, StateWords wanted, StateWords? found) =>
        checks.Add(new SuiteCheck(label, Words(found), Words(wanted), found == wanted));

    /// <summary>The beginnings of the hashes: a difference shows in them, and the table stays legible.</summary>
    private static string Words(StateWords? state)
    {
        const int Letters = 12;
        return state is null
            ? "none"
            : Text($"command {state.LastSequence:#,0}, state {state.StateHash[..Letters]}, ")
                + $"history {state.HistoryHash[..Letters]}";
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Where a replay of the journal ended.</summary>
/// <param name="State">Behind the last command.</param>
/// <param name="From">The command of the snapshot that it began with; 0: with none.</param>
/// <param name="PointsDifferent">Recorded hashes that it did not reach.</param>
/// <param name="ConservationError">By how much its sums of money are off.</param>
internal sealed record SoakReplay(StateWords State, long From, long PointsDifferent, SubAtoms ConservationError);

/// <summary>What became of the requests of a soak, those before the open loop included.</summary>
internal readonly record struct SoakRequests
{
    public required long Sent { get; init; }

    /// <summary>As the client was told.</summary>
    public required long Answered { get; init; }

    /// <summary>As the venue's sessions count them.</summary>
    public required long Applied { get; init; }

    public required long Unknown { get; init; }

    public required long ReportsLost { get; init; }
}
