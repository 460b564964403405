using HftDelta.Primitives.Units;

namespace HftDelta.Node.Statements;

/// <summary>Why an account's balance moved, or where a statement begins and ends.</summary>
internal enum MovementKind
{
    Opening,
    Trade,
    TradingFee,
    Settlement,
    Expiry,
    Funding,
    SettlementFee,
    PoolInterest,
    Deposit,
    Withdrawal,
    WithdrawalHeld,
    WithdrawalBack,
    TransferOut,
    TransferIn,
    Delivery,
    DeliveryPenalty,
    Closing,
}

/// <summary>One line of a statement. Of another asset than the quote asset only amount and balance are said.</summary>
internal readonly record struct Movement
{
    public required CommandSequence Sequence { get; init; }

    public required TimeNanos Time { get; init; }

    public required MovementKind Kind { get; init; }

    public required AssetId Asset { get; init; }

    /// <summary>The instrument, for a trade, a settlement and a fee of one; null: none.</summary>
    public string? Symbol { get; init; }

    /// <summary>Traded, negative where sold; or held while it was settled.</summary>
    public QuantityLots? Lots { get; init; }

    /// <summary>Gross price of a trade in the instrument's ticks, or S in ticks of the underlying.</summary>
    public PriceTicks? Price { get; init; }

    /// <summary>D of one lot: at the trade, or after the settlement.</summary>
    public SubAtoms? DeltaIndex { get; init; }

    /// <summary>Of a trade: what its gross price moved, before D.</summary>
    public SubAtoms? Gross { get; init; }

    /// <summary>Of a trade: what D moved. Gross and this are the amount.</summary>
    public SubAtoms? OfIndex { get; init; }

    /// <summary>What the balance moved by.</summary>
    public required SubAtoms Amount { get; init; }

    /// <summary>After it.</summary>
    public required SubAtoms Balance { get; init; }

    /// <summary>Number of the trade, deposit or withdrawal, or the other account of a transfer.</summary>
    public ulong Reference { get; init; }
}
