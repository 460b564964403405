namespace HftDelta.Aeron.Cnc;

/// <summary>
/// Where everything lies in <c>cnc.dat</c>, the file by which Aeron's tools and clients know a driver: 128 bytes that describe
/// it, then the ring of commands to the driver, the broadcast to clients, the counters' descriptions, their values, and the log
/// of distinct errors, without gaps. Native byte order, which is little-endian here.
/// </summary>
internal static class CncLayout
{
    public const string FileName = "cnc.dat";

    /// <summary>0.2.0; a reader insists on the same first number.</summary>
    public const int Version = 512;

    public const int HeaderLengthBytes = 128;
    public const int VersionOffset = 0;
    public const int ToDriverLengthOffset = 4;
    public const int ToClientsLengthOffset = 8;
    public const int CounterMetadataLengthOffset = 12;
    public const int CounterValuesLengthOffset = 16;
    public const int ErrorLogLengthOffset = 20;
    public const int ClientLivenessTimeoutOffset = 24;
    public const int StartTimeOffset = 32;
    public const int ProcessIdOffset = 40;
    public const int PageSizeOffset = 48;

    /// <summary>Behind the records of the ring to the driver: who is where, the last correlation id, the heartbeat.</summary>
    public const int RingTrailerLengthBytes = 768;

    public const int RingCorrelationIdOffset = 512;
    public const int RingHeartbeatOffset = 640;

    /// <summary>Behind the records of the broadcast to clients.</summary>
    public const int BroadcastTrailerLengthBytes = 128;

    public const int RingCapacityBytes = 1024 * 1024;
    public const int ErrorLogLengthBytes = 1024 * 1024;
    public const int PageLengthBytes = 4096;

    /// <summary>The heartbeat of a driver that has ended in order.</summary>
    public const long HeartbeatEnded = -1;

    public static int MajorVersion(int version) => version >> 16;
}
