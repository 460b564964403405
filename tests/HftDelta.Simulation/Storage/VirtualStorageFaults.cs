using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Storage;

/// <summary>
/// What goes wrong with a <see cref="VirtualStorage"/>: single faults that a test switches between steps, and rates that are
/// drawn from a seed, so that a run repeats. Mapped memory is never wrong; a fault shows on the device, and so after a power
/// cut.
/// </summary>
public sealed class VirtualStorageFaults
{
    private SplitMix64 _random;

    /// <summary>Which allocation finds the disk full, from 1; 0: none.</summary>
    public int FullAtAllocation { get; set; }

    /// <summary>Whether every allocation finds the disk full.</summary>
    public bool IsFull { get; set; }

    /// <summary>What all files together may take.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Which sync fails, from 1; 0: none. The next one would succeed, as real devices do.</summary>
    public int FailAtSync { get; set; }

    /// <summary>Which mapping of a file finds one bit of it flipped, from 1; 0: none.</summary>
    public int RotAtMapping { get; set; }

    /// <summary>Whether syncs report success and bring nothing to the device.</summary>
    public bool SyncsLie { get; set; }

    /// <summary>Of so many thousand synced sectors one thousandth each is lost: the device keeps what it had.</summary>
    public int LostWritesPerMille { get; set; }

    /// <summary>Of synced sectors so many thousandths land in the place of another sector of the file.</summary>
    public int MisdirectedWritesPerMille { get; set; }

    /// <summary>Told the time that a sync takes, so that a virtual clock can be moved; null: no time.</summary>
    public Action<long>? OnSyncNanos { get; set; }

    /// <summary>The slowest sync.</summary>
    public long SyncNanosMax { get; set; }

    /// <summary>
    /// Draws a device: each class of fault is absent in half of the seeds, so that none hides behind another one.
    /// </summary>
    public void Draw(ulong seed)
    {
        _random = new SplitMix64(seed);
        LostWritesPerMille = DrawRate();
        MisdirectedWritesPerMille = DrawRate();
        SyncsLie = (_random.Next() & 7) == 0;
    }

    /// <summary>Whether the device keeps its promises but for what it loses in a power cut.</summary>
    public bool IsHonest => !SyncsLie && LostWritesPerMille == 0 && MisdirectedWritesPerMille == 0;

    /// <summary>Where a sector lands; -1: nowhere.</summary>
    internal long TargetOf(long sector, long sectors)
    {
        if (Hits(LostWritesPerMille))
        {
            return -1;
        }

        return Hits(MisdirectedWritesPerMille) ? (long)(_random.Next() % (ulong)sectors) : sector;
    }

    internal void Wait()
    {
        if (OnSyncNanos is { } tell && SyncNanosMax > 0)
        {
            tell((long)(_random.Next() % (ulong)SyncNanosMax) + 1);
        }
    }

    private int DrawRate() => (_random.Next() & 1) == 0 ? 0 : 1 + (int)(_random.Next() % 200);

    private bool Hits(int perMille) => perMille > 0 && (int)(_random.Next() % 1_000) < perMille;
}
