using System.Runtime.CompilerServices;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Collateral;
using HftDelta.Engine.Deliveries;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Engine.Risk;

/// <summary>
/// Initial margin by rule (docs/margin.md), checked before an order is accepted. Equity is gross cash plus marked value,
/// so it does not depend on which index changes an account has applied. All sums in sub-atoms; requirements round up.
/// Owner: the engine agent. Invariant: an account whose MarkVersion is the venue's holds the exact sums over its positions as
/// they were last measured; all of them but the one that it names as changed since are as they were then.
/// </summary>
[SkipLocalsInit]
internal sealed class Margin(VenueState state)
{
    private const int Million = 1_000_000;

    /// <summary>The margin of one lot held long and short, from the instrument's marks; call it whenever they change.</summary>
    public static void SetRequirements(ref InstrumentRecord instrument, in UnderlyingRecord underlying)
    {
        var notional = (Int128)instrument.SettlementPrice * instrument.AtomsPerUnderlyingTick;
        if (instrument.Kind == InstrumentKind.PowerPerpetual)
        {
            SetPowerRequirements(ref instrument, underlying);
            return;
        }

        if (!instrument.IsOption)
        {
            instrument.LongRequirement = Buffered(Share(notional, underlying.InitialMarginPpm), underlying);
            instrument.ShortRequirement = instrument.LongRequirement;
            return;
        }

        // A bought option can lose its mark and no more. A sold one is charged a share of the notional less what it is
        // out of the money, but never less than the minimum share.
        instrument.LongRequirement = Buffered(instrument.Mark > 0 ? instrument.Mark : 0, underlying);
        var outOfTheMoney = instrument.OptionKind == OptionKind.Call
            ? instrument.Strike - instrument.SettlementPrice
            : instrument.SettlementPrice - instrument.Strike;
        var relief = outOfTheMoney > 0
            ? ((Int128)outOfTheMoney * instrument.AtomsPerUnderlyingTick) << Scale.SubAtomBits
            : 0;
        var full = Share(notional, underlying.ShortOptionMarginPpm) - relief;
        var minimum = Share(notional, underlying.ShortOptionMinimumPpm);
        instrument.ShortRequirement = Buffered(full > minimum ? full : minimum, underlying);
    }

    /// <summary>
    /// What the index moves by if the price moves by the margin's share, up for the shorts and down for the longs, twice: the
    /// mark is below twice the index, so it moves by no more. The prices round away from the present one.
    /// </summary>
    private static void SetPowerRequirements(ref InstrumentRecord instrument, in UnderlyingRecord underlying)
    {
        var price = instrument.SettlementPrice;
        var up = price + (long)(((Int128)price * underlying.InitialMarginPpm + Million - 1) / Million);
        var down = (long)((Int128)price * (Million - underlying.InitialMarginPpm) / Million);
        var index = FundingArithmetic.IndexFloor(instrument, price);
        var fallen = down < 1 ? 0 : FundingArithmetic.IndexFloor(instrument, down);

        // One more for what the floors cut.
        instrument.LongRequirement = Buffered(2 * (index - fallen + 1), underlying);
        instrument.ShortRequirement = Buffered(2 * (FundingArithmetic.IndexFloor(instrument, up) - index + 1), underlying);
    }

    /// <summary>Equity less requirement, in sub-atoms.</summary>
    public Int128 Free(uint account)
    {
        var equity = Equity(account);
        return equity - Widened(state.Accounts.Read(account).Requirement) - DeliverySettlement.ReserveOf(state, account);
    }

    /// <summary>Equity in sub-atoms.</summary>
    public Int128 Equity(uint account)
    {
        Refresh(account);
        ref readonly var record = ref state.Accounts.Read(account);

        // Interest is in no sum: it grows between the versions of the marks.
        return record.GrossCash + record.MarkedValue - OwedInterest(account);
    }

    /// <summary>Margin requirement in sub-atoms.</summary>
    public Int128 Requirement(uint account)
    {
        Refresh(account);
        return Widened(state.Accounts.Read(account).Requirement);
    }

    /// <summary>Brings an account's running sums up to date with the present marks.</summary>
    public void Refresh(uint account)
    {
        ref var record = ref state.Accounts.Cached(account);
        if (record.MarkVersion == state.MarkVersion)
        {
            if (record.ChangedPosition != 0)
            {
                MeasureChanged(ref record);
            }

            return;
        }

        record.ChangedPosition = 0;
        record.MarkedValue = 0;
        record.Requirement = 0;
        for (var slot = record.FirstPosition; slot != 0; slot = state.Positions.Read(slot).NextOfAccount)
        {
            ref var position = ref state.Positions.Cached(slot);
            Measure(ref position);
            record.MarkedValue += position.MarkedValue;
            record.Requirement += position.Requirement;
        }

        if (record.FirstBalance != 0)
        {
            record.MarkedValue += AssetValue.OfAll(state, record.FirstBalance);
        }

        record.MarkVersion = state.MarkVersion;
    }

