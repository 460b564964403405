using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;
using HftDelta.Wire;

namespace HftDelta.Client.Samples;

/// <summary>
/// What the samples have in common: a client that it listens to, and counts. An agent: its duty cycle is the client's and
/// then its own. Owner: one thread.
/// </summary>
public abstract class SampleClient : VenueListener, IAgent, IDisposable
{
    private readonly LatencyRecorder? _latency;
    private readonly NanoClock _clock;

    protected SampleClient(VenueClientOptions options, LatencyRecorder? latency)
    {
        ArgumentNullException.ThrowIfNull(options);
        _latency = latency;
        _clock = options.Clock ?? new SystemNanoClock();
        Client = new VenueClient(options with { Clock = _clock }, this);
    }

    public abstract string RoleName { get; }

    public VenueClient Client { get; }

    /// <summary>What it did so far. Its thread, or after its last duty cycle.</summary>
    public SampleStatistics Statistics => Tally.Read(Orders.Outstanding);

    internal SampleTally Tally { get; } = new();

    protected OrderSession Orders => Client.Orders;

    public void OnStart() => Client.OnStart();

    public int DoWork()
    {
        var work = Client.DoWork();
        return Orders.IsEstablished ? work + Act(_clock.Now) : work;
    }

    /// <summary>Ends the session in order.</summary>
    public void OnClose() => Client.OnClose();

    public void Dispose()
    {
        Client.Dispose();
        GC.SuppressFinalize(this);
    }

    public override void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code) =>
        Tally.Established += to == ConnectionState.Established ? 1 : 0;

    public override void OnOutcome(in RequestOutcome outcome)
    {
        Tally.Count(in outcome);
        _latency?.Invoke(outcome.WireNanos, outcome.SinceIntendedNanos);
    }

    public override void OnResolvedLate(in RequestOutcome outcome) => Tally.CountLate(in outcome);

    public override void OnFill(in OrderFill fill)
    {
        Tally.Fills++;
        Tally.FilledLots += fill.Quantity.Value;
    }

    public override void OnCanceled(in OrderCancellation cancellation) => Tally.Cancellations++;

    public override void OnAccountSettled(in AccountSettlement settlement) => Tally.Settlements++;

    public override void OnReportsHealed(ReportSequence first, ReportSequence last) =>
        Tally.ReportsHealed += (long)(last.Value - first.Value) + 1;

    public override void OnReportsLost(ReportSequence first, ReportSequence last) =>
        Tally.ReportsLost += (long)(last.Value - first.Value) + 1;

    /// <summary>What it does of its own while the session is open.</summary>
    protected abstract int Act(TimeNanos now);
}
