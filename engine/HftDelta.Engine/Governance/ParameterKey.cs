using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>What a parameter belongs to.</summary>
public enum ParameterScope : byte
{
    Venue = 1,
    Underlying = 2,
    Instrument = 3,
    FeeSchedule = 4,
    Asset = 5,
}

/// <summary>What the number of a parameter counts.</summary>
public enum ParameterUnit : byte
{
    /// <summary>Price ticks.</summary>
    Ticks = 1,

    /// <summary>Millionths.</summary>
    PartsPerMillion = 2,

    /// <summary>1e-9.</summary>
    PartsPerBillion = 3,
    Nanos = 4,
    Lots = 5,
    Orders = 6,

    /// <summary>Sources of an oracle.</summary>
    Sources = 7,

    /// <summary>Bit n - 1 stands for source n.</summary>
    SourceBits = 8,

    /// <summary>Of the quote asset, or of the asset that the parameter belongs to.</summary>
    Atoms = 9,

    /// <summary>Settlement intervals.</summary>
    Intervals = 10,

    /// <summary>Tiers of a fee schedule.</summary>
    Tiers = 11,

    /// <summary>So many times.</summary>
    Times = 12,

    /// <summary>The number of a fee schedule; 0: none.</summary>
    FeeSchedule = 13,
}

/// <summary>Which record of its scope holds a parameter.</summary>
internal enum ParameterHome : byte
{
    Governance = 1,
    Pool = 2,
    Underlying = 3,
    OracleRules = 4,
    Rules = 5,
    Terms = 6,
    Fees = 7,
    Asset = 8,
}

/// <summary>Names one value.</summary>
/// <param name="Kind">Which parameter.</param>
/// <param name="Scope">Of which underlying, instrument, fee schedule or asset; 0 for the venue's.</param>
/// <param name="Row">In tables; else 0.</param>
internal readonly record struct ParameterKey(ParameterId Kind, uint Scope, uint Row)
{
    public ulong High => Scope;

    public ulong Low => ((ulong)Kind << 32) | Row;
}

/// <summary>What no proposal can change about a parameter.</summary>
/// <param name="Scope">What it belongs to.</param>
/// <param name="Rows">1 but for tables; 0: there is no such parameter.</param>
/// <param name="Minimum">The least value that the engine can compute with.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Unit">What its number counts.</param>
public readonly record struct ParameterFacts(
    ParameterScope Scope, uint Rows, long Minimum, long Maximum, ParameterUnit Unit)
{
    internal ParameterHome Home { get; init; }
}
