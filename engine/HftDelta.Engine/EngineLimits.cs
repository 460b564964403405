using HftDelta.Engine.Books;
using HftDelta.Engine.Sessions;
using HftDelta.Primitives.Records;

namespace HftDelta.Engine;

/// <summary>
/// How much the engine can hold: memory is taken at construction, that of a book when it is listed, and every table refuses,
/// with a code, what goes beyond. Limits are part of what replay needs: two engines must have the same to do the same.
/// </summary>
public sealed record EngineLimits
{
    public static readonly EngineLimits Default = new();

    /// <summary>For tests and small demonstrations: a few megabytes.</summary>
    public static readonly EngineLimits Small = new()
    {
        Accounts = 1_024,
        Positions = 4_096,
        Orders = 16_384,
        ExtendedOrders = 4_096,
        Instruments = 128,
        Balances = 1_024,
        Withdrawals = 256,
        Obligations = 256,
        VolatilitySlices = 32,
        Sessions = 64,
        LevelsPerBook = 1_024,
        EventSlotsPerCommand = 1_024,
    };

    /// <summary>Account ids are below this.</summary>
    public int Accounts { get; init; } = 65_536;

    /// <summary>Positions of all accounts together.</summary>
    public int Positions { get; init; } = 262_144;

    /// <summary>Positions of one account, open orders without a position included.</summary>
    public int PositionsPerAccount { get; init; } = 256;

    /// <summary>Resting orders of all books together.</summary>
    public int Orders { get; init; } = 262_144;

    /// <summary>Those of them with terms beyond price, quantity and time: hidden quantity, triggers, pegs, a date.</summary>
    public int ExtendedOrders { get; init; } = 65_536;

    /// <summary>Live orders of one session.</summary>
    public int OrdersPerSession { get; init; } = 16_384;

    public int Instruments { get; init; } = 2_048;

    /// <summary>Assets beside the quote asset.</summary>
    public int Assets { get; init; } = 16;

    /// <summary>Accounts that hold such assets, times the assets that they hold.</summary>
    public int Balances { get; init; } = 65_536;

    /// <summary>Withdrawals of all accounts that wait for an epoch's close.</summary>
    public int Withdrawals { get; init; } = 16_384;

    /// <summary>Withdrawals that one epoch's close settles; the others wait for the next.</summary>
    public int WithdrawalsPerEpoch { get; init; } = 256;

    /// <summary>Accounts with something to deliver or take, times the expiries it comes from.</summary>
    public int Obligations { get; init; } = 16_384;

    public int Underlyings { get; init; } = 16;

    /// <summary>Expiries with volatilities of their own.</summary>
    public int VolatilitySlices { get; init; } = 256;

    /// <summary>Session handles are below this.</summary>
    public int Sessions { get; init; } = 256;

    /// <summary>Outcomes of requests kept per session, to answer duplicates. A power of two.</summary>
    public int OutcomesPerSession { get; init; } = 1_024;

    /// <summary>
    /// Recoverable reports kept per session, for retransmission. A power of two. Together they have room for 192 bytes each: only
    /// reports of mass quotes are longer, and of a session that gets little else fewer are kept, down to a fifth.
    /// </summary>
    public int ReportsPerSession { get; init; } = 256;

    /// <summary>
    /// Price levels in use in one book, both sides together. Only those outside its band take memory beside the band's.
    /// </summary>
    public int LevelsPerBook { get; init; } = 8_192;

    /// <summary>
    /// The most slots of the outbound ring that one command fills: at most a quarter of that ring, so that a command can
    /// always start once the ring is empty. Half goes to the command itself, a quarter each to pending work and to timers.
    /// </summary>
    public int EventSlotsPerCommand { get; init; } = 4_096;

    /// <summary>Units of pending work that each command performs first.</summary>
    public int PendingUnitsPerCommand { get; init; } = 64;

    /// <summary>Orders and sessions that are only looked at by pending work, or by a mass cancel, in one command.</summary>
    public int PendingLooksPerCommand => PendingUnitsPerCommand * LooksPerUnit;

    /// <summary>Accounts with market-maker protection, times the underlyings in which they have it.</summary>
    public int Protections { get; init; } = 1_024;

    /// <summary>
    /// The most entries of a mass quote: two cancels of two slots each, a top and an indication may come of one.
    /// </summary>
    public int QuoteEntriesPerMessage => int.Min(QuoteEntriesMax, ((EventSlotsPerCommand / 2) - 64) / 7);

