using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Wire;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// Strategies end before the first of their legs: their orders are open in all legs, so they have to go before positions are
/// closed. Owner: the engine agent.
/// </summary>
internal sealed class StrategyExpiry(VenueState state, EventEmitter events, EventBudget budget)
{
    /// <summary>Ends every strategy of a leg that expires.</summary>
    /// <returns>False when one of them is busy, or the budget has no room for the next.</returns>
    public bool ExpireOf(uint leg)
    {
        while (state.Strategies.UseCount(leg) != 0)
        {
            var strategy = state.Strategies.UseAt(leg, 0);
            ref var listed = ref state.Instruments.Write(strategy);
            if (listed.Busy != 0 || !budget.HasRoomForUnit)
            {
                return false;
            }

            listed.State = InstrumentState.Expired;
            state.Markets.Records.Write(strategy).WantedState = default;
            state.Strategies.Detach(strategy);
            events.InstrumentDefinition(strategy);
            state.Pending.Add(PendingKind.CancelInstrumentOrders, strategy);
            state.Pending.Add(PendingKind.CloseInstrumentPositions, strategy);
        }

        return true;
    }
}
