using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Orders;

/// <summary>Which of the account's orders are to go, of all its sessions; what is not said filters nothing.</summary>
public readonly record struct MassCancelTerms
{
    public InstrumentId Instrument { get; init; }

    public UnderlyingId Underlying { get; init; }

    public SideFilter Side { get; init; }

    /// <summary>With <see cref="HighestPrice"/>, both included; both 0: any price.</summary>
    public PriceTicks LowestPrice { get; init; }

    public PriceTicks HighestPrice { get; init; }
}

/// <summary>Two-sided quotes of one underlying, which take the place of the account's last ones in their instruments.</summary>
public readonly record struct MassQuoteTerms
{
    public required UnderlyingId Underlying { get; init; }

    /// <summary>Fills count for the account's market-maker protection, which pulls the quotes when it acts.</summary>
    public bool IsProtected { get; init; }

    /// <summary>Venue time from which on it must not be applied; null: the client's default, 0: none.</summary>
    public TimeNanos? Deadline { get; init; }
}

/// <summary>One instrument of a mass quote; a side without quantity takes the last quote there away.</summary>
public readonly record struct QuoteEntry
{
    public required InstrumentId Instrument { get; init; }

    public PriceTicks BidPrice { get; init; }

    public QuantityLots BidQuantity { get; init; }

    public PriceTicks AskPrice { get; init; }

    public QuantityLots AskQuantity { get; init; }
}

/// <summary>Market-maker protection of the account in one underlying.</summary>
public readonly record struct ProtectionTerms
{
    public required UnderlyingId Underlying { get; init; }

    /// <summary>How long fills are counted from the first one on; 0: protection off.</summary>
    public required ulong WindowNanos { get; init; }

    /// <summary>How long protected orders and mass quotes are refused after it acted; 0: until it is set again.</summary>
    public ulong FreezeNanos { get; init; }

    /// <summary>Lots filled in a window at which it acts; 0: no limit.</summary>
    public QuantityLots QuantityLimit { get; init; }

    /// <summary>Size of the sum of lots x delta at which it acts, in 2^-32 lots; 0: no limit.</summary>
    public DeltaUnits DeltaLimit { get; init; }

    /// <summary>Fills in a window at which it acts; 0: no limit.</summary>
    public uint CountLimit { get; init; }
}
