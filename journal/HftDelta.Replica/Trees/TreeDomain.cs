namespace HftDelta.Replica.Trees;

/// <summary>
/// The first byte of everything that is hashed into the state root. What is hashed for one purpose can therefore never be shown
/// for another: a leaf is no node, a list of positions is no leaf.
/// </summary>
internal static class TreeDomain
{
    public const byte AccountLeaf = 0;
    public const byte Node = 1;
    public const byte Positions = 2;
    public const byte StateRoot = 3;
    public const byte InstrumentLeaf = 4;
    public const byte EngineVersion = 5;
    public const byte WithdrawalLeaf = 6;
    public const byte Balances = 7;
}
