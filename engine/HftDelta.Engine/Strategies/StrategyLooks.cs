using HftDelta.Engine.Orders;
using HftDelta.Engine.Pending;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// At the end of a command: strategies whose own book or whose legs' books it has changed look whether a resting order can take
/// from the legs. What the command has no room for is pending work, and the strategy is busy until it is done. Owner: the
/// engine agent.
/// </summary>
internal sealed class StrategyLooks(VenueState state, StrategyMatching matching, BookTops tops)
{
    /// <summary>
    /// Books in the order in which the command first changed them, their strategies in the order of their ids, until no book
    /// changes any more.
    /// </summary>
    /// <returns>Whether anything traded, or had to wait.</returns>
    public bool Run()
    {
        var before = state.LastTradeId;
        var isAgain = true;
        while (isAgain)
        {
            isAgain = false;
            for (var place = 0; place < tops.ChangedCount; place++)
            {
                var instrument = tops.ChangedAt(place);
                if (tops.TakeNew(instrument))
                {
                    isAgain = true;
                    LookAfter(instrument);
                }
            }
        }

        return state.LastTradeId != before;
    }

    /// <summary>Goes on with a look that had to wait.</summary>
    /// <param name="strategy">One that is busy with this.</param>
    /// <param name="units">How many steps it may make; lowered by those made.</param>
    /// <returns>True when it is done.</returns>
    public bool RunPending(uint strategy, ref int units) => matching.Look(strategy, ref units);

    private void LookAfter(uint instrument)
    {
        if (state.Instruments.Read(instrument).Kind == Wire.InstrumentKind.Strategy)
        {
            Look(instrument);
            return;
        }

        for (var place = 0; place < state.Strategies.UseCount(instrument); place++)
        {
            Look(state.Strategies.UseAt(instrument, place));
        }
    }

    private void Look(uint strategy)
    {
        // Whoever is at work there has its book looked at in the end.
        if (state.Instruments.Read(strategy).Busy != 0)
        {
            return;
        }

        var units = int.MaxValue;
        if (!matching.Look(strategy, ref units))
        {
            state.Instruments.Write(strategy).Busy = 1;
            state.Pending.Add(PendingKind.LookAtStrategy, strategy);
        }
    }
}
