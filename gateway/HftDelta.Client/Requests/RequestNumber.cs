namespace HftDelta.Client.Requests;

/// <summary>The place of a request among all that this client sent: from 1, one more for each, over all sessions.</summary>
public readonly record struct RequestNumber(ulong Value);

/// <summary>A word of the caller's own that comes back with the outcome.</summary>
public readonly record struct RequestTag(long Value);
