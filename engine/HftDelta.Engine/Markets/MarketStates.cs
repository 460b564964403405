using HftDelta.Engine.Instruments;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Triggers;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Markets;

/// <summary>
/// Changes of market states by the operator and by their end times. While work that trades is pending in an instrument, and
/// when the command has no room for more, a change waits as pending work; of several that wait the last one counts. Owner: the
/// engine agent.
/// </summary>
internal sealed class MarketStates(VenueState state, MarketPhases phases, Auctions auctions, TradingWork work, EventBudget budget)
{
    /// <summary>Instruments that the last change reached at once.</summary>
    public uint ChangedCount { get; private set; }

    /// <summary>Instruments in which the last change waits.</summary>
    public uint WaitingCount { get; private set; }

    public RejectCode Change(in InstrumentStateChangeDecoder message)
    {
        ChangedCount = 0;
        WaitingCount = 0;
        var phase = (InstrumentState)message.State;
        if (message.InstrumentId != 0)
        {
            if (!state.Instruments.Exists(message.InstrumentId))
            {
                return RejectCode.UnknownInstrument;
            }

            if (!state.Instruments.Read(message.InstrumentId).IsLive)
            {
                return RejectCode.InstrumentNotOpen;
            }
        }
        else if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (!CanBeAskedFor(phase))
        {
            return RejectCode.BadParameter;
        }

        if (message.InstrumentId != 0)
        {
            if (!CanBeIn(state.Instruments.Read(message.InstrumentId), phase))
            {
                return RejectCode.BadParameter;
            }

            Want(message.InstrumentId, phase);
        }
        else
        {
            WantAll(message.UnderlyingId, phase);
        }

        return default;
    }

    /// <summary>Auctions whose time has come end, in the order of their instruments' ids.</summary>
    public void RunEnds()
    {
        if (state.TimeNanos < phases.NextEndTime)
        {
            return;
        }

        for (var id = phases.TakeEnded(0); id != 0; id = phases.TakeEnded(id))
        {
            // The operator's word goes before the clock's.
            if (state.Markets.Records.Read(id).WantedState == default)
            {
                Want(id, InstrumentState.Open);
            }
        }
    }

    /// <summary>A change that waited.</summary>
    /// <returns>False when it has to wait on.</returns>
    public bool RunWanted(uint instrument)
    {
        var phase = state.Markets.Records.Read(instrument).WantedState;
        if (phase != default && state.Instruments.Read(instrument).Busy != 0)
        {
            return false;
        }

        // None is wanted any more where the instrument has expired meanwhile.
        if (phase != default)
        {
            state.Markets.Records.Write(instrument).WantedState = default;
            Apply(instrument, phase);
        }

        return true;
    }

    private static bool CanBeAskedFor(InstrumentState phase) => phase is
        InstrumentState.Open or InstrumentState.PreOpen or InstrumentState.OpeningAuction or
        InstrumentState.VolatilityAuction or InstrumentState.Halted or InstrumentState.Closed or InstrumentState.Settling;

    /// <summary>Strategies have no call phases.</summary>
    private static bool CanBeIn(in InstrumentRecord record, InstrumentState phase) =>
        record.Kind != Wire.InstrumentKind.Strategy ||
        phase is InstrumentState.Open or InstrumentState.Halted or InstrumentState.Closed or InstrumentState.Settling;

    private void WantAll(uint underlying, InstrumentState phase)
    {
        for (uint id = 1; id < state.Instruments.NextId; id++)
        {
            ref readonly var record = ref state.Instruments.Read(id);
            if (record.Underlying == underlying && record.IsLive && CanBeIn(record, phase))
            {
                Want(id, phase);
            }
        }
    }

    private void Want(uint instrument, InstrumentState phase)
    {
        var isWaiting = state.Markets.Records.Read(instrument).WantedState != default;
        if (!isWaiting && state.Instruments.Read(instrument).Busy == 0 && budget.HasRoomForUnit)
        {
            ChangedCount++;
            Apply(instrument, phase);
            return;
        }

        WaitingCount++;
        state.Markets.Records.Write(instrument).WantedState = phase;
        if (!isWaiting)
        {
            state.Pending.Add(PendingKind.ChangeMarketState, instrument);
        }
    }

    private void Apply(uint instrument, InstrumentState phase)
    {
        phases.Enter(instrument, phase);
        if (phase == InstrumentState.Open)
        {
            auctions.BeginUncross(instrument);
        }
        else
        {
            work.Done(instrument);
        }
    }
}
