namespace HftDelta.Perf.Network;

/// <summary>Both ways there are between the two threads: bare sockets and our Aeron.</summary>
internal sealed record AeronEnds(RawEnd RawNear, RawEnd RawFar, AeronEnd AeronNear, AeronEnd AeronFar) : IDisposable
{
    public static AeronEnds Open(AeronWay how)
    {
        var (rawNear, rawFar) = RawEnd.OpenPair();
        var (aeronNear, aeronFar) = AeronEnd.OpenPair(how);
        return new AeronEnds(rawNear, rawFar, aeronNear, aeronFar);
    }

    public void Dispose()
    {
        AeronNear.Dispose();
        AeronFar.Dispose();
        RawNear.Dispose();
        RawFar.Dispose();
    }
}

/// <summary>How datagrams go from one end to the other.</summary>
internal sealed record AeronWay(int MtuLengthBytes, bool Segments, bool Coalesces)
{
    /// <summary>As a driver does by itself: cut up by the kernel, not joined by it.</summary>
    public static readonly AeronWay Usual = new(1_408, Segments: true, Coalesces: false);

    public static readonly AeronWay[] All =
    [
        Usual,
        new(1_408, Segments: true, Coalesces: true),
        new(1_408, Segments: false, Coalesces: false),
        new(8_192, Segments: false, Coalesces: false),
    ];

    public override string ToString() => (Segments, Coalesces) switch
    {
        (true, true) => FormattableString.Invariant($"MTU {MtuLengthBytes:#,0}, GSO and GRO (loopback, super-packets)"),
        (true, false) => FormattableString.Invariant($"MTU {MtuLengthBytes:#,0}, GSO"),
        _ => FormattableString.Invariant($"MTU {MtuLengthBytes:#,0}, no offload"),
    };
}
