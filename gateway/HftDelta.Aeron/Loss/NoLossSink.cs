namespace HftDelta.Aeron.Loss;

/// <summary>Without an Aeron directory there is no report: the driver's counters tell enough.</summary>
internal sealed class NoLossSink : ILossSink
{
    public static NoLossSink Instance { get; } = new();

    public void OnLoss(in LossObservation loss)
    {
    }
}
