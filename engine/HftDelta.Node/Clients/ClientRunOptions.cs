using HftDelta.Node.Config;

namespace HftDelta.Node.Clients;

/// <summary>What a client process does.</summary>
public enum ClientRole
{
    /// <summary>Quotes both sides of everything.</summary>
    Maker,

    /// <summary>Takes what is quoted, at a fixed rate.</summary>
    Taker,

    /// <summary>Reports prices, one session for each source.</summary>
    Oracle,

    /// <summary>Sends recorded order flow through two sessions.</summary>
    Flow,
}

/// <summary>What <c>hftdelta client</c> is asked for. Immutable.</summary>
public sealed record ClientRunOptions
{
    public required ClientRole Role { get; init; }

    /// <summary>HOST:PORT of the venue.</summary>
    public required string Venue { get; init; }

    /// <summary>A session for each.</summary>
    public required IReadOnlyList<ulong> Keys { get; init; }

    /// <summary>Seconds from the moment at which all sessions are established.</summary>
    public required double Seconds { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>What the venue lists.</summary>
    public required MarketSettings Market { get; init; }

    /// <summary>Files of the keys that oracle sources sign with, one for each of <see cref="Keys"/>; none: unsigned.</summary>
    public IReadOnlyList<string> OracleKeyFiles { get; init; } = [];

    /// <summary>Folder of recorded market data; null: prices walk by chance.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Everything happens so many times as often.</summary>
    public double Pace { get; init; } = 1;

    /// <summary>Of a taker, before the pace.</summary>
    public double OrdersPerSecond { get; init; } = 200;

    /// <summary>A connection must be there within this.</summary>
    public TimeSpan ConnectTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What is under way at the end may take as long.</summary>
    public TimeSpan FinishTime { get; init; } = TimeSpan.FromSeconds(20);
}
