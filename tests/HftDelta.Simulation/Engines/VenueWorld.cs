using System.Collections.Immutable;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// What stands when the first command comes: the same for both venues. Underlyings and instruments count from 1; the oracle's
/// sessions come after those of the traders.
/// </summary>
public sealed record VenueWorld
{
    public const ulong StartNanos = 1_700_000_000_000_000_000;

    /// <summary>The oracle session of underlying 1 is the one after this.</summary>
    public const uint OracleSessionBase = 48;

    public required ImmutableArray<WorldUnderlying> Underlyings { get; init; }

    public required ImmutableArray<WorldInstrument> Instruments { get; init; }

    /// <summary>Their ids follow those of the instruments.</summary>
    public ImmutableArray<WorldStrategy> Strategies { get; init; } = [];

    public required ImmutableArray<WorldAccount> Accounts { get; init; }

    /// <summary>Strategies too.</summary>
    public int InstrumentCount => Instruments.Length + Strategies.Length;

    public int OrdersMax { get; init; } = 16_384;

    /// <summary>Orders with hidden quantity, triggers or pegs.</summary>
    public int ExtendedOrdersMax { get; init; } = 16_384;

    public int OrdersPerSessionMax { get; init; } = 16_384;

    public int PositionsPerAccountMax { get; init; } = 256;

    /// <summary>What <c>AllAtOnceMakersMax</c> of the rules comes from.</summary>
    public int EventSlotsPerCommand { get; init; } = 32_768;

    public int AllAtOnceMakersMax => ((EventSlotsPerCommand / 2) - 64) / 12;

    public int AllAtOnceStrategyMakersMax => ((EventSlotsPerCommand / 2) - 64) / 48;

    public bool IsStrategy(uint instrument) => instrument > Instruments.Length && instrument <= InstrumentCount;

    public uint UnderlyingOf(uint instrument) => IsStrategy(instrument)
        ? UnderlyingOf(Strategies[(int)instrument - Instruments.Length - 1].Legs[0].Instrument)
        : Instruments[(int)instrument - 1].Underlying;
}

/// <summary>The first price of its oracle; a move of the threshold or more settles.</summary>
public sealed record WorldUnderlying(long Price, long ThresholdTicks, uint InitialMarginPpm = 100_000);

/// <summary>A perpetual.</summary>
public sealed record WorldInstrument(
    uint Underlying, long AtomsPerTick = 1, long AtomsPerUnderlyingTick = 1, uint BandTicks = 0, long BandBase = 0);

/// <summary>A fixed set of lots of other instruments; a negative ratio is sold.</summary>
public sealed record WorldStrategy(ImmutableArray<(uint Instrument, int Ratio)> Legs, uint BandTicks = 0, long BandBase = 0);

/// <summary>What was deposited, and the handles of its sessions: the last is told of settlements.</summary>
public sealed record WorldAccount(uint Account, long Atoms, ImmutableArray<uint> Sessions);
