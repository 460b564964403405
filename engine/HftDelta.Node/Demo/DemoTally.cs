namespace HftDelta.Node.Demo;

/// <summary>
/// What the participants sent and what the venue answered, counted from their own connections. Owner: the driver.
/// </summary>
internal sealed class DemoTally
{
    public long NewOrdersSent { get; set; }

    public long CancelsSent { get; set; }

    public long ReplacesSent { get; set; }

    public long OracleReportsSent { get; set; }

    public long Accepted { get; set; }

    public long Rejected { get; set; }

    public long Fills { get; set; }

    public long Canceled { get; set; }

    public long CanceledByExpiry { get; set; }

    public long CanceledBySessionClose { get; set; }

    public long Replaced { get; set; }

    public long CancelRejected { get; set; }

    public long Settlements { get; set; }

    public long OracleReportsRefused { get; set; }

    /// <summary>Reports of templates that nothing here expects.</summary>
    public long Unexpected { get; set; }

    /// <summary>Requests that ask for an order, a change or a cancel.</summary>
    public long OrderRequests => NewOrdersSent + CancelsSent + ReplacesSent;

    public long Rejects => Rejected + CancelRejected;
}
