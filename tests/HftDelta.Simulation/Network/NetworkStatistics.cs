namespace HftDelta.Simulation.Network;

/// <summary>
/// What became of the datagrams. Each one sent or duplicated ends in exactly one of the others, is under way, or waits in a
/// socket.
/// </summary>
public sealed record NetworkStatistics
{
    public long Sent { get; internal set; }

    /// <summary>Second copies that the network made.</summary>
    public long Duplicated { get; internal set; }

    /// <summary>Read by their receivers.</summary>
    public long Delivered { get; internal set; }

    public long DeliveredBytes { get; internal set; }

    /// <summary>Lost on the way, by the link's conditions or a test's wish.</summary>
    public long Dropped { get; internal set; }

    /// <summary>Changed on the way and refused by the checksum of the machine that they arrived at.</summary>
    public long Corrupted { get; internal set; }

    /// <summary>Lost because a queue was full.</summary>
    public long Overflowed { get; internal set; }

    /// <summary>Nobody was bound to the address when they arrived.</summary>
    public long Unreachable { get; internal set; }

    /// <summary>From another than the one peer of a connected socket.</summary>
    public long Filtered { get; internal set; }

    /// <summary>Waited in a socket that was closed.</summary>
    public long Abandoned { get; internal set; }

    /// <summary>Held up by the link's conditions; these are no fate of their own.</summary>
    public long HeldUp { get; internal set; }

    /// <summary>What has not ended yet.</summary>
    public long Pending =>
        Sent + Duplicated - Delivered - Dropped - Corrupted - Overflowed - Unreachable - Filtered - Abandoned;

    public override string ToString() =>
        $"sent {Sent} duplicated {Duplicated} delivered {Delivered} dropped {Dropped} corrupted {Corrupted} "
        + $"overflowed {Overflowed} unreachable {Unreachable} filtered {Filtered} abandoned {Abandoned} held up {HeldUp} "
        + $"pending {Pending}";
}
