using HftDelta.Engine.Output;
using HftDelta.Primitives.Records;

namespace HftDelta.Engine;

/// <summary>
/// How the output bound of one command is shared: a quarter for pending work, a quarter for timers, half for the command.
/// Work asks before each unit; what does not fit becomes pending work. Owner: the engine agent.
/// </summary>
internal sealed class EventBudget(EngineLimits limits, EventWriter writer)
{
    /// <summary>The most slots that one unit of work fills: two fills (2 each), a trade, two settlements, a book top, and
    /// padding at the ring's end.</summary>
    public const int UnitSlots = 12;

    /// <summary>The most slots that one fill of a strategy's order with four legs takes: five settlements, its own report and
    /// in each leg two fills (2 each), a trade and what protection says, five book tops, and padding.</summary>
    public const int StrategyUnitSlots = 48;

    /// <summary>What a command always leaves: its last words, a hash point and their padding.</summary>
    public const int FinishSlots = 24;

    /// <summary>Instruments in one settlement message.</summary>
    public const int InstrumentsPerSettlement = 20;

    /// <summary>Instruments in one message of funding.</summary>
    public const int InstrumentsPerFunding = 30;

    private const int SettlementFixedSlots = RecordSlots.PerRecordMax + 4;

    private readonly int _quarter = limits.EventSlotsPerCommand / 4;
    private int _reserved;
    private int _deferred;

    /// <summary>The command has not begun: what happens is left over from earlier ones.</summary>
    public bool IsPendingWork { get; private set; }

    public void EnterPendingWork()
    {
        IsPendingWork = true;
        _deferred = 0;
        _reserved = 3 * _quarter;
    }

    public void EnterTimers()
    {
        IsPendingWork = false;
        _reserved = 2 * _quarter;
    }

    public void EnterCommand()
    {
        IsPendingWork = false;
        _reserved = FinishSlots;
    }

    /// <summary>A book changed: one slot is needed for its top at the end of the command.</summary>
    public void DeferBookTop() => _deferred++;

    public bool HasRoomForUnit => HasRoom(UnitSlots);

    public bool HasRoomForStrategyUnit => HasRoom(StrategyUnitSlots);

    public bool HasRoom(int slots) => writer.HasRoom(slots, _reserved + _deferred);

    /// <summary>
    /// Slots of a settlement tick over as many instruments, of which so many are funded, with its price and its risk inputs.
    /// </summary>
    public static int SettlementSlots(uint instruments, uint funded) => SettlementFixedSlots +
        (RecordSlots.PerRecordMax * (int)(((instruments + InstrumentsPerSettlement - 1) / InstrumentsPerSettlement)
            + ((funded + InstrumentsPerFunding - 1) / InstrumentsPerFunding)));

    /// <summary>Whether an underlying may have so many instruments: its tick fits the timers' share.</summary>
    public bool CanSettle(uint instruments, uint funded) =>
        SettlementSlots(instruments, funded) + FinishSlots <= _quarter;
}
