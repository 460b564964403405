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

        return null;
    }
}
