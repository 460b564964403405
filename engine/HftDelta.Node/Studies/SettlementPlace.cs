namespace HftDelta.Node.Studies;

/// <summary>What settling on an L1 is assumed to cost; everything else about it follows from the protocol.</summary>
/// <param name="GasPriceGwei">Price of gas.</param>
/// <param name="EtherUsd">Price of ether.</param>
/// <param name="CoreHourUsd">Price of a core for an hour: the cost of settling here.</param>
internal readonly record struct SettlementPrices(double GasPriceGwei, double EtherUsd, double CoreHourUsd);

/// <summary>
/// One way of settling an option of thirty days at the money (volatility 80 %) for a thousand accounts: how often, what the
/// spacing leaves, what it costs, what must stand behind the move that is not settled yet, and how long it takes.
/// </summary>
internal sealed record SettlementPlace
{
    /// <summary>Ethereum: seconds between two blocks, and two epochs of 32 blocks until one is final.</summary>
    public const double BlockSeconds = 12;
    public const double FinalitySeconds = 2 * 32 * BlockSeconds;

    /// <summary>A transaction, and for each account a storage word that changes, unread before (EIP-2200, EIP-2929).</summary>
    public const double TransactionGas = 21_000;
    public const double AccountGas = 5_000;

    private const double DaySeconds = 86_400;

    /// <summary>Standard deviations that the margin of an unsettled move covers.</summary>
    private const double Deviations = 3;

    public required string Name { get; init; }

    public required double SpacingSeconds { get; init; }

    /// <summary>Of one settlement of all accounts.</summary>
    public required double CostUsd { get; init; }

    /// <summary>From a price to the cash that it moved.</summary>
    public required double LatencySeconds { get; init; }

    /// <summary>How long a move may run before anybody has it for certain.</summary>
    public required double UnsettledSeconds { get; init; }

    public double SettlementsPerDay => DaySeconds / SpacingSeconds;

    public double CostPerDayUsd => CostUsd * SettlementsPerDay;

    /// <summary>Of the residual at expiry, for a spot of 100.</summary>
    public double Deviation => Math.Sqrt(
        HedgedOption.VarianceInTheory(SimulatedPaths.Duration.TotalSeconds / SpacingSeconds));

    /// <summary>Margin for the move of a delta of 1 that is not settled, in basis points of its notional.</summary>
    public double MarginBasisPoints => Deviations * SimulatedPaths.Volatility
        * Math.Sqrt(UnsettledSeconds / (365 * DaySeconds)) * 10_000;

    public static SettlementPlace OnChain(string name, double spacingSeconds, int accounts, SettlementPrices prices) => new()
    {
        Name = name,
        SpacingSeconds = spacingSeconds,
        CostUsd = (TransactionGas + (AccountGas * accounts)) * prices.GasPriceGwei * 1e-9 * prices.EtherUsd,
        LatencySeconds = BlockSeconds,
        UnsettledSeconds = spacingSeconds + FinalitySeconds,
    };

    /// <summary>Here each tick is followed by a touch of every account, as if nobody were lazy: the dearest way.</summary>
    public static SettlementPlace Here(double spacingSeconds, int accounts, SettlementCost cost, SettlementPrices prices)
    {
        var nanos = cost.TickNanos + (cost.TouchNanos * accounts);
        var latency = (cost.TickNanos + cost.TouchNanos) * 1e-9;
        return new SettlementPlace
        {
            Name = "here",
            SpacingSeconds = spacingSeconds,
            CostUsd = nanos * 1e-9 / 3_600 * prices.CoreHourUsd,
            LatencySeconds = latency,
            UnsettledSeconds = spacingSeconds + latency,
        };
    }
}
