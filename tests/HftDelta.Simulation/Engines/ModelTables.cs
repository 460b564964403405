using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>An underlying of the model venue.</summary>
internal sealed class ModelUnderlying
{
    public required uint Id { get; init; }

    public required long ThresholdTicks { get; init; }

    public required uint InitialMarginPpm { get; init; }

    public long Price { get; set; }

    public long SettledPrice { get; set; }
}

/// <summary>Lots of the leg that are bought per lot of the strategy; negative: sold.</summary>
internal readonly record struct ModelLeg(ModelInstrument Instrument, int Ratio)
{
    public Side SideOf(Side side) => Ratio > 0 ? side : side == Side.Buy ? Side.Sell : Side.Buy;

    public long LotsOf(long lots) => lots * Math.Abs(Ratio);
}

/// <summary>A perpetual of the model venue, whose mark is its delta index, or a strategy, which has none.</summary>
internal sealed class ModelInstrument
{
    public ModelInstrument(List<ModelInstrument> changed, List<ModelInstrument> unseen) =>
        (Book, Self) = (new ModelBookSides(this, changed, unseen), [new ModelLeg(this, 1)]);

    public required uint Id { get; init; }

    public required ModelUnderlying Underlying { get; init; }

    public required long AtomsPerTick { get; init; }

    public required long AtomsPerUnderlyingTick { get; init; }

    /// <summary>What one account may hold, either way.</summary>
    public long LotsMax { get; init; }

    public ModelBookSides Book { get; }

    /// <summary>Of a strategy.</summary>
    public List<ModelLeg> Legs { get; } = [];

    /// <summary>Those that have it as a leg, in the order of their ids.</summary>
    public List<ModelInstrument> Strategies { get; } = [];

    /// <summary>Itself as the one leg of its own lots.</summary>
    public List<ModelLeg> Self { get; }

    public bool IsStrategy => Legs.Count > 0;

    /// <summary>Stops that wait, in the order of their entry.</summary>
    public List<ModelOrder> Stops { get; } = [];

    /// <summary>Pegged orders that live, in the order of their entry.</summary>
    public List<ModelOrder> Pegs { get; } = [];

    public SetRules Rules { get; set; } = new(0);

    public InstrumentState State { get; set; } = InstrumentState.Open;

    /// <summary>When the call ends; 0 is never.</summary>
    public ulong EndTime { get; set; }

    /// <summary>In sub-atoms per lot; the mark too.</summary>
    public Int128 Index { get; set; }

    /// <summary>The last trade; 0 before the first.</summary>
    public long LastTrade { get; set; }

    /// <summary>The last trade since trading began; 0 before the first.</summary>
    public long PhaseTrade { get; set; }

    /// <summary>Prices that the present order has traded at.</summary>
    public List<long> Trades { get; } = [];

    /// <summary>What was last told of the call.</summary>
    public Indicated? LastIndication { get; set; }

    /// <summary>Highest and lowest price seen of each source since nothing was triggered any more.</summary>
    public Dictionary<TriggerSource, (long High, long Low)> Seen { get; } = [];

    public long MarkTicks => (long)((Index >> 32) / AtomsPerTick);

    public bool IsCall => State is InstrumentState.PreOpen or InstrumentState.OpeningAuction or
        InstrumentState.VolatilityAuction;
}

internal sealed class ModelPosition
{
    public long Lots { get; set; }

    /// <summary>The index that was last applied.</summary>
    public Int128 IndexLast { get; set; }
}

internal sealed class ModelAccount
{
    public required uint Id { get; init; }

    public uint Group { get; set; }

    public bool IsKilled { get; set; }

    /// <summary>Told of settlements; 0 is none.</summary>
    public uint NoticeSession { get; set; }

    /// <summary>Cash and dust, in sub-atoms.</summary>
    public Int128 Cash { get; set; }

    public List<ModelSession> Sessions { get; } = [];

    /// <summary>By instrument.</summary>
    public SortedList<uint, ModelPosition> Positions { get; } = [];

    /// <summary>
    /// Live orders by instrument, those of a strategy under each of its legs; none where it has none.
    /// </summary>
    public SortedList<uint, List<ModelOrder>> Orders { get; } = [];

    /// <summary>By underlying.</summary>
    public SortedList<uint, ModelProtection> Protections { get; } = [];

    public long CashAtoms => (long)(Cash >> 32);

    public long LotsIn(uint instrument) => Positions.TryGetValue(instrument, out var position) ? position.Lots : 0;
}

internal sealed class ModelSession
{
    public required uint Handle { get; init; }

    public required uint Account { get; init; }

    public bool IsOpen { get; set; } = true;

    /// <summary>Its orders end when it closes.</summary>
    public bool CancelsOrders { get; set; } = true;

    public ulong NextReport { get; set; } = 1;

    public ulong LastClientOrderId { get; set; }

    /// <summary>Live orders, newest first.</summary>
    public List<ModelOrder> Orders { get; } = [];
}

/// <summary>Market-maker protection of one account in one underlying.</summary>
internal sealed class ModelProtection
{
    public ulong WindowNanos { get; set; }

    public ulong FreezeNanos { get; set; }

    public long QuantityLimit { get; set; }

    public long DeltaLimit { get; set; }

    public uint CountLimit { get; set; }

    public ulong? WindowStart { get; set; }

    public long Lots { get; set; }

    public Int128 Delta { get; set; }

    public uint Count { get; set; }

    /// <summary>Protected orders are refused before this; 0 is not frozen.</summary>
    public ulong FrozenUntil { get; set; }
}
