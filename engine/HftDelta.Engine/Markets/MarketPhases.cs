using HftDelta.Engine.Orders;
using HftDelta.Primitives;
using HftDelta.Wire;

namespace HftDelta.Engine.Markets;

/// <summary>
/// Puts an instrument into a market state and tells the public; what follows from it is the caller's. Owner: the engine agent.
/// </summary>
internal sealed class MarketPhases(VenueState state, MarketEvents events, BookTops tops)
{
    /// <summary>The earliest end time of any instrument; the largest value if none ends by itself.</summary>
    public ulong NextEndTime { get; private set; } = ulong.MaxValue;

    /// <summary>A trading phase of its own begins, also where the instrument was in this state before.</summary>
    public void Enter(uint instrument, InstrumentState phase)
    {
        ref var record = ref state.Instruments.Write(instrument);
        Check.That(record.IsLive);
        ref var market = ref state.Markets.Records.Write(instrument);
        record.State = phase;
        record.HasTradedInPhase = 0;
        market.BandMiddle = 0;
        market.IndicatedPrice = 0;
        market.IndicatedVolume = 0;
        market.IndicatedImbalance = 0;
        market.Scan = default;
        var length = LengthOf(instrument, phase);
        market.EndTime = length == 0 ? 0 : state.TimeNanos + length;
        if (length != 0 && market.EndTime < NextEndTime)
        {
            NextEndTime = market.EndTime;
        }

        events.InstrumentStatus(instrument);
        if (record.IsAuction)
        {
            // Whatever stands there is told as an indication when the command ends.
            tops.ChangedToAuction(instrument);
        }
    }

    /// <summary>A trade of a sweep would be too far from the last one: the instrument is called to an auction instead.</summary>
    public void BeginVolatilityAuction(uint instrument) => Enter(instrument, InstrumentState.VolatilityAuction);

    /// <summary>Takes the end times that have come out of the records.</summary>
    /// <param name="after">The instrument that was given last; 0 to begin.</param>
    /// <returns>The next instrument whose state ends by now; 0 when there is none.</returns>
    public uint TakeEnded(uint after)
    {
        for (var id = after + 1; id < state.Instruments.NextId; id++)
        {
            var end = state.Markets.Records.Read(id).EndTime;
            if (end != 0 && end <= state.TimeNanos)
            {
                state.Markets.Records.Write(id).EndTime = 0;
                return id;
            }
        }

        FindNextEndTime();
        return 0;
    }

    /// <summary>An expired instrument has no market any more.</summary>
    public void Forget(uint instrument)
    {
        ref var market = ref state.Markets.Records.Write(instrument);
        var isIndicating = market.IsIndicating;
        market = new MarketRecord { IsIndicating = isIndicating };
    }

    private void FindNextEndTime()
    {
        NextEndTime = ulong.MaxValue;
        for (uint id = 1; id < state.Instruments.NextId; id++)
        {
            var end = state.Markets.Records.Read(id).EndTime;
            NextEndTime = end != 0 && end < NextEndTime ? end : NextEndTime;
        }
    }

    private ulong LengthOf(uint instrument, InstrumentState phase)
    {
        ref readonly var rules = ref state.Markets.Rules.Read(instrument);
        return phase switch
        {
            InstrumentState.OpeningAuction => rules.OpeningAuctionNanos,
            InstrumentState.VolatilityAuction => rules.VolatilityAuctionNanos,
            _ => 0,
        };
    }
}
