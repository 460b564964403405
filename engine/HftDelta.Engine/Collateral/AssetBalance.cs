using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Collateral;

/// <summary>What an account holds of an asset other than the quote asset.</summary>
/// <param name="Asset">Which.</param>
/// <param name="Amount">Whole atoms of it.</param>
/// <param name="Dust">The rest, in 2^-32.</param>
public readonly record struct AssetBalance(AssetId Asset, AssetAtoms Amount, uint Dust);
