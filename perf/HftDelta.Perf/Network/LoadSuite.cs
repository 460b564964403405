using System.Globalization;
using HftDelta.Journal.Writing;
using HftDelta.Perf.Pipeline;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Network;

/// <summary>
/// Wire to wire by load: first how much the venue takes, then latency at shares of that, for each durability mode, with a replica
/// and without.
/// </summary>
public static class LoadSuite
{
    private static readonly double[] Shares = [0.10, 0.50, 0.80, 0.95];
    private static readonly double[] HalfOnly = [0.50];
    private static readonly double[] QuickShares = [0.10, 0.50];

    public static SuiteResult Run(SuiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SuiteResult(
            "load",
            string.Create(
                CultureInfo.InvariantCulture,
                $"A venue on UDP (loopback), threading {WireVenue.Threading.ToText()}, and a client of the SDK on a thread of "
                + $"its own. First the maximum: closed loop, {WireClient.Window:#,0} requests unanswered, median of turns. Then "
                + $"open loop at shares of it: from the intended time of sending to the first report told to the client. Floor: "
                + $"datagrams of {RawEcho.LengthBytes} bytes between two connected sockets at the same rate, in turns. Medians"));
        var volume = options.Quick ? LoadVolume.Quick : options.Full ? LoadVolume.Full : LoadVolume.Base;
        using var echo = new RawEcho();
        foreach (var (plan, shares) in Plans(options.Volume))
        {
            new LoadMeasurement(plan, volume, echo, result).Run(shares);
        }

        result.Notes.Add("a hundred per cent is the maximum of the same venue in the same minute");
        result.Notes.Add("no thread is pinned; venue and floor wait by backoff, the client and the floor's first thread spin and "
            + "then yield; nobody listens to public data");
        result.Notes.Add("a replica is a process of its own on the same cores: it recomputes every command; no "
            + "epoch ends meanwhile");
        result.Notes.Add("the floor sends each message by itself; the venue's client packs what is due into datagrams, so that "
            + "at high rates a ratio below 1 is possible");
        result.Notes.Add(SuiteNotes.Machine());
        return result;
    }

    /// <summary>The base case at every load; each other case at half load, or at every one for the matrix.</summary>
    internal static IEnumerable<(WirePlan Plan, double[] Shares)> Plans(Volume volume)
    {
        foreach (var durability in Enum.GetValues<DurabilityMode>())
        {
            foreach (var hasReplica in (bool[])[false, true])
            {
                var isBase = durability == DurabilityMode.Process && !hasReplica;
                var changes = (durability == DurabilityMode.Process ? 0 : 1) + (hasReplica ? 1 : 0);
                var plan = new WirePlan(IdleKind.Backoff, durability, hasReplica);
                if (volume == Volume.Full || (isBase && volume == Volume.Base))
                {
                    yield return (plan, Shares);
                }
                else if (isBase)
                {
                    yield return (plan, QuickShares);
                }
                else if (volume == Volume.Base && changes == 1)
                {
                    yield return (plan, HalfOnly);
                }
            }
        }
    }
}

/// <summary>How much is measured.</summary>
/// <param name="WarmUpCommands">Before anything is measured, for each venue.</param>
/// <param name="Pairs">Turns of floor and venue, and of the maximum, odd.</param>
/// <param name="TurnSeconds">Length of one turn.</param>
/// <param name="SeriesSeconds">Length of the series at half load; 0: none.</param>
internal sealed record LoadVolume(int WarmUpCommands, int Pairs, double TurnSeconds, double SeriesSeconds)
{
    public static readonly LoadVolume Quick = new(20_000, 3, 0.15, 1);
    public static readonly LoadVolume Base = new(80_000, 7, 0.5, 10);
    public static readonly LoadVolume Full = new(80_000, 9, 1.0, 60);
}
