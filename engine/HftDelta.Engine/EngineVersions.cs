namespace HftDelta.Engine;

/// <summary>
/// Behaviours of the engine, by number. A program that decides something differently than the one before has a higher newest
/// version, and goes on deciding as before until the sequenced command EngineVersion says the new one: so every journal is
/// repeated with the behaviour that it was lived with. A journal's segments and a snapshot name the newest version of their
/// writer; an older program refuses them.
/// </summary>
public static class EngineVersions
{
    /// <summary>What a new venue begins with.</summary>
    public const uint First = 1;

    /// <summary>The newest that this program knows.</summary>
    public const uint Newest = 1;
}
