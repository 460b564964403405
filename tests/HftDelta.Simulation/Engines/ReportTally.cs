using System.Runtime.InteropServices;

namespace HftDelta.Simulation.Engines;

/// <summary>How often which kind of report was made, by what keeps the kinds apart; they get their names at the end.</summary>
internal sealed class ReportTally
{
    private readonly Dictionary<(Type Kind, int Code), (VenueReport Example, long Count)> _counts = [];

    public void Add(VenueReport report)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _counts, (report.GetType(), CodeOf(report)), out var isThere);
        entry = (isThere ? entry.Example : report, entry.Count + 1);
    }

    public void AddTo(SortedDictionary<string, long> tally)
    {
        foreach (var (example, count) in _counts.Values)
        {
            var name = NameOf(example);
            tally[name] = tally.GetValueOrDefault(name) + count;
        }
    }

    private static int CodeOf(VenueReport report) => report switch
    {
        Rejected told => (int)told.Code,
        CancelRejected told => (int)told.Code,
        Canceled told => (int)told.Reason,
        Repriced told => (int)told.Reason,
        Filled told => told.Leaves == 0 ? 1 : 0,
        Replaced told => told.IsPriorityKept ? 1 : 0,
        MassCanceled told => (int)told.Code,
        Quoted told => (int)told.Code,
        Protected told => told.ClientOrderId == 0 ? -1 : (int)told.Code,
        StatusChanged told => (int)told.State,
        Indicated told => (int)told.State,
        Refused told => (int)told.Code,
        _ => 0,
    };

    private static string NameOf(VenueReport report) => report switch
    {
        Rejected told => $"rejected {told.Code}",
        CancelRejected told => $"cancel-rejected {told.Code}",
        Canceled told => $"canceled {told.Reason}",
        Repriced told => $"repriced {told.Reason}",
        Filled told => told.Leaves == 0 ? "filled whole" : "filled in part",
        Replaced told => told.IsPriorityKept ? "replaced kept" : "replaced lost",
        MassCanceled told => $"mass-canceled {told.Code}",
        Quoted told => $"quoted {told.Code}",
        Protected told => $"protection {(told.ClientOrderId == 0 ? "acted" : $"{told.Code}")}",
        StatusChanged told => $"state {told.State}",
        Indicated told => $"indication {told.State}",
        Refused told => $"refused {told.Code}",
        _ => report.GetType().Name,
    };
}
