namespace HftDelta.Aeron.Channels;

/// <summary>Which receivers of a group hold the sender back, as <c>fc</c> says.</summary>
public enum FlowControlKind
{
    /// <summary>None: the fastest decides.</summary>
    Max = 0,

    /// <summary>All: the slowest decides.</summary>
    Min,

    /// <summary>Those that send the group's tag: the slowest of them decides.</summary>
    Tagged,
}
