namespace HftDelta.Simulation.Engines;

/// <summary>
/// Where random commands play: two underlyings, books in a band and outside of one, prices whose ticks differ from those of the
/// oracle, rich and poor accounts, one with two sessions, and limits that are reached now and then.
/// </summary>
public static class DifferentialWorld
{
    /// <summary>The same with hardly any room.</summary>
    public static VenueWorld Small => World with
    {
        OrdersMax = 24,
        ExtendedOrdersMax = 6,
        OrdersPerSessionMax = 9,
        PositionsPerAccountMax = 2,
        EventSlotsPerCommand = 2_048,
    };

    public static readonly VenueWorld World = new()
    {
        Underlyings = [new WorldUnderlying(1_000, ThresholdTicks: 4), new WorldUnderlying(200, ThresholdTicks: 1)],
        Instruments =
        [
            new WorldInstrument(1),
            new WorldInstrument(1, AtomsPerTick: 3, AtomsPerUnderlyingTick: 7, BandTicks: 4_096, BandBase: 1_000),
            new WorldInstrument(2, AtomsPerTick: 2, AtomsPerUnderlyingTick: 5),
            new WorldInstrument(2),
            new WorldInstrument(1),
            new WorldInstrument(2, AtomsPerTick: 2, AtomsPerUnderlyingTick: 3),
            new WorldInstrument(1, AtomsPerUnderlyingTick: 2),
        ],
        Strategies =
        [
            new WorldStrategy([(1, 1), (5, -1)]),
            new WorldStrategy([(3, -1), (6, 2)], BandTicks: 4_096, BandBase: -2_000),
            new WorldStrategy([(7, -2), (1, 1), (5, 1)]),
        ],
        Accounts =
        [
            new WorldAccount(20, 5_000_000, [20, 30]),
            new WorldAccount(21, 5_000_000, [21]),
            new WorldAccount(22, 60_000, [22]),
            new WorldAccount(23, 6_000, [23]),
            new WorldAccount(24, 1_000_000, [24]),
        ],
        OrdersMax = 500,
        OrdersPerSessionMax = 150,
        PositionsPerAccountMax = 5,
        EventSlotsPerCommand = 16_384,
    };
}
