using System.Diagnostics;
using HftDelta.Client;
using HftDelta.Client.Samples;
using HftDelta.Node.Cli;
using HftDelta.Node.Demo;
using HftDelta.Node.Demo.Participants;

namespace HftDelta.Node.Clients;

/// <summary>
/// Recorded order flow over the network: one session lays the orders, another comes for those that were executed.
/// </summary>
internal static class FlowParts
{
    private const int NoFlowError = 1017;

    /// <exception cref="OperatorException">There is no recorded flow, or not two keys.</exception>
    public static IReadOnlyList<ClientPart> Make(ClientRunOptions options, LatencyRecorder latency)
    {
        var market = ClientParts.SourceOf(options);
        if (market.FlowInstrument is null || options.Keys.Count != 2)
        {
            throw new OperatorException(
                NoFlowError, ExitCode.Usage, "recorded flow needs --data and two keys", "--data DIR --key 30 --key 31");
        }

        var resting = new NetworkDesk(ConnectionOf(options, options.Keys[0]), latency);
        var aggressor = new NetworkDesk(ConnectionOf(options, options.Keys[1]), latency);
        var flow = new RecordedFlow(resting, aggressor, market);
        return [new FlowPart(options.Keys[0], resting, aggressor, flow, options.Pace), new DeskPart(options.Keys[1], aggressor)];
    }

    private static VenueClientOptions ConnectionOf(ClientRunOptions options, ulong key) =>
        ClientParts.ConnectionOf(options, key) with { MarketDataStreamId = 0 };
}

/// <summary>A session that a desk uses.</summary>
internal class DeskPart(ulong key, NetworkDesk desk) : ClientPart
{
    protected NetworkDesk Desk => desk;

    public override ulong Key => key;

    public override VenueClient Client => desk.Client;

    public override SampleStatistics Statistics => desk.Statistics;

    public override int DoWork() => desk.Client.DoWork();

    public override void Withdraw() => desk.CancelAll();
}

/// <summary>The session of the resting orders, from which the flow is driven by the time.</summary>
internal sealed class FlowPart(
    ulong key, NetworkDesk desk, NetworkDesk aggressor, RecordedFlow flow, double pace) : DeskPart(key, desk)
{
    private long _begun;
    private int _step;

    /// <summary>Events that were sent as orders.</summary>
    public long Sent => flow.Sent;

    public override int DoWork()
    {
        var work = base.DoWork();
        if (!Desk.IsReady || !aggressor.IsReady)
        {
            return work;
        }

        _begun = _begun == 0 ? Stopwatch.GetTimestamp() : _begun;
        var step = (int)(Stopwatch.GetElapsedTime(_begun).TotalSeconds * pace * DemoTiming.StepsPerSecond);
        if (step == _step)
        {
            return work;
        }

        _step = step;
        flow.Learn();
        flow.Act(step);
        return work + 1;
    }
}
