using HftDelta.Engine.Orders;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Triggers;
using HftDelta.Wire;

namespace HftDelta.Engine.Markets;

/// <summary>
/// Ends calls in one price, and tells during an auction what that would be. The uncross is trading work: what one command has no
/// room for is pending, and the instrument is busy until it is done. Owner: the engine agent.
/// </summary>
internal sealed class Auctions(
    VenueState state, MarketEvents events, AuctionSearch search, UncrossFills fills, TradingWork work,
    EventBudget budget, BookTops tops)
{
    /// <summary>The instrument trades from now on: a book that stands crossed is uncrossed first.</summary>
    public void BeginUncross(uint instrument)
    {
        if (!state.Book(instrument).IsCrossed)
        {
            work.Done(instrument);
            return;
        }

        state.Instruments.Write(instrument).Busy = 1;
        ref var market = ref state.Markets.Records.Write(instrument);
        market.Scan = default;
        market.UncrossPrice = 0;
        market.UncrossVolume = 0;
        var units = int.MaxValue;
        if (!RunUncross(instrument, ref units))
        {
            state.Pending.Add(PendingKind.Uncross, instrument);
        }
    }

    /// <summary>
    /// Goes on with an uncross: finds the price, fills at it, tells what it did. Cancels in between, and reduce-only orders,
    /// can leave the book crossed at another price; then it is uncrossed again, so that nothing ever trades continuously in a
    /// crossed book.
    /// </summary>
    /// <param name="instrument">One that is busy with this.</param>
    /// <param name="units">How many fills it may make; lowered by those made.</param>
    /// <returns>True when it is done.</returns>
    public bool RunUncross(uint instrument, ref int units)
    {
        ref var market = ref state.Markets.Records.Write(instrument);
        ForgetScanOfChangedBook(instrument);
        while (true)
        {
            if (market.UncrossPrice == 0)
            {
                if (!search.TryFind(instrument, out var result))
                {
                    return false;
                }

                market.UncrossPrice = result.Price;
                market.UncrossVolume = 0;
                market.UncrossImbalance = result.Imbalance;
                if (result.Price == 0)
                {
                    break;
                }
            }

            if (!fills.Run(instrument, ref units) || !budget.HasRoomForUnit)
            {
                return false;
            }

            Tell(instrument);
        }

        work.Done(instrument);
        return true;
    }

    /// <summary>
    /// At the end of a command: whoever searched in a book that has changed begins again, and auctions tell their indications.
    /// </summary>
    public void EndCommand()
    {
        for (var place = 0; place < tops.ChangedCount; place++)
        {
            var instrument = tops.ChangedAt(place);
            ref readonly var record = ref state.Instruments.Read(instrument);
            if (record.Busy != 0 || record.IsAuction)
            {
                state.Markets.Records.Write(instrument).Scan = default;
                Indicate(instrument);
            }
        }
    }

    /// <summary>Goes on with the search for an indication.</summary>
    /// <returns>False when it is not finished and should let others go first.</returns>
    public bool RunIndication(uint instrument)
    {
        ForgetScanOfChangedBook(instrument);
        ref var market = ref state.Markets.Records.Write(instrument);
        if (state.Instruments.Read(instrument).IsAuction)
        {
            if (!search.TryFind(instrument, out var result))
            {
                return false;
            }

            Tell(instrument, result);
        }

        market.IsIndicating = 0;
        return true;
    }

    private void Indicate(uint instrument)
    {
        ref var market = ref state.Markets.Records.Write(instrument);
        if (market.IsIndicating != 0 || !state.Instruments.Read(instrument).IsAuction)
        {
            return;
        }

        if (search.TryFind(instrument, out var result))
        {
            Tell(instrument, result);
            return;
        }

        market.IsIndicating = 1;
        state.Pending.Add(PendingKind.IndicateAuction, instrument);
    }

    private void Tell(uint instrument, in AuctionResult result)
    {
        ref var market = ref state.Markets.Records.Write(instrument);
        if (market.IndicatedPrice == result.Price && market.IndicatedVolume == result.Volume &&
            market.IndicatedImbalance == result.Imbalance)
        {
            return;
        }

        market.IndicatedPrice = result.Price;
        market.IndicatedVolume = result.Volume;
        market.IndicatedImbalance = result.Imbalance;
        events.AuctionIndication(instrument, result.Price, result.Volume, result.Imbalance);
    }

    /// <summary>The uncross has been done: its price is the last trade's.</summary>
    private void Tell(uint instrument)
    {
        ref var market = ref state.Markets.Records.Write(instrument);
        events.AuctionIndication(instrument, market.UncrossPrice, market.UncrossVolume, market.UncrossImbalance);
        if (market.UncrossVolume != 0)
        {
            market.BandMiddle = market.UncrossPrice;
            PriceWatch.Observe(state, instrument, TriggerSource.LastTrade, market.UncrossPrice);
        }

        market.UncrossPrice = 0;
        market.UncrossVolume = 0;
    }

    private void ForgetScanOfChangedBook(uint instrument)
    {
        if (tops.IsChanged(instrument))
        {
            state.Markets.Records.Write(instrument).Scan = default;
        }
    }
}
