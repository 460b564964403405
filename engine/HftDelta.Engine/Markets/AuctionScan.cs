namespace HftDelta.Engine.Markets;

/// <summary>How far <see cref="AuctionSearch"/> has come in one book.</summary>
internal struct AuctionScan
{
    public ScannedSide Buy;
    public ScannedSide Sell;

    /// <summary>Lots matched so far.</summary>
    public long Volume;

    /// <summary>The order at which the count of a level goes on; 0: no count is under way.</summary>
    public uint Order;

    /// <summary>0: nothing here counts; a search begins anew.</summary>
    public byte IsRunning;

    /// <summary>The levels that come next would trade with each other.</summary>
    public readonly bool IsCrossed => Buy.Price != 0 && Sell.Price != 0 && Buy.Price >= Sell.Price;

    /// <summary>Whether one of the last prices that traded leaves neither demand nor supply.</summary>
    public readonly bool HasBalance(out long lowest, out long highest)
    {
        var isLower = IsBalanced(Sell.LastPrice);
        var isHigher = IsBalanced(Buy.LastPrice);
        lowest = isLower ? Sell.LastPrice : Buy.LastPrice;
        highest = isHigher ? Buy.LastPrice : Sell.LastPrice;
        return isLower || isHigher;
    }

    private readonly bool IsBalanced(long price) => price > Buy.Price && (Sell.Price == 0 || price < Sell.Price);
}

/// <summary>One side of a search.</summary>
internal struct ScannedSide
{
    /// <summary>The first level that has lots left; 0: none.</summary>
    public long Price;

    /// <summary>What is left of it, once counted.</summary>
    public long Lots;

    /// <summary>The last level that traded.</summary>
    public long LastPrice;

    public byte IsLoaded;
}
