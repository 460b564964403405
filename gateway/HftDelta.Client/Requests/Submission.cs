using HftDelta.Primitives.Units;

namespace HftDelta.Client.Requests;

/// <summary>What became of a call at once. All but <see cref="Sent"/> consumed nothing: no number, no name, no message.</summary>
public enum SubmitCode : byte
{
    /// <summary>On its way; exactly one outcome follows.</summary>
    Sent,

    /// <summary>No established session.</summary>
    NotEstablished,

    /// <summary>As many requests as the window holds are without outcome.</summary>
    WindowFull,

    /// <summary>The transport takes nothing now, or what was sent before a reconnection goes first: try again.</summary>
    BackPressured,

    /// <summary>The request does not fit its frame.</summary>
    TooLong,
}

/// <summary>The answer to a call.</summary>
/// <param name="Code">Whether it was sent.</param>
/// <param name="Request">Its number, if it was sent.</param>
/// <param name="Order">The order's name from now on, for a new order and a replacement that were sent.</param>
public readonly record struct Submission(SubmitCode Code, RequestNumber Request, ClientOrderId Order)
{
    public bool IsSent => Code == SubmitCode.Sent;

    internal static Submission Refused(SubmitCode code) => new(code, default, default);
}
