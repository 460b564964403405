namespace HftDelta.Gateway.Sessions;

/// <summary>Bounds of the session protocol that no option changes; docs/sessions.md tells clients of them.</summary>
public static class SessionLimits
{
    /// <summary>The shortest keep-alive that a client may ask for.</summary>
    public const uint KeepAliveMillisMin = 100;

    /// <summary>The longest.</summary>
    public const uint KeepAliveMillisMax = 60_000;

    /// <summary>Keep-alive intervals without a frame after which a session has lapsed.</summary>
    public const uint KeepAliveIntervals = 3;

    /// <summary>Stream of the requests at the venue's address.</summary>
    public const int RequestStreamId = 1;

    internal const ulong NanosPerMillisecond = 1_000_000;

    /// <summary>How often timers are looked at: short against the shortest keep-alive.</summary>
    internal const ulong LookNanos = 5 * NanosPerMillisecond;

    /// <summary>How long an ended connection may still send what waits for its client.</summary>
    internal const ulong EndNanosMax = 1_000 * NanosPerMillisecond;
}
