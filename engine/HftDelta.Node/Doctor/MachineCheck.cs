namespace HftDelta.Node.Doctor;

/// <summary>One thing to look at: its name, why it matters, and the look itself.</summary>
public sealed class MachineCheck
{
    private readonly string _why;
    private readonly Func<Machine, (FindingStatus Status, string Seen, string? Mend)> _look;

    internal MachineCheck(
        string name, string why, Func<Machine, (FindingStatus Status, string Seen, string? Mend)> look)
    {
        Name = name;
        _why = why;
        _look = look;
    }

    /// <summary>Stable, for scripts: words of lower case with hyphens.</summary>
    public string Name { get; }

    /// <summary>All of them, in the order in which they are told.</summary>
    public static IReadOnlyList<MachineCheck> All { get; } =
    [
        .. ProcessorChecks.All,
        .. MemoryChecks.All,
        .. NetworkChecks.All,
        .. StorageChecks.All,
        .. RuntimeChecks.All,
    ];

    /// <summary>Looks. What a look cannot see is a warning that says so.</summary>
    public MachineFinding Look(Machine machine)
    {
        try
        {
            var (status, seen, mend) = _look(machine);
            return new MachineFinding(status, seen, _why, mend);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new MachineFinding(FindingStatus.Warn, $"cannot be told: {fault.Message}", _why, null);
        }
    }

    internal static (FindingStatus Status, string Seen, string? Mend) Ok(string seen) => (FindingStatus.Ok, seen, null);

    internal static (FindingStatus Status, string Seen, string? Mend) Warn(string seen, string? mend) =>
        (FindingStatus.Warn, seen, mend);

    internal static (FindingStatus Status, string Seen, string? Mend) Fail(string seen, string mend) =>
        (FindingStatus.Fail, seen, mend);

    internal static (FindingStatus Status, string Seen, string? Mend) Unknown(string reason) =>
        (FindingStatus.Warn, $"cannot be told: {reason}", null);
}
