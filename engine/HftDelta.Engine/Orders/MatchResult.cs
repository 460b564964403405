namespace HftDelta.Engine.Orders;

/// <summary>Why an order stopped taking.</summary>
internal enum MatchResult : byte
{
    /// <summary>It is filled, or nobody stands opposite within its price.</summary>
    Done,

    /// <summary>The command's units or its room for events are used up; it goes on later.</summary>
    Stopped,

    /// <summary>It has ended, and was reported: the slot is free.</summary>
    Ended,
}