    /// <summary>
    /// A position or its open orders changed. It is measured when the account's sums are asked for, or when another of its
    /// positions changes: most orders come, go and are filled without anybody asking in between.
    /// </summary>
    public void Update(uint slot)
    {
        ref var record = ref state.Accounts.Cached(state.Positions.Read(slot).Account);
        if (record.ChangedPosition != slot)
        {
            NoteChanged(ref record, slot);
        }
    }

    /// <summary>A position that is empty will be taken out.</summary>
    public void Release(uint slot)
    {
        Update(slot);
        ref var record = ref state.Accounts.Cached(state.Positions.Read(slot).Account);
        if (record.ChangedPosition != 0)
        {
            MeasureChanged(ref record);
        }
    }

    /// <summary>
    /// Whether the account may have <paramref name="after"/> in place of <paramref name="before"/>: its free equity stays
    /// at zero or above, or its requirement does not grow and equity covers what the orders would lose against the mark.
    /// Without the second part an account in distress could sell what is left of it below value.
    /// </summary>
    /// <param name="account">An open account.</param>
    /// <param name="before">Its position as it is, the record itself; an empty one if there is none.</param>
    /// <param name="after">The same as it would be.</param>
    public RejectCode Check(uint account, in PositionRecord before, in PositionRecord after)
    {
        var equity = Equity(account);
        ref readonly var instrument = ref state.Instruments.Read(after.Instrument);
        var old = before.Requirement;
        var required = RequirementOf(after, instrument);
        ref readonly var record = ref state.Accounts.Read(account);
        if (required <= old)
        {
            var loss = AdverseLoss(after, instrument);
            return loss <= equity || loss <= AdverseLoss(before, instrument) ? default : RejectCode.InsufficientMargin;
        }

        var isCovered = equity >= Widened(record.Requirement - old + required) + DeliverySettlement.ReserveOf(state, account);
        return isCovered
            ? CashCover.Check(state, this, account, new(in before), new(in after))
            : RejectCode.InsufficientMargin;
    }

    /// <summary>The same of several positions of the account at once.</summary>
    public RejectCode Check(uint account, ReadOnlySpan<PositionRecord> before, ReadOnlySpan<PositionRecord> after)
    {
        var equity = Equity(account);
        Int128 old = 0, required = 0, lossBefore = 0, loss = 0;
        for (var place = 0; place < after.Length; place++)
        {
            ref readonly var instrument = ref state.Instruments.Read(after[place].Instrument);
            old += RequirementOf(before[place], instrument);
            required += RequirementOf(after[place], instrument);
            lossBefore += AdverseLoss(before[place], instrument);
            loss += AdverseLoss(after[place], instrument);
        }

        ref readonly var record = ref state.Accounts.Read(account);
        if (required <= old)
        {
            return loss <= equity || loss <= lossBefore ? default : RejectCode.InsufficientMargin;
        }

        var isCovered = equity >= Widened(record.Requirement - old + required) + DeliverySettlement.ReserveOf(state, account);
        return isCovered ? CashCover.Check(state, this, account, before, after) : RejectCode.InsufficientMargin;
    }

    /// <summary>What the account owes the settlement pool up to now, in sub-atoms; negative: what the pool owes it.</summary>
    internal Int128 OwedInterest(uint account) =>
        account < AccountId.FirstClient ? 0 : state.Pool.Owed(state.Accounts.Read(account));

    /// <summary>
    /// The worst of two outcomes: every open buy fills, or every open sell does; each with what its limit prices would
    /// lose against the mark, and with the worst fee.
    /// </summary>
    private Int128 RequirementOf(in PositionRecord position, in InstrumentRecord instrument)
    {
        var bought = Held(position.Quantity + position.OpenBuyLots, instrument) + PaidAboveMark(position, instrument);
        var sold = Held(position.Quantity - position.OpenSellLots, instrument) + ForgoneBelowMark(position, instrument);
        if (instrument.FeeSchedule != 0)
        {
            bought += WorstFee(position, instrument, position.OpenBuyLots, position.OpenBuyAtoms);
            sold += WorstFee(position, instrument, position.OpenSellLots, position.OpenSellAtoms);
        }

        return bought > sold ? bought : sold;
    }

    /// <summary>The most that open orders lose against the mark and in fees if those of one side fill at their limits.</summary>
    private Int128 AdverseLoss(in PositionRecord position, in InstrumentRecord instrument)
    {
        var paid = PaidAboveMark(position, instrument);
        var forgone = ForgoneBelowMark(position, instrument);
        if (instrument.FeeSchedule != 0)
        {
            paid += WorstFee(position, instrument, position.OpenBuyLots, position.OpenBuyAtoms);
            forgone += WorstFee(position, instrument, position.OpenSellLots, position.OpenSellAtoms);
        }

        return paid > forgone ? paid : forgone;
    }

