namespace HftDelta.Node.Doctor;

/// <summary>What a check says of the machine.</summary>
public enum FindingStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>A venue runs, and slower or less safely than it could; or nobody could tell.</summary>
    Warn,

    /// <summary>A venue would not start, or not keep what it promises.</summary>
    Fail,
}

/// <summary>What one check found.</summary>
/// <param name="Status">How good that is.</param>
/// <param name="Seen">What was seen, in words and figures.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Mend">What mends it, a command where there is one; null when all is well.</param>
public sealed record MachineFinding(FindingStatus Status, string Seen, string Why, string? Mend);
