using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Client.Requests;

/// <summary>How a request ended.</summary>
public enum OutcomeKind : byte
{
    /// <summary>Applied: a new order lives or has traded; an oracle report was taken.</summary>
    Accepted = 1,

    /// <summary>Applied: the order is cancelled.</summary>
    Canceled,

    /// <summary>Applied: the order is changed and has its new name.</summary>
    Replaced,

    /// <summary>The venue looked at it and refused it.</summary>
    Rejected,

    /// <summary>Its deadline had passed: certainly not applied, and never will be.</summary>
    NotApplied,

    /// <summary>
    /// Nobody could tell in time, or ever: its deadline and the grace after it passed without a word of the venue, the client
    /// was closed, or the venue forgot the session. Only the first may be followed by the truth.
    /// </summary>
    Unknown,
}

/// <summary>The end of one request; every request that was sent has exactly one.</summary>
public readonly struct RequestOutcome
{
    public required OutcomeKind Kind { get; init; }

    public required RequestNumber Request { get; init; }

    /// <summary>
    /// Its place among all commands of the venue, as its report tells it; none where no report of its own told the outcome.
    /// </summary>
    public CommandSequence Command { get; init; }

    public RequestTag Tag { get; init; }

    public InstrumentId Instrument { get; init; }

    /// <summary>The venue's name of the order; none for rejects and for requests without an order.</summary>
    public OrderId OrderId { get; init; }

    /// <summary>The name that the request gave the order, or the order that it named.</summary>
    public ClientOrderId Order { get; init; }

    /// <summary>
    /// The price that the order has: not the one asked for where the venue put a post-only order behind the best opposite, or
    /// where the order takes at the market. 0 for other outcomes, and for one that is recovered.
    /// </summary>
    public PriceTicks Price { get; init; }

    /// <summary>Why it was refused; none otherwise.</summary>
    public RejectCode Code { get; init; }

    /// <summary>The bound that was broken, in the unit of its field; 0 where there is none or it is not known any more.</summary>
    public long Limit { get; init; }

    /// <summary>When the request was first sent.</summary>
    public TimeNanos SentTime { get; init; }

    /// <summary>When the caller meant to send it.</summary>
    public TimeNanos IntendedTime { get; init; }

    /// <summary>When the outcome was received.</summary>
    public TimeNanos ReceivedTime { get; init; }

    /// <summary>Venue time of the outcome; 0 if the venue did not tell it.</summary>
    public TimeNanos VenueTime { get; init; }

    /// <summary>The outcome came from the answer to a repeated request and not from the report itself.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>From the call to its first answer.</summary>
    public ulong WireNanos => ReceivedTime.Value - SentTime.Value;

    /// <summary>From the moment it was meant to be sent to its first answer: what an open loop counts.</summary>
    public ulong SinceIntendedNanos => ReceivedTime.Value - IntendedTime.Value;

    public bool IsApplied => Kind is OutcomeKind.Accepted or OutcomeKind.Canceled or OutcomeKind.Replaced;
}
