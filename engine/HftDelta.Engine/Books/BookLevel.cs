using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Books;

/// <summary>One price of one side, as depth is read.</summary>
public readonly record struct BookLevel(PriceTicks Price, QuantityLots Volume, int Count);
