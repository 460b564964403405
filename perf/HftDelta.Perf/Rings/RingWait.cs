namespace HftDelta.Perf.Rings;

/// <summary>
/// A way in which both ends of a measured ring wait. Each side of a comparison is measured with the one that suits it best.
/// </summary>
/// <param name="Name">In tables and in the words between processes.</param>
/// <param name="IsRoomLeftToTheLibrary">The producer claims by Next and not by asking for room.</param>
/// <param name="Pause">How long between looks before the core is given away.</param>
public sealed record RingWait(string Name, bool IsRoomLeftToTheLibrary, int Pause)
{
    /// <summary>Both ends pause a little between looks.</summary>
    public static readonly RingWait Usual = new("pause", false, 16);

    /// <summary>No pause: for more threads than cores, where whoever pauses holds a core that another needs.</summary>
    public static readonly RingWait Look = new("look", false, 0);

    /// <summary>The peers know them by these names.</summary>
    public static readonly RingWait[] All =
    [
        new("next", true, 0),
        Look,
        Usual,
        new("long", false, 64),
    ];

    public static RingWait Named(string name) =>
        Array.Find(All, way => way.Name == name)
            ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no such way to wait");
}
