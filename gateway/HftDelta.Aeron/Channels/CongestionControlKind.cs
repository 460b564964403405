namespace HftDelta.Aeron.Channels;

/// <summary>How a subscription chooses the window that it announces, as <c>cc</c> says.</summary>
public enum CongestionControlKind
{
    /// <summary>Always the same.</summary>
    Static = 0,

    /// <summary>It grows and shrinks with the losses.</summary>
    Cubic,
}
