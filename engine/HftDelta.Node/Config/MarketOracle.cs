namespace HftDelta.Node.Config;

/// <summary>The key of one oracle source.</summary>
public sealed record MarketOracleKey
{
    /// <summary>1 to 8.</summary>
    public required uint Source { get; init; }

    /// <summary>The Ethereum address of its key: 0x and 40 hexadecimal digits.</summary>
    public required string Address { get; init; }
}

/// <summary>One point of a forward curve.</summary>
public sealed record MarketForward
{
    public required ulong ExpiryTimeNanos { get; init; }

    /// <summary>Forward less the underlying's price, in its ticks.</summary>
    public required long BasisTicks { get; init; }
}

/// <summary>Whom the oracle of an underlying believes, and how its price ages (docs/oracle.md); 0 is no rule.</summary>
public sealed record MarketOracle
{
    /// <summary>With any, every report must be signed by its source's; without, none is looked at.</summary>
    public IReadOnlyList<MarketOracleKey> Keys { get; init; } = [];

    public IReadOnlyList<MarketForward> Forwards { get; init; } = [];

    /// <summary>Sources that are not listened to.</summary>
    public IReadOnlyList<uint> DisabledSources { get; init; } = [];

    public uint ReportJumpPpm { get; init; }

    public uint MedianDeviationPpm { get; init; }

    public ulong ClockSkewMaxNanos { get; init; }

    public ulong ReportAgeMaxNanos { get; init; }

    public ulong LateAfterNanos { get; init; }

    public ulong StaleAfterNanos { get; init; }

    public ulong DeadAfterNanos { get; init; }

    public ulong RecoveryNanos { get; init; }

    public ulong SettlementWindowNanos { get; init; }

    private const uint Million = 1_000_000;
    private const ulong DurationMaxNanos = 1UL << 62;
    private const ulong WindowMaxNanos = 1UL << 47;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal string? FaultOf()
    {
        const int SourcesMax = Engine.Oracle.OracleLimits.SourcesPerUnderlying;
        if (Keys.Any(key => key.Source - 1 >= SourcesMax) || DisabledSources.Any(source => source - 1 >= SourcesMax))
        {
            return $"a source of its oracle is not from 1 to {SourcesMax}";
        }

        if (Keys.GroupBy(key => key.Source).Any(keys => keys.Count() > 1))
        {
            return "a source of its oracle has two keys";
        }

        foreach (var key in Keys)
        {
            try
            {
                Replica.Signing.EthereumAddress.Parse(key.Address);
            }
            catch (FormatException fault)
            {
                return fault.Message;
            }
        }

        return RatesFault() ?? TimesFault() ?? ForwardsFault();
    }

    /// <summary>What the engine would refuse, in words.</summary>
    private string? RatesFault() =>
        ReportJumpPpm > Million ? $"reportJumpPpm is {ReportJumpPpm}: at most {Million}"
        : MedianDeviationPpm > Million ? $"medianDeviationPpm is {MedianDeviationPpm}: at most {Million}"
        : null;

    private string? TimesFault()
    {
        if (new[] { ClockSkewMaxNanos, ReportAgeMaxNanos, DeadAfterNanos, RecoveryNanos }.Any(nanos => nanos > DurationMaxNanos))
        {
            return $"a duration of its oracle is above {DurationMaxNanos} ns";
        }

        if (ReportAgeMaxNanos != 0 && ClockSkewMaxNanos == 0)
        {
            return "reportAgeMaxNanos needs clockSkewMaxNanos";
        }

        if (SettlementWindowNanos > WindowMaxNanos)
        {
            return $"settlementWindowNanos is {SettlementWindowNanos}: at most {WindowMaxNanos}";
        }

        if (LateAfterNanos == 0)
        {
            return StaleAfterNanos != 0 || DeadAfterNanos != 0 ? "lateAfterNanos, staleAfterNanos and deadAfterNanos go together"
                : RecoveryNanos != 0 ? "recoveryNanos needs lateAfterNanos, staleAfterNanos and deadAfterNanos"
                : null;
        }

        return LateAfterNanos < StaleAfterNanos && StaleAfterNanos < DeadAfterNanos
            ? null
            : "lateAfterNanos, staleAfterNanos and deadAfterNanos must ascend";
    }

    private string? ForwardsFault() =>
        Forwards.GroupBy(forward => forward.ExpiryTimeNanos).Any(points => points.Count() > 1)
            ? "two points of its forward curve have one expiry"
            : null;
}
