using HftDelta.Engine;

namespace HftDelta.Node.Config;

/// <summary>What accounts may borrow against their residual claims, and its rate a year. Immutable.</summary>
public sealed record MarketPool
{
    private const uint Million = 1_000_000;

    /// <summary>Of its residual claim that an account's cash may be below 0; 0: the rule is off.</summary>
    public required uint ShareOfClaimPpm { get; init; }

    /// <summary>What all accounts may borrow together.</summary>
    public required long CapAtoms { get; init; }

    /// <summary>The use of the cap from which the rate rises faster.</summary>
    public uint KinkPpm { get; init; } = 800_000;

    public uint IdleRatePpm { get; init; }

    public uint KinkRatePpm { get; init; }

    public uint FullRatePpm { get; init; }

    /// <returns>Null when nothing is wrong.</returns>
    internal string? FaultOf() =>
        ShareOfClaimPpm > SettlementPoolLimits.ShareOfClaimMaxPpm
            ? $"the settlement pool's shareOfClaimPpm must be at most {SettlementPoolLimits.ShareOfClaimMaxPpm}"
            : KinkPpm is 0 or >= Million
                ? $"the settlement pool's kinkPpm must be from 1 to {Million - 1}"
                : CapAtoms is < 1 or > SettlementPoolLimits.CapMaxAtoms
                    ? $"the settlement pool's capAtoms must be from 1 to {SettlementPoolLimits.CapMaxAtoms}"
                    : IdleRatePpm > KinkRatePpm || KinkRatePpm > FullRatePpm || FullRatePpm > SettlementPoolLimits.RateMaxPpm
                        ? "the settlement pool's rates must rise from idle through kink to full, and be at most "
                            + $"{SettlementPoolLimits.RateMaxPpm}"
                        : null;
}