    /// <summary>
    /// The most that open orders of one side are charged: what they are charged at their limits. At a better price the fee may
    /// be more, but the price gains more than that.
    /// </summary>
    private Int128 WorstFee(in PositionRecord position, in InstrumentRecord instrument, long lots, Int128 atoms)
    {
        ref readonly var schedule = ref state.Fees.Schedules.Read(instrument.FeeSchedule);
        var worst = schedule.Of(state.Accounts.Read(position.Account).FeeTier).WorstPpm;
        var basis = FeeArithmetic.BasisAtoms(schedule, instrument, lots, atoms);

        // Each of its fills is rounded up by less than a sub-atom, and there are no more fills than lots.
        return lots == 0 ? 0 : FeeArithmetic.ShareOfAtoms(basis, worst) + lots;
    }

    private static Int128 PaidAboveMark(in PositionRecord position, in InstrumentRecord instrument)
    {
        var paid = (position.OpenBuyAtoms << Scale.SubAtomBits) - (position.OpenBuyLots * instrument.Mark);
        return paid > 0 ? paid : 0;
    }

    private static Int128 ForgoneBelowMark(in PositionRecord position, in InstrumentRecord instrument)
    {
        var forgone = (position.OpenSellLots * instrument.Mark) - (position.OpenSellAtoms << Scale.SubAtomBits);
        return forgone > 0 ? forgone : 0;
    }

    private static Int128 Held(long lots, in InstrumentRecord instrument) =>
        lots >= 0 ? lots * instrument.LongRequirement : -lots * instrument.ShortRequirement;

    /// <summary>With the underlying's margin buffer and what the staleness of its price adds, rounded up.</summary>
    private static Int128 Buffered(Int128 requirement, in UnderlyingRecord underlying)
    {
        var ppm = (long)underlying.MarginBufferPpm + underlying.BufferPpm;
        return ppm == 0 ? requirement : requirement + (((requirement * ppm) + Million - 1) / Million);
    }

    private static Int128 Share(Int128 atoms, uint partsPerMillion)
    {
        var product = (atoms * partsPerMillion) << Scale.SubAtomBits;
        return (product + Million - 1) / Million;
    }

    private void NoteChanged(ref AccountRecord record, uint slot)
    {
        // The sums of another version are made anew as a whole.
        if (record.MarkVersion != state.MarkVersion)
        {
            return;
        }

        if (record.ChangedPosition != 0)
        {
            MeasureChanged(ref record);
        }

        record.ChangedPosition = slot;
    }

    /// <summary>Corrects the account's sums by the difference.</summary>
    private void MeasureChanged(ref AccountRecord record)
    {
        ref var position = ref state.Positions.Cached(record.ChangedPosition);
        record.ChangedPosition = 0;
        record.MarkedValue -= position.MarkedValue;
        record.Requirement -= position.Requirement;
        Measure(ref position);
        record.MarkedValue += position.MarkedValue;
        record.Requirement += position.Requirement;
    }

    private void Measure(ref PositionRecord position)
    {
        ref readonly var instrument = ref state.Instruments.Read(position.Instrument);
        position.MarkedValue = position.Quantity * instrument.Mark;
        if (instrument.HasFeeIndex != 0 || instrument.IsFunded != 0)
        {
            position.MarkedValue -= Owed(position);
        }

        position.Requirement = RequirementOf(position, instrument);
    }

    /// <summary>Funding and fees that the position has run up since its account was last applied.</summary>
    internal Int128 Owed(in PositionRecord position) => OwedFees(position) +
        (position.Quantity * (state.Funding.Read(position.Instrument).Index - position.FundingIndexLast));

    /// <summary>The fees alone.</summary>
    internal Int128 OwedFees(in PositionRecord position)
    {
        var index = state.Fees.IndexOf(position.Instrument, state.Accounts.Read(position.Account).FeeTier);
        return (position.Quantity < 0 ? -position.Quantity : position.Quantity) * (index - position.FeeIndexLast);
    }

    /// <summary>
    /// While a risk computation is late, requirements widen in a line from once to twice over one timeout more.
    /// </summary>
    private Int128 Widened(Int128 requirement)
    {
        var now = state.TimeNanos;
        if (now < state.RiskDeadline)
        {
            return requirement;
        }

        ulong partsPerMillion = 0;
        for (uint id = 1; id < state.Underlyings.NextId; id++)
        {
            ref readonly var underlying = ref state.Underlyings.Read(id);
            var deadline = underlying.FrozenTime + underlying.RiskTimeoutNanos;
            if (underlying.FrozenSequence == 0 || now < deadline)
            {
                continue;
            }

            var late = now - deadline;
            var share = late >= underlying.RiskTimeoutNanos
                ? Million
                : (ulong)((UInt128)late * Million / underlying.RiskTimeoutNanos);
            partsPerMillion = share > partsPerMillion ? share : partsPerMillion;
        }

        // Divided first: the product could leave 128 bits. Rounds up by less than a millionth of an atom.
        return requirement + (((requirement / Million) + 1) * partsPerMillion);
    }
}
