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

    public required ImmutableArray<WorldAccount> Accounts { get; init; }

    public int OrdersMax { get; init; } = 16_384;

    public int OrdersPerSessionMax { get; init; } = 16_384;

    public int PositionsPerAccountMax { get; init; } = 256;

    /// <summary>What <c>AllAtOnceMakersMax</c> of the rules comes from.</summary>
    public int EventSlotsPerCommand { get; init; } = 32_768;

    public int AllAtOnceMakersMax => ((EventSlotsPerCommand / 2) - 64) / 12;
}

/// <summary>The first price of its oracle; a move of the threshold or more settles.</summary>
public sealed record WorldUnderlying(long Price, long ThresholdTicks, uint InitialMarginPpm = 100_000);

/// <summary>A perpetual.</summary>
public sealed record WorldInstrument(
    uint Underlying, long AtomsPerTick = 1, long AtomsPerUnderlyingTick = 1, uint BandTicks = 0, long BandBase = 0);

/// <summary>What was deposited, and the handles of its sessions: the last is told of settlements.</summary>
public sealed record WorldAccount(uint Account, long Atoms, ImmutableArray<uint> Sessions);
