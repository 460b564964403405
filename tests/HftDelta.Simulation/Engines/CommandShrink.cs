using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// Makes a list of commands on which two venues part smaller: drops chunks, halves, quarters, single ones, and then takes
/// terms away from what is left. Every step is a whole run; their number is bounded.
/// </summary>
public sealed class CommandShrink(Func<IReadOnlyList<VenueCommand>, VenueDivergence?> run, int runsMax = 3_000)
{
    private int _runs;

    /// <param name="commands">They part.</param>
    /// <returns>Fewer commands on which they still part, and how.</returns>
    public (List<VenueCommand> Commands, VenueDivergence Divergence) Shrink(IReadOnlyList<VenueCommand> commands)
    {
        var divergence = run(commands) ?? throw new ArgumentException("they agree", nameof(commands));
        var left = commands.Take(divergence.Index + 1).ToList();
        var size = 0;
        while (left.Count != size && _runs < runsMax)
        {
            size = left.Count;
            divergence = Drop(ref left, divergence);
            divergence = Simplify(left, divergence);
        }

        return (left, divergence);
    }

    private VenueDivergence Drop(ref List<VenueCommand> left, VenueDivergence divergence)
    {
        for (var chunk = left.Count / 2; chunk > 0; chunk /= 2)
        {
            for (var start = 0; start < left.Count;)
            {
                List<VenueCommand> fewer = [.. left.Take(start), .. left.Skip(start + chunk)];
                if (TryRun(fewer) is { } smaller)
                {
                    left = [.. fewer.Take(smaller.Index + 1)];
                    divergence = smaller;
                }
                else
                {
                    start += chunk;
                }
            }
        }

        return divergence;
    }

    private VenueDivergence Simplify(List<VenueCommand> left, VenueDivergence divergence)
    {
        for (var index = 0; index < left.Count; index++)
        {
            foreach (var simpler in left[index] is NewOrder order ? Simpler(order) : [])
            {
                var before = left[index];
                if (simpler == before)
                {
                    continue;
                }

                left[index] = simpler;
                if (TryRun(left) is { } smaller && smaller.Index == left.Count - 1)
                {
                    divergence = smaller;
                    break;
                }

                left[index] = before;
            }
        }

        return divergence;
    }

    private static IEnumerable<NewOrder> Simpler(NewOrder order)
    {
        yield return order with { Flags = default, SelfTradePrevention = default, DisplayQuantity = 0 };
        yield return order with { Flags = default };
        yield return order with { SelfTradePrevention = default };
        yield return order with { DisplayQuantity = 0 };
        yield return order with { MinimumQuantity = 0 };
        yield return order with { TimeInForce = TimeInForce.GoodTillCancel, ExpireTime = 0 };
        yield return order with { IsExtended = false };
        yield return order with { Quantity = Math.Max(1, order.Quantity / 2) };
    }

    private VenueDivergence? TryRun(List<VenueCommand> commands) =>
        _runs++ < runsMax && commands.Count > 0 ? run(commands) : null;
}