    /// <summary>The same with room for them all.</summary>
    public const int QuoteEntriesMax = 30;

    /// <summary>
    /// The most orders and refreshes that an order with all-at-once terms may meet, so that one command can fill them all.
    /// </summary>
    public int AllAtOnceMakersMax => ((EventSlotsPerCommand / 2) - 64) / EventBudget.UnitSlots;

    /// <summary>The same of a strategy's order, whose fills have more reports.</summary>
    public int AllAtOnceStrategyMakersMax => ((EventSlotsPerCommand / 2) - 64) / EventBudget.StrategyUnitSlots;

    /// <summary>The smallest <see cref="EventSlotsPerCommand"/> that lets every unit of work run.</summary>
    public const int EventSlotsPerCommandMin = 256;

    /// <summary>So many can be asked again for their risk in one command of the smallest bound.</summary>
    public const int UnderlyingsMax = 64;

    /// <summary>One bit each tells which a command has touched.</summary>
    public const int AssetsMax = 31;

    /// <summary>Commands between two hash points.</summary>
    public const int HashPointInterval = 1_024;

    private const int LooksPerUnit = 64;
    private const int TableMax = 1 << 24;
    private const int RowMax = 1 << 16;
    private const int SessionRowsMax = 1 << 26;

    /// <summary>What is wrong with these limits, in words; null when an engine can be made with them.</summary>
    public string? Fault() =>
        Range("accounts", Accounts, 1, TableMax)
        ?? Range("positions", Positions, 1, TableMax)
        ?? Range("positionsPerAccount", PositionsPerAccount, 1, TableMax)
        ?? Range("orders", Orders, 1, OrderSlab.CapacityMax)
        ?? Range("extendedOrders", ExtendedOrders, 1, OrderSlab.CapacityMax)
        ?? Range("ordersPerSession", OrdersPerSession, 1, OrderSlab.CapacityMax)
        ?? Range("instruments", Instruments, 1, RowMax)
        ?? Range("volatilitySlices", VolatilitySlices, 1, RowMax)
        ?? Range("underlyings", Underlyings, 1, UnderlyingsMax)
        ?? Range("assets", Assets, 1, AssetsMax)
        ?? Range("balances", Balances, 1, TableMax)
        ?? Range("withdrawals", Withdrawals, 1, TableMax)
        ?? Range("obligations", Obligations, 1, TableMax)
        ?? Range("withdrawalsPerEpoch", WithdrawalsPerEpoch, 1, RowMax)
        ?? Range("sessions", Sessions, 1, RowMax)
        ?? Range("protections", Protections, 1, RowMax)
        ?? PowerOfTwo("outcomesPerSession", OutcomesPerSession)
        ?? PowerOfTwo("reportsPerSession", ReportsPerSession)
        ?? Range("levelsPerBook", LevelsPerBook, 1, BookGeometry.LevelsLimit)
        ?? Range("eventSlotsPerCommand", EventSlotsPerCommand, EventSlotsPerCommandMin, RowMax)
        ?? Range("pendingUnitsPerCommand", PendingUnitsPerCommand, 1, RowMax)
        ?? ((long)Sessions * OutcomesPerSession > SessionRowsMax || Sessions * ReportBytesPerSession > int.MaxValue
            ? $"{Sessions} sessions with {OutcomesPerSession} outcomes and {ReportsPerSession} reports each are too many"
            : null);

    private long ReportBytesPerSession =>
        SessionTable.ReportBytes(ReportsPerSession) + SessionTable.ReportLengthMaxBytes;

    internal void Validate()
    {
        if (Fault() is { } fault)
        {
            throw new ArgumentException(fault);
        }
    }

    private static string? Range(string name, int value, int least, int most) =>
        value >= least && value <= most ? null : $"{name} is {value}: must be from {least} to {most}";

    private static string? PowerOfTwo(string name, int value) =>
        int.IsPow2(value) && value <= RowMax ? null : $"{name} is {value}: must be a power of two up to {RowMax}";

    /// <summary>Slots of the smallest outbound ring that never deadlocks: four times the bound of one command.</summary>
    public int OutboundRingSlotsMin => (int)System.Numerics.BitOperations.RoundUpToPowerOf2(
        (uint)(EventSlotsPerCommand < RecordSlots.PerRecordMax ? RecordSlots.PerRecordMax : EventSlotsPerCommand) * 4);
}
