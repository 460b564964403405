namespace HftDelta.Node.Load;

/// <summary>What is asked of a venue that runs already. Immutable.</summary>
public sealed record LoadRunOptions
{
    /// <summary>HOST:PORT where it listens.</summary>
    public required string Venue { get; init; }

    /// <summary>Of the session, on whose account everything happens.</summary>
    public required ulong Key { get; init; }

    /// <summary>What the venue lists; null: the development market.</summary>
    public string? MarketPath { get; init; }

    /// <summary>Of the open loop.</summary>
    public required double RatePerSecond { get; init; }

    /// <summary>How long it is measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>At the same rate, before anything counts.</summary>
    public double WarmUpSeconds { get; init; } = 2;

    /// <summary>Decides what happens by chance.</summary>
    public ulong Seed { get; init; } = 59;

    /// <summary>A session must be there within this, and then a price.</summary>
    public TimeSpan ConnectTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What rests at the end is cancelled within this.</summary>
    public TimeSpan FinishTime { get; init; } = TimeSpan.FromSeconds(10);
}
