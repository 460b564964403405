using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Reports;

/// <summary>A mass cancel of this session is done.</summary>
public readonly struct MassCancellation
{
    public required ReportPlace Place { get; init; }

    /// <summary>The call that asked for it.</summary>
    public required RequestNumber Request { get; init; }

    /// <summary>Orders that it ended, of all sessions of the account.</summary>
    public required int Orders { get; init; }
}

/// <summary>What became of one entry of a mass quote; a code of none and no order: that side was not quoted.</summary>
/// <param name="Instrument">The entry's.</param>
/// <param name="BidCode">Why the bid was refused, or none.</param>
/// <param name="AskCode">Why the offer was refused, or none.</param>
/// <param name="BidOrder">The venue's name of the bid; none if none rests.</param>
/// <param name="AskOrder">The venue's name of the offer; none if none rests.</param>
public readonly record struct QuoteSideOutcomes(
    InstrumentId Instrument, RejectCode BidCode, RejectCode AskCode, OrderId BidOrder, OrderId AskOrder);

/// <summary>What became of a mass quote that was accepted. Its entries are valid during the call that tells it.</summary>
public readonly ref struct MassQuoteResult
{
    public required ReportPlace Place { get; init; }

    /// <summary>The name that all its orders have.</summary>
    public required ClientOrderId Order { get; init; }

    /// <summary>In the order of the quote.</summary>
    public required ReadOnlySpan<QuoteSideOutcomes> Entries { get; init; }
}

/// <summary>Market-maker protection of the session's account has acted.</summary>
public readonly struct ProtectionAction
{
    public required ReportPlace Place { get; init; }

    public required UnderlyingId Underlying { get; init; }

    /// <summary>Protected orders and mass quotes are refused before it; the largest value: until it is set again.</summary>
    public required TimeNanos FrozenUntil { get; init; }
}
