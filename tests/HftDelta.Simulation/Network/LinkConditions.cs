namespace HftDelta.Simulation.Network;

/// <summary>
/// What one direction between two endpoints does to datagrams. Each fate is drawn for itself, so raising one rate does not
/// change which datagrams the others hit.
/// </summary>
public sealed record LinkConditions
{
    private const int PerMille = 1_000;

    private readonly int _dropPerMille;
    private readonly int _duplicatePerMille;
    private readonly int _reorderPerMille;
    private readonly int _corruptPerMille;

    /// <summary>Everything arrives, once, in order, at once.</summary>
    public static LinkConditions Perfect { get; } = new();

    /// <summary>Nothing arrives.</summary>
    public static LinkConditions Cut { get; } = new() { DropPerMille = PerMille };

    public int DropPerMille
    {
        get => _dropPerMille;
        init => _dropPerMille = Rate(value, nameof(DropPerMille));
    }

    /// <summary>Such a datagram arrives twice, the second time at a moment of its own.</summary>
    public int DuplicatePerMille
    {
        get => _duplicatePerMille;
        init => _duplicatePerMille = Rate(value, nameof(DuplicatePerMille));
    }

    /// <summary>Such a datagram is held up by up to <see cref="ReorderDelayNanos"/>, so that others overtake it.</summary>
    public int ReorderPerMille
    {
        get => _reorderPerMille;
        init => _reorderPerMille = Rate(value, nameof(ReorderPerMille));
    }

    /// <summary>
    /// Some bits of such a datagram change on the way. The checksum of the machine that it arrives at finds that, and nobody
    /// gets it, unless <see cref="IsChecksumOff"/>.
    /// </summary>
    public int CorruptPerMille
    {
        get => _corruptPerMille;
        init => _corruptPerMille = Rate(value, nameof(CorruptPerMille));
    }

    /// <summary>Changed datagrams arrive, as on machines that leave the checksum to hardware that does not look.</summary>
    public bool IsChecksumOff { get; init; }

    /// <summary>How long every datagram is under way.</summary>
    public uint DelayNanos { get; init; }

    /// <summary>Up to how much longer, drawn for each; it reorders by itself.</summary>
    public uint JitterNanos { get; init; }

    public uint ReorderDelayNanos { get; init; } = 1_000_000;

    /// <summary>Drops, duplicates and reorders the same share.</summary>
    public static LinkConditions Poor(int perMille, uint delayNanos = 0) => new()
    {
        DropPerMille = perMille,
        DuplicatePerMille = perMille,
        ReorderPerMille = perMille,
        DelayNanos = delayNanos,
    };

    private static int Rate(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, PerMille, name);
        return value;
    }
}
