namespace HftDelta.Engine.Accounts;

/// <summary>What one account holds and has open in one instrument.</summary>
internal struct PositionRecord
{
    /// <summary>The instrument's index as last applied to this position.</summary>
    public Int128 IndexLast;

    /// <summary>The instrument's fee index as last charged to this position.</summary>
    public Int128 FeeIndexLast;

    /// <summary>The instrument's funding index as last applied to this position.</summary>
    public Int128 FundingIndexLast;

    /// <summary>Sum over open buy (sell) orders of price x leaves, in atoms.</summary>
    public Int128 OpenBuyAtoms;
    public Int128 OpenSellAtoms;

    /// <summary>Contributions to the account's running sums, so that they can be taken out again.</summary>
    public Int128 MarkedValue;
    public Int128 Requirement;

    /// <summary>Lots; negative is short. Below 2^40 in size.</summary>
    public long Quantity;

    public long OpenBuyLots;
    public long OpenSellLots;

    /// <summary>Live orders, both sides; follows from the orders.</summary>
    public uint OpenOrders;
    public uint Account;
    public uint Instrument;
    public uint NextOfAccount;
    public uint PreviousOfAccount;
    public uint NextOfInstrument;
    public uint PreviousOfInstrument;

    public readonly bool IsEmpty => Quantity == 0 && OpenBuyLots == 0 && OpenSellLots == 0;
}
