using HftDelta.Engine.Orders;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// Ends work that kept an instrument busy. What could not be done meanwhile comes now: pegged orders follow the oracle, then
/// what is triggered is activated before or after the present command. Owner: the engine agent.
/// </summary>
internal sealed class TradingWork(VenueState state, PegMoves pegs, BookTops tops, EventBudget budget)
{
    /// <param name="instrument">Nothing is pending in it any more that trades.</param>
    public void Done(uint instrument)
    {
        ref var listed = ref state.Instruments.Write(instrument);
        listed.Busy = 0;
        if (state.Strategies.Any)
        {
            // What strategies could not take meanwhile they look at when the command ends.
            tops.Changed(instrument);
        }

        var conditional = state.Orders.Conditional;
        if (conditional.Count == 0)
        {
            return;
        }

        pegs.Reprice(instrument);
        if (listed.Busy != 0 || listed.State != InstrumentState.Open || conditional.Observed(instrument).Seen == 0)
        {
            return;
        }

        conditional.Note(instrument);
        if (budget.IsPendingWork && conditional.FindTriggered(instrument) != 0)
        {
            // Nor does other pending work come before what this has triggered.
            listed.Busy = 1;
            conditional.Observe(instrument).Phase = ActivationPhase.Due;
        }
    }
}
