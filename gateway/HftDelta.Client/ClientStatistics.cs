namespace HftDelta.Client;

/// <summary>What happened to a client so far.</summary>
public readonly record struct ClientStatistics
{
    /// <summary>Attempts to connect.</summary>
    public long Attempts { get; init; }

    /// <summary>Requests that were sent again, to be applied or to ask for their outcome.</summary>
    public long Resent { get; init; }

    /// <summary>Reports that came more than once and were told once.</summary>
    public long DuplicateReports { get; init; }

    /// <summary>Ranges of missing reports that were asked for.</summary>
    public long RetransmitRequests { get; init; }

    /// <summary>Bytes that were no message.</summary>
    public long Malformed { get; init; }

    /// <summary>Messages that were not for this session.</summary>
    public long Misdirected { get; init; }

    public long MarketDataMessages { get; init; }

    /// <summary>What the transport refused last; null: nothing.</summary>
    public string? TransportFault { get; init; }
}
