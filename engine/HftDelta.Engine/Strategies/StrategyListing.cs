using HftDelta.Engine.Books;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.InstrumentKind;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// Lists strategies. A strategy is an instrument without an index, a mark or a position: it is in no list of its underlying,
/// so settlement and risk never meet it. Owner: the engine agent.
/// </summary>
internal sealed class StrategyListing(VenueState state, EventEmitter events)
{
    private const int RatioMax = 8;

    public RejectCode List(in ListStrategyDecoder message)
    {
        var code = Check(message, out var record, out var atomsPerTick);
        if (code != default)
        {
            return code;
        }

        var id = state.Instruments.Add(new InstrumentRecord
        {
            Underlying = message.UnderlyingId,
            Kind = InstrumentKind.Strategy,
            State = InstrumentState.Open,
            AtomsPerTick = atomsPerTick,
            Symbol = SymbolText.From(message.Symbol),
        });
        state.Strategies.Add(id, record);
        state.AddBook(id, new OrderBook(state.Orders.Slab, new InstrumentId(id), Geometry(message)));
        events.InstrumentDefinition(id);
        StrategyEvents.Definition(state, events, id);
        return default;
    }

    private RejectCode Check(in ListStrategyDecoder message, out StrategyRecord record, out long atomsPerTick)
    {
        record = default;
        atomsPerTick = 0;
        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        if (message.InstrumentId != state.Instruments.NextId)
        {
            return state.Instruments.Exists(message.InstrumentId) ? RejectCode.AlreadyExists : RejectCode.BadParameter;
        }

        if (!state.Instruments.HasRoom)
        {
            return RejectCode.CapacityExhausted;
        }

        return TryRead(message, ref record, ref atomsPerTick) && HasUnitLeg(ref record) && Geometry(message).IsValid
            ? default
            : RejectCode.BadParameter;
    }

    private bool TryRead(in ListStrategyDecoder message, ref StrategyRecord record, ref long atomsPerTick)
    {
        foreach (var leg in message.Legs)
        {
            if (record.LegCount == StrategyRecord.LegsMax || !IsLeg(record, message.UnderlyingId, leg.InstrumentId) ||
                leg.Ratio is 0 or < -RatioMax or > RatioMax)
            {
                return false;
            }

            var atoms = state.Instruments.Read(leg.InstrumentId).AtomsPerTick;
            if (record.LegCount != 0 && atoms != atomsPerTick)
            {
                return false;
            }

            atomsPerTick = atoms;
            record.Legs[record.LegCount] = leg.InstrumentId;
            record.Ratios[record.LegCount++] = leg.Ratio;
        }

        return record.LegCount >= 2;
    }

    private bool IsLeg(in StrategyRecord record, uint underlying, uint id)
    {
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            if (record.Legs[leg] == id)
            {
                return false;
            }
        }

        if (!state.Instruments.Exists(id))
        {
            return false;
        }

        ref readonly var listed = ref state.Instruments.Read(id);
        return listed.IsLive && listed.Kind != InstrumentKind.Strategy && listed.Underlying == underlying &&
            state.Strategies.UseCount(id) < StrategyTable.StrategiesPerLeg;
    }

    /// <summary>With a ratio of 1 or -1 there is no common divisor either.</summary>
    private static bool HasUnitLeg(ref StrategyRecord record)
    {
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            if (StrategyLegs.Size(record.Ratios[leg]) == 1)
            {
                record.UnitLeg = leg;
                return true;
            }
        }

        return false;
    }

    private BookGeometry Geometry(in ListStrategyDecoder message) =>
        new(new PriceTicks(message.BandBase), (int)message.BandTicks) { LevelsMax = state.Limits.LevelsPerBook };
}
