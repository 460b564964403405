namespace HftDelta.Perf.Pipeline;

/// <summary>Which of a venue's agents run on the thread of its client.</summary>
internal enum StepsByHand
{
    None,

    /// <summary>Those between the client and the core: ingress and egress.</summary>
    Edges,

    All,
}
