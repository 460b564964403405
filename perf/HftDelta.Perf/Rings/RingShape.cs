namespace HftDelta.Perf.Rings;

/// <summary>Who publishes into a ring and who reads it behind whom.</summary>
/// <param name="Name">In the words between processes.</param>
/// <param name="Label">In tables.</param>
/// <param name="Producers">Threads that publish, each its share.</param>
/// <param name="Consumers">For each consumer the consumers that go before it; none: only the producers do.</param>
public sealed record RingShape(string Name, string Label, int Producers, int[][] Consumers)
{
    public static readonly RingShape OneToOne = new("one-to-one", "one to one", 1, [[]]);

    /// <summary>More loops than this machine may have cores: as much about its scheduler as about rings.</summary>
    public static readonly RingShape[] Crowded =
    [
        new("one-to-three", "one to three", 1, [[], [], []]),
        new("three-to-one", "three to one", 3, [[]]),
        new("pipeline", "pipeline of three", 1, [[], [0], [1]]),
        new("diamond", "diamond", 1, [[], [], [0, 1]]),
    ];

    /// <summary>Consumers that nobody goes behind: the producers wait for these.</summary>
    public IEnumerable<int> Last =>
        Enumerable.Range(0, Consumers.Length).Where(consumer => !Consumers.Any(before => before.Contains(consumer)));

    public static RingShape Named(string name) =>
        name == OneToOne.Name ? OneToOne : Array.Find(Crowded, shape => shape.Name == name)
            ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no such shape");
}
