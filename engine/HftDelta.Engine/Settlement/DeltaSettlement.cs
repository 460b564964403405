using HftDelta.Engine.Accounts;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Output;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Triggers;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Settlement;

/// <summary>
/// Moves the delta index of instruments when their underlying has moved: D += delta x (S - S*) x atoms per tick, with the
/// delta that was known before the move (the left-point rule), then S* = S. At an interval funding indices move first, at the
/// old price, and what is due for a true-up has its index made the mark again, less what it was apart at listing: D then holds
/// all that delta did not explain. Costs O(instruments of the underlying); accounts are applied when they are touched.
/// Owner: the engine agent.
/// </summary>
internal sealed class DeltaSettlement(
    VenueState state, EventWriter writer, EventEmitter events, RiskFreezer freezer, ForwardCurves curves,
    FundingIndices funding)
{
    /// <summary>Length of a FundingSettlement without entries, and of one: an expiry has room for a small message only.</summary>
    private const int FundingFixedBytes = 52;
    private const int FundingEntryBytes = 40;

    /// <summary>Whether the underlying has moved far enough since its last settlement tick.</summary>
    public bool IsThresholdReached(uint underlying)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        var move = record.Price - record.SettledPrice;
        var share = (long)((UInt128)(ulong)record.SettledPrice * record.ThresholdPpm / 1_000_000);
        var threshold = record.ThresholdTicks > share ? record.ThresholdTicks : share;
        return (move < 0 ? -move : move) >= threshold;
    }

    /// <summary>
    /// A settlement tick: all live instruments of the underlying, each to the forward of its expiry, and new inputs for its
    /// risk. A dead price settles nothing. Only an interval's own tick begins the next interval, with a dead price too: what
    /// waits for intervals comes however often the other triggers settle.
    /// </summary>
    public void Tick(uint underlying, SettlementTrigger trigger)
    {
        ref var record = ref state.Underlyings.Write(underlying);
        if (record.IntervalNanos != 0 &&
            (trigger == SettlementTrigger.Interval || record.NextIntervalTime == ulong.MaxValue))
        {
            record.NextIntervalTime = state.TimeNanos + record.IntervalNanos;
        }

        if (record.Staleness == StalenessClass.Dead)
        {
            return;
        }

        funding.AccrueAll(underlying);
        if (trigger == SettlementTrigger.Interval)
        {
            MoveFunding(underlying, record);
        }

        record.SettledPrice = record.Price;
        curves.MakeForwards(underlying);
        var id = record.FirstInstrument;
        while (id != 0)
        {
            id = SettleSome(underlying, record, trigger, id);
        }

        IndicesAndMarksChanged();
        PriceWatch.MarksMoved(state, underlying);
        record.Dirty = 1;
        freezer.FreezeIfDue(underlying);
    }

    /// <summary>
    /// Before a rate changes: what has gathered by the old one is moved, funding too, which waits for an interval otherwise. A
    /// dead price settles nothing; the funding of the time before it died moves.
    /// </summary>
    public void SettleAll(uint underlying)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        if (record.Price == 0)
        {
            return;
        }

        funding.AccrueAll(underlying);
        MoveFunding(underlying, record);
        IndicesAndMarksChanged();
        Tick(underlying, SettlementTrigger.ParameterActivation);
    }

    /// <summary>
    /// The last tick of an instrument: funding is paid through its end; whatever its delta was, the index becomes the payoff, so
    /// that the position is worth nothing more; its orders and positions are then closed as pending work.
    /// </summary>
    public void Expire(uint instrument)
    {
        ref var record = ref state.Instruments.Write(instrument);
        ref var underlying = ref state.Underlyings.Write(record.Underlying);
        Check.That(record.IsLive);
        underlying.Version++;
        if (record.IsFunded != 0)
        {
            funding.Accrue(instrument, record, underlying);
            WriteFunding(record.Underlying, instrument, 1);
            underlying.FundedCount--;
        }

        var previous = record.SettlementPrice;
        var price = curves.FixedPrice(record.Underlying, record.Point);
        var indexBefore = record.Index;
        record.Index = record.IsPerpetual && record.IsModelled
            ? freezer.MarkAt(instrument, price)
            : ((Int128)PayoffTicks(record, price) * record.AtomsPerUnderlyingTick) << Scale.SubAtomBits;
        state.Fees.Accrue(instrument, ref record, record.Index - indexBefore, FeeCause.Settlement);
        record.SettlementPrice = price;
        record.Mark = record.Index;
        record.Delta = 0;
        record.State = InstrumentState.Expired;
        record.LongRequirement = 0;
        record.ShortRequirement = 0;
        freezer.Forget(instrument);
        IndicesAndMarksChanged();
        WriteSettlement(
            record.Underlying, SettlementTrigger.Expiry, price, instrument, previous, record.Index - indexBefore);
        events.InstrumentDefinition(instrument);
        state.Pending.Add(PendingKind.CancelInstrumentOrders, instrument);
        state.Pending.Add(PendingKind.CloseInstrumentPositions, instrument);
    }

    /// <summary>Takes an expired instrument that nobody holds any more out of its underlying's list.</summary>
    public void Remove(uint instrument)
    {
        ref var record = ref state.Instruments.Write(instrument);
        Check.That(record.State == InstrumentState.Expired);
        Check.That(record.OpenInterest == 0);
        Check.That(record.WeightedIndexSum == 0);
        Check.That(state.Funding.Read(instrument).WeightedIndexSum == 0);
        Check.That(record.FirstPosition == 0);
        record.State = InstrumentState.Removed;
        if (record.IsPhysical != 0)
        {
            ref var point = ref state.Points.Write(record.Point);
            point.DeliveringCount--;
            state.Delivery.Note(point.DeliveryDeadline);
        }

        state.RetireBook(instrument);
        if (record.Kind != InstrumentKind.Strategy)
        {
            Unlink(instrument, ref record);
        }

        events.InstrumentDefinition(instrument);
    }

    /// <summary>Strategies are in no underlying's list.</summary>
    private void Unlink(uint instrument, ref InstrumentRecord record)
    {
        ref var underlying = ref state.Underlyings.Write(record.Underlying);
        if (underlying.FirstInstrument == instrument)
        {
            underlying.FirstInstrument = record.NextOfUnderlying;
        }
        else
        {
            var before = underlying.FirstInstrument;
            while (state.Instruments.Read(before).NextOfUnderlying != instrument)
            {
                before = state.Instruments.Read(before).NextOfUnderlying;
            }

            state.Instruments.Write(before).NextOfUnderlying = record.NextOfUnderlying;
        }

        underlying.InstrumentCount--;
        record.NextOfUnderlying = 0;
    }

    /// <summary>What one lot pays at expiry, in ticks of the underlying.</summary>
    public static long PayoffTicks(in InstrumentRecord instrument, long price)
    {
        if (instrument.Kind != InstrumentKind.EuropeanOption)
        {
            return price;
        }

        var exercise = instrument.OptionKind == OptionKind.Call ? price - instrument.Strike : instrument.Strike - price;
        return exercise > 0 ? exercise : 0;
    }

    /// <summary>Settles instruments from <paramref name="first"/> on until one message is full.</summary>
    /// <returns>The instrument to go on with, or 0.</returns>
    private uint SettleSome(uint underlying, in UnderlyingRecord record, SettlementTrigger trigger, uint first)
    {
        var count = 0;
        var next = first;
        for (; next != 0 && count < EventBudget.InstrumentsPerSettlement; next = state.Instruments.Read(next).NextOfUnderlying)
        {
            count += state.Instruments.Read(next).IsLive ? 1 : 0;
        }

        var message = DeltaSettlementEncoder.Wrap(writer.Open(RecordEnvelope.FrameLengthMaxBytes));
        events.WriteHeader(message.Header);
        message.SetUnderlyingId(underlying).SetTrigger(trigger).SetLast(next == 0 ? (byte)1 : (byte)0)
            .SetPrice(record.Price);
        var group = message.SetInstruments(count);
        for (var id = first; id != next; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            if (!state.Instruments.Read(id).IsLive)
            {
                continue;
            }

            ref var instrument = ref state.Instruments.Write(id);
            var previous = instrument.SettlementPrice;
            var amount = Move(id, ref instrument, record, trigger);
            var entry = group.Next();
            entry.SetInstrumentId(id).SetPreviousPrice(previous).SetDelta(instrument.Delta)
                .SetSettlementPrice(instrument.SettlementPrice);
            EventEmitter.Write(entry.DeltaIndex, instrument.Index);
            EventEmitter.Write(entry.Amount, amount);
        }

        events.Publish(message.EncodedLength);
        return next;
    }

    private void WriteSettlement(
        uint underlying, SettlementTrigger trigger, long price, uint instrument, long previous, Int128 amount)
    {
        var message = DeltaSettlementEncoder.Wrap(writer.Open(RecordEnvelope.FrameLengthMaxBytes));
        events.WriteHeader(message.Header);
        message.SetUnderlyingId(underlying).SetTrigger(trigger).SetLast(1).SetPrice(price);
        var entry = message.SetInstruments(1).Next();
        entry.SetInstrumentId(instrument).SetPreviousPrice(previous).SetDelta(0).SetSettlementPrice(price);
        EventEmitter.Write(entry.DeltaIndex, state.Instruments.Read(instrument).Index);
        EventEmitter.Write(entry.Amount, amount);
        events.Publish(message.EncodedLength);
    }

    /// <returns>By how much the index has moved.</returns>
    private Int128 Move(uint id, ref InstrumentRecord instrument, in UnderlyingRecord underlying, SettlementTrigger trigger)
    {
        var before = instrument.Index;
        var price = instrument.Point == 0 ? underlying.Price : state.Points.Read(instrument.Point).Forward;
        var ticks = price - instrument.SettlementPrice;
        var change = (Int128)instrument.Delta * ticks * instrument.AtomsPerUnderlyingTick;
        if (IsIndex(before + change))
        {
            // Until the kernel speaks again the mark follows by delta: cash moves and the residual claim stays as it was.
            instrument.Index = before + change;
            instrument.Mark += change;
            instrument.SettlementPrice = price;
        }

        if (trigger == SettlementTrigger.Interval && instrument.TrueUpEvery != 0)
        {
            TrueUp(ref instrument);
        }

        state.Fees.Accrue(id, ref instrument, instrument.Index - before, FeeCause.Settlement);
        Margin.SetRequirements(ref instrument, underlying);
        if (instrument.IsFunding)
        {
            funding.Observe(id, instrument);
        }

        return instrument.Index - before;
    }

    /// <summary>
    /// Only a price that swung by the whole of its range a thousand times can bring an index out of its bounds. Such a move stays
    /// unsettled, which defers cash and loses none: exactness does not depend on the index.
    /// </summary>
    private static bool IsIndex(Int128 index) => index < Ledger.IndexBound && index > -Ledger.IndexBound;

    private static void TrueUp(ref InstrumentRecord instrument)
    {
        instrument.TrueUpIn--;
        if (instrument.TrueUpIn != 0)
        {
            return;
        }

        instrument.TrueUpIn = instrument.TrueUpEvery;
        var index = instrument.Mark - instrument.TrueUpBase;
        instrument.Index = IsIndex(index) ? index : instrument.Index;
    }

    /// <summary>Moves the funding indices of an underlying and tells of all of them.</summary>
    private void MoveFunding(uint underlying, in UnderlyingRecord record)
    {
        var id = record.FirstInstrument;
        for (var left = record.FundedCount; left != 0;)
        {
            var count = left < EventBudget.InstrumentsPerFunding ? left : EventBudget.InstrumentsPerFunding;
            left -= count;
            id = WriteFunding(underlying, id, count);
        }
    }

    /// <summary>Moves so many funding indices, from an instrument on, and tells of them in one message.</summary>
    /// <returns>The instrument to go on with.</returns>
    private uint WriteFunding(uint underlying, uint id, uint count)
    {
        var message = FundingSettlementEncoder.Wrap(writer.Open(FundingFixedBytes + ((int)count * FundingEntryBytes)));
        events.WriteHeader(message.Header);
        message.SetUnderlyingId(underlying);
        var group = message.SetInstruments((int)count);
        for (; count != 0; id = state.Instruments.Read(id).NextOfUnderlying)
        {
            if (!state.Instruments.Read(id).IsFunding)
            {
                continue;
            }

            count--;
            var amount = funding.Move(id, ref state.Instruments.Write(id));
            var entry = group.Next();
            entry.SetInstrumentId(id);
            EventEmitter.Write(entry.FundingIndex, state.Funding.Read(id).Index);
            EventEmitter.Write(entry.Amount, amount);
        }

        events.Publish(message.EncodedLength);
        return id;
    }

    private void IndicesAndMarksChanged()
    {
        state.Pool.Accrue(state.TimeNanos);
        state.Ledger.IndicesChanged();
        state.MarkVersion++;
        LiquidityCalls.Begin(state);
    }
}
