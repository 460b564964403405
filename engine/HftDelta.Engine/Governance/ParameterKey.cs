using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>What a parameter belongs to.</summary>
public enum ParameterScope : byte
{
    Venue = 1,
    Underlying = 2,
    Instrument = 3,
}

/// <summary>Names one value.</summary>
/// <param name="Kind">Which parameter.</param>
/// <param name="Scope">Of which underlying or instrument; 0 for the venue's.</param>
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
public readonly record struct ParameterFacts(ParameterScope Scope, uint Rows, long Minimum, long Maximum);
