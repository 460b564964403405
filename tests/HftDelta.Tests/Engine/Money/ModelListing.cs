using System.Numerics;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Money;

/// <summary>What the model knows of an instrument: what its definition told, and its indices since.</summary>
internal sealed class ModelListing
{
    public required InstrumentKind Kind { get; init; }

    /// <summary>The kind with what makes it another one: call or put, the power.</summary>
    public required string Name { get; init; }

    public required uint Underlying { get; init; }

    public required long AtomsPerTick { get; init; }

    public required long AtomsPerUnderlyingTick { get; init; }

    /// <summary>0: no option.</summary>
    public required long Strike { get; init; }

    public required bool IsCall { get; init; }

    public required bool IsPhysical { get; init; }

    /// <summary>0: none.</summary>
    public required ulong ExpiryTime { get; init; }

    /// <summary>0: never, 1: at every interval.</summary>
    public required uint TrueUpEvery { get; init; }

    /// <summary>As it was when the last command had been done: known before the next move.</summary>
    public long Delta { get; set; }

    public required BigInteger Index { get; set; }

    public BigInteger FundingIndex { get; set; }

    public required long SettledPrice { get; set; }

    public long PayoffTicks(long price) => Strike == 0 ? price : Math.Max(0, IsCall ? price - Strike : Strike - price);
}

/// <summary>A withdrawal that waits.</summary>
internal readonly record struct HeldMoney(ulong Id, uint Account, uint Asset, long Atoms);
