using HftDelta.Client.Orders;
using HftDelta.Primitives.Units;

namespace HftDelta.Client.Samples;

/// <summary>Told for each request when its outcome came; called on the client's thread, so it allocates nothing.</summary>
/// <param name="wireNanos">From the call that sent it.</param>
/// <param name="sinceIntendedNanos">From the moment it was meant to be sent: counts the wait of an open loop too.</param>
public delegate void LatencyRecorder(ulong wireNanos, ulong sinceIntendedNanos);

/// <summary>How the sample market maker quotes.</summary>
public sealed record SampleMakerOptions
{
    public required VenueClientOptions Client { get; init; }

    /// <summary>What it quotes, in turn.</summary>
    public required IReadOnlyList<InstrumentId> Instruments { get; init; }

    public required SamplePricing Pricing { get; init; }

    /// <summary>In each order.</summary>
    public long Lots { get; init; } = 10;

    /// <summary>Between two looks at its quotes.</summary>
    public ulong QuoteEveryNanos { get; init; } = 10_000_000;

    /// <summary>Instruments that one look covers.</summary>
    public int InstrumentsPerLook { get; init; } = 10;

    /// <summary>A position of so many lots moves its prices by half a spread.</summary>
    public long LeanLots { get; init; } = 400;

    /// <summary>Prices differ a little from those of another seed.</summary>
    public ulong Seed { get; init; } = 1;

    public LatencyRecorder? Latency { get; init; }
}

/// <summary>How the sample taker trades.</summary>
public sealed record SampleTakerOptions
{
    public required VenueClientOptions Client { get; init; }

    /// <summary>What it trades, by chance.</summary>
    public required IReadOnlyList<InstrumentId> Instruments { get; init; }

    /// <summary>Orders are meant to leave at fixed moments, whatever became of those before.</summary>
    public double OrdersPerSecond { get; init; } = 100;

    /// <summary>Of an order, at most.</summary>
    public int LotsMax { get; init; } = 5;

    public ulong Seed { get; init; } = 1;

    public LatencyRecorder? Latency { get; init; }
}

/// <summary>What the sample oracle reports.</summary>
public sealed record SampleOracleOptions
{
    public required VenueClientOptions Client { get; init; }

    /// <summary>One or more: a session may be the same source of several underlyings.</summary>
    public required IReadOnlyList<UnderlyingId> Underlyings { get; init; }

    /// <summary>Which source it is, 1 to 8.</summary>
    public required int Source { get; init; }

    /// <summary>The price at a time, in ticks of the underlying; 0: none now.</summary>
    public required Func<UnderlyingId, TimeNanos, PriceTicks> Price { get; init; }

    /// <summary>Signs a report as docs/oracle.md says; null: the venue takes them without.</summary>
    public Func<OracleTerms, byte[]>? Sign { get; init; }

    public ulong ReportEveryNanos { get; init; } = 100_000_000;

    public LatencyRecorder? Latency { get; init; }
}
