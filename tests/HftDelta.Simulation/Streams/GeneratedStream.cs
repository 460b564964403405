using HftDelta.Node.BookReplay;

namespace HftDelta.Simulation.Streams;

/// <summary>How a stream is made up. Distances are in ticks from the middle.</summary>
/// <param name="Name">What the stream is called.</param>
/// <param name="Prefill">Orders that rest before the clock starts.</param>
/// <param name="NearTicks">Where most passive orders go.</param>
/// <param name="FarTicks">Where the rest of them go.</param>
/// <param name="PrefillFarTicks">How far half of the set-up reaches.</param>
/// <param name="PassivePercent">Share of passive orders.</param>
/// <param name="CancelPercent">Share of cancels; what remains is aggressive.</param>
/// <param name="RecentCancelPercent">Share of cancels that aim at the 256 newest orders.</param>
public sealed record StreamProfile(
    string Name,
    int Prefill,
    int NearTicks,
    int FarTicks,
    int PrefillFarTicks,
    int PassivePercent,
    int CancelPercent,
    int RecentCancelPercent)
{
    public static readonly StreamProfile Mix = new("mix", 10_000, 10, 250, 250, 50, 40, 60);
    public static readonly StreamProfile Quote = new("quote", 1_000, 20, 20, 20, 49, 48, 60);
    public static readonly StreamProfile Deep = new("deep", 1_000_000, 10, 250, 20_000, 50, 40, 5);
}

/// <summary>
/// A stream by the rules of the recorded ones, around a middle that does not move: for the profile that is too large to be
/// stored, and for machines without the recorded files. Its digest is not known beforehand; the floor gives it.
/// </summary>
public static class GeneratedStream
{
    private const long Middle = 32_500;
    private const long PriceMax = 65_000;
    private const int NearPrefillTicks = 64;
    private const int RecentOrders = 256;

    public static HdbsStream Make(StreamProfile profile, int operations, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var random = new Generator(seed);
        var records = new HdbsRecord[profile.Prefill + operations];
        var number = 0UL;
        for (var index = 0; index < records.Length; index++)
        {
            var dice = index < profile.Prefill ? 0 : random.Below(100);
            if (index < profile.Prefill)
            {
                var reach = random.Below(2) == 0 ? profile.PrefillFarTicks : Math.Min(NearPrefillTicks, profile.PrefillFarTicks);
                records[index] = Passive(ref random, ++number, reach);
            }
            else if (dice < profile.PassivePercent)
            {
                records[index] = Passive(ref random, ++number, random.Below(100) < 80 ? profile.NearTicks : profile.FarTicks);
            }
            else if (dice < profile.PassivePercent + profile.CancelPercent)
            {
                records[index] = Cancel(ref random, number, profile.RecentCancelPercent);
            }
            else
            {
                records[index] = Aggressive(ref random, ++number);
            }
        }

        return new HdbsStream(profile.Name, records, profile.Prefill, PriceMax, number, digestExpected: 0);
    }

    private static HdbsRecord Passive(ref Generator random, ulong number, int reach)
    {
        var side = random.Below(2);
        var away = 1 + random.Below(reach);
        return Order(ref random, number, side, Middle + (side == 0 ? -away : away));
    }

    private static HdbsRecord Aggressive(ref Generator random, ulong number)
    {
        var side = random.Below(2);
        var through = 1 + random.Below(20);
        var record = Order(ref random, number, side, Middle + (side == 0 ? through : -through));
        record.Kind = 1;
        record.Quantity *= 2;
        record.TimeInForce = (byte)random.Below(2);
        return record;
    }

    private static HdbsRecord Order(ref Generator random, ulong number, int side, long price) => new()
    {
        Operation = HdbsRecord.New,
        SideCode = (byte)side,
        Quantity = (uint)(1 + random.Below(100)),
        OrderNumber = number,
        PriceTicks = price,
        Account = (ulong)(1 + random.Below(1_000)),
    };

    private static HdbsRecord Cancel(ref Generator random, ulong last, int recentPercent)
    {
        var back = random.Below(100) < recentPercent ? Math.Min(RecentOrders, (int)last) : (int)last;
        return new HdbsRecord { Operation = HdbsRecord.Cancel, Kind = 2, OrderNumber = last - (ulong)random.Below(back) };
    }

    /// <summary>SplitMix64.</summary>
    private struct Generator(ulong seed)
    {
        private ulong _state = seed;

        public int Below(int bound)
        {
            var mixed = _state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)((mixed ^ (mixed >> 31)) % (ulong)bound);
        }
    }
}
