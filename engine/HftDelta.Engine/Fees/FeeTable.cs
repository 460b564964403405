using HftDelta.Engine.Instruments;
using HftDelta.Engine.State;
using HftDelta.Primitives;

namespace HftDelta.Engine.Fees;

/// <summary>What moves an index of which a part is charged.</summary>
internal enum FeeCause
{
    Settlement,
    Funding,
}

/// <summary>Schedules of fees by slot, and the fee indices of instruments. Owner: the engine agent.</summary>
internal sealed class FeeTable(EngineLimits limits) : IDisposable
{
    /// <summary>Schedule ids are below this, and above 0.</summary>
    public const int SchedulesLimit = 16;

    /// <summary>A schedule stands in one of two slots, and in both while a change of it comes into force.</summary>
    private const int Slots = 2 * SchedulesLimit;

    /// <summary>A fee index stays below this, so that it times a position stays below 2^120.</summary>
    private static readonly Int128 IndexBound = Int128.One << 80;

    public HashedSlab<FeeScheduleRecord, FeeScheduleEncoding> Schedules { get; } = new(Slots);

    public HashedSlab<FeeIndexRecord, FeeIndexEncoding> Indices { get; } = new(limits.Instruments + 1);

    public bool Exists(uint schedule) => schedule < SchedulesLimit && Of(schedule).TierCount != 0;

    /// <summary>A schedule by its id: as it is, or comes to be while it changes.</summary>
    public ref readonly FeeScheduleRecord Of(uint schedule) => ref Schedules.Read(SlotOf(schedule));

    /// <summary>What instruments that get a schedule are given, from its id.</summary>
    public uint SlotOf(uint schedule)
    {
        ref readonly var second = ref Schedules.Read(OtherOf(schedule));
        return second.TierCount != 0 && second.IsLeaving == 0 ? OtherOf(schedule) : schedule;
    }

    /// <summary>The id of the schedule in a slot.</summary>
    public static uint IdOf(uint slot) => slot % SchedulesLimit;

    public static uint OtherOf(uint slot) => slot ^ SchedulesLimit;

    /// <summary>Some instruments still pay what was before.</summary>
    public bool IsMoving(uint schedule) => Schedules.Read(OtherOf(SlotOf(schedule))).TierCount != 0;

    /// <summary>Puts a changed schedule beside the old one.</summary>
    /// <returns>The slot of the old one.</returns>
    public uint Replace(uint schedule, in FeeScheduleRecord changed)
    {
        Check.That(!IsMoving(schedule));
        var slot = SlotOf(schedule);
        Schedules.Write(OtherOf(slot)) = changed;
        Schedules.Write(slot).IsLeaving = 1;
        return slot;
    }

    /// <summary>Nobody pays by it any more.</summary>
    public void Forget(uint slot)
    {
        Check.That(Schedules.Read(slot).IsLeaving != 0);
        Schedules.Write(slot) = default;
    }

    /// <summary>An index of the instrument moves: each tier owes its part of it for every lot. Rounded up.</summary>
    /// <param name="id">Of the instrument.</param>
    /// <param name="instrument">The same.</param>
    /// <param name="change">By how much the index moves, either way.</param>
    /// <param name="cause">Which index.</param>
    public void Accrue(uint id, ref InstrumentRecord instrument, Int128 change, FeeCause cause)
    {
        if (instrument.FeeSchedule == 0 || change == 0)
        {
            return;
        }

        var moved = change < 0 ? -change : change;
        ref readonly var schedule = ref Schedules.Read(instrument.FeeSchedule);
        for (uint tier = 0; tier < FeeTiers.Most; tier++)
        {
            ref readonly var rates = ref schedule.Of(tier);
            var partsPerMillion = cause == FeeCause.Settlement ? rates.SettlementPpm : rates.FundingPpm;
            if (partsPerMillion == 0)
            {
                continue;
            }

            ref var index = ref Indices.Write(id)[(int)tier];
            var next = index + FeeArithmetic.ShareOfSubAtoms(moved, partsPerMillion);
            if (next < IndexBound)
            {
                index = next;
                instrument.HasFeeIndex = 1;
            }
        }
    }

    /// <summary>The index that an account of this tier is charged by.</summary>
    public Int128 IndexOf(uint instrument, byte tier) => Indices.Read(instrument)[tier];

    public void FoldSchedules(ref Hash256 sum) => Schedules.FoldHash(ref sum);

    public void FoldIndices(ref Hash256 sum) => Indices.FoldHash(ref sum);

    public void Dispose()
    {
        Schedules.Dispose();
        Indices.Dispose();
    }
}
