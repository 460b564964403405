using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Output;
using HftDelta.Engine.State;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Risk;

/// <summary>
/// The core's side of the risk marker: freezes the inputs of at most one computation per underlying, and installs its
/// results when the GreeksReady command comes. Inputs are taken at the last settlement price, so a delta never knows of
/// a move that it will be applied to. Owner: the engine agent.
/// </summary>
internal sealed class RiskFreezer(VenueState state, RiskWorkspace workspace, InternalEvents events, FundingIndices funding)
{
    /// <summary>Freezes the underlying's inputs if they changed and nothing is outstanding.</summary>
    public void FreezeIfDue(uint underlying)
    {
        ref var record = ref state.Underlyings.Write(underlying);
        if (record.Dirty == 0 || record.FrozenSequence != 0 || record.SettledPrice == 0)
        {
            return;
        }

        record.Dirty = 0;
        var first = Freeze(record);
        if (first == 0)
        {
            return;
        }

        record.FrozenFirst = first;
        record.FrozenSequence = state.Sequence;
        record.FrozenTime = state.TimeNanos;
        record.FrozenPrice = record.SettledPrice;
        record.FrozenVersion = record.Version;
        state.Results.ComputedSequence(underlying) = 0;
        UpdateDeadline();
        events.RiskInputs(underlying);
    }

    /// <summary>Asks again for what is outstanding: after a start there is no worker that knows of it.</summary>
    public void AskAgain()
    {
        for (uint id = 1; id < state.Underlyings.NextId; id++)
        {
            if (state.Underlyings.Read(id).FrozenSequence != 0)
            {
                events.RiskInputs(id);
            }
        }
    }

    /// <summary>The marker: installs the results, or ignores them if the instruments or parameters changed meanwhile.</summary>
    public RejectCode Install(in GreeksReadyDecoder marker)
    {
        var underlying = marker.UnderlyingId;
        if (!state.Underlyings.Exists(underlying))
        {
            return RejectCode.UnknownUnderlying;
        }

        ref var record = ref state.Underlyings.Write(underlying);
        if (record.FrozenSequence == 0 || (ulong)record.FrozenSequence != marker.InputSequence)
        {
            return RejectCode.BadParameter;
        }

        if (state.Results.ComputedSequence(underlying) != record.FrozenSequence)
        {
            workspace.Compute(new UnderlyingId(underlying), new CommandSequence(record.FrozenSequence));
        }

        var hash = workspace.HashOf(new UnderlyingId(underlying));
        var expected = new Hash256(
            marker.ResultHash.Word0, marker.ResultHash.Word1, marker.ResultHash.Word2, marker.ResultHash.Word3);
        if (hash != expected)
        {
            throw new StateDivergenceException(
                $"risk results of underlying {underlying} frozen at {record.FrozenSequence} " +
                $"hash to {hash}, the marker says {expected}");
        }

        if (record.Version == record.FrozenVersion)
        {
            InstallAll(ref record);
            state.MarkVersion++;
            PriceWatch.MarksMoved(state, underlying);
        }
        else
        {
            record.Dirty = 1;
        }

        record.FrozenSequence = 0;
        UpdateDeadline();
        FreezeIfDue(underlying);
        return default;
    }

    /// <summary>Delta, mark and vector of a newly listed instrument, from the present settlement price.</summary>
    public void EvaluateListed(uint instrument)
    {
        ref var record = ref state.Instruments.Write(instrument);
        ref readonly var underlying = ref state.Underlyings.Read(record.Underlying);
        ref var result = ref state.Results.At(underlying.ResultSide, instrument);
        new InstrumentRisk(state.Slices, state.TimeNanos).Evaluate(instrument, InputsOf(record, 0, 0), ref result);
        record.Delta = result.Delta;
        record.Mark = result.Mark;
        state.Vectors.Write(instrument) = new VectorRecord { Digest = result.Digest, IsInstalled = 1 };
        Margin.SetRequirements(ref record, underlying);
    }

    /// <summary>What the kernel says that a lot is worth at a price of its underlying; with the present volatility.</summary>
    public Int128 MarkAt(uint instrument, long price)
    {
        var inputs = InputsOf(state.Instruments.Read(instrument), 0, 0);
        inputs.Price = price;
        InstrumentResult result = default;
        new InstrumentRisk(state.Slices, state.TimeNanos).Evaluate(instrument, inputs, ref result);
        return result.Mark;
    }

    /// <summary>The instrument has expired: nothing can happen to it any more.</summary>
    public void Forget(uint instrument) => state.Vectors.Write(instrument) = default;

    /// <summary>After a computation began or ended, or a timeout changed.</summary>
    public void UpdateDeadline()
    {
        var earliest = ulong.MaxValue;
        for (uint id = 1; id < state.Underlyings.NextId; id++)
        {
            ref readonly var record = ref state.Underlyings.Read(id);
            var deadline = record.FrozenTime + record.RiskTimeoutNanos;
            if (record.FrozenSequence != 0 && deadline < earliest)
            {
                earliest = deadline;
            }
        }

        state.RiskDeadline = earliest;
    }

    private uint Freeze(in UnderlyingRecord underlying)
    {
        uint first = 0;
        for (var id = underlying.FirstInstrument; id != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            ref readonly var instrument = ref state.Instruments.Read(id);
            if (instrument.IsLive)
            {
                state.Frozen.Write(id) = InputsOf(instrument, state.Sequence, first);
                first = id;
            }
        }

        return first;
    }

    /// <summary>
    /// From here on the computed side is the installed one. Marks follow their delta from the frozen price to the present one.
    /// </summary>
    private void InstallAll(ref UnderlyingRecord underlying)
    {
        underlying.ResultSide = (byte)(1 - underlying.ResultSide);
        for (var id = underlying.FrozenFirst; id != 0; id = state.Frozen.Read(id).Next)
        {
            ref readonly var result = ref state.Results.At(underlying.ResultSide, id);
            state.Vectors.Write(id) = new VectorRecord { Digest = result.Digest, IsInstalled = 1 };
            if (state.Instruments.Read(id).IsModelled)
            {
                Install(id, result, underlying);
            }
        }
    }

    private void Install(uint id, in InstrumentResult result, in UnderlyingRecord underlying)
    {
        ref var instrument = ref state.Instruments.Write(id);
        Check.That(instrument.IsLive);
        if (instrument.IsFunded != 0)
        {
            funding.Accrue(id, instrument, underlying);
        }

        var moved = (Int128)result.Delta * (instrument.SettlementPrice - state.Frozen.Read(id).Price);
        instrument.Delta = result.Delta;
        instrument.Mark = result.Mark + (moved * instrument.AtomsPerUnderlyingTick);
        Margin.SetRequirements(ref instrument, underlying);
        if (instrument.IsFunded != 0)
        {
            funding.Observe(id, instrument);
        }
    }

    private FrozenInstrument InputsOf(in InstrumentRecord instrument, long sequence, uint next)
    {
        var slice = instrument.Kind == Wire.InstrumentKind.EuropeanOption ? state.Points.Read(instrument.Point).Slice : 0;
        return new FrozenInstrument
        {
            Sequence = sequence,
            Strike = instrument.Strike,
            Price = instrument.SettlementPrice,
            ExpiryTime = instrument.ExpiryTime,
            VolatilityQ48 = instrument.VolatilityQ48,
            AtomsPerUnderlyingTick = instrument.AtomsPerUnderlyingTick,
            Next = next,
            OptionKind = instrument.OptionKind,
            Kind = instrument.Kind,
            FundingPeriodNanos = instrument.FundingPeriodNanos,
            PowerScale = instrument.PowerScale,
            PowerScaleBits = instrument.PowerScaleBits,
            Degree = instrument.Degree,
            Slice = slice,
            SliceSide = slice == 0 ? (byte)0 : state.Slices.Read(slice).Side,
        };
    }
}
