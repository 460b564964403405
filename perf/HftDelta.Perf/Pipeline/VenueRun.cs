using HftDelta.Engine;
using HftDelta.Gateway.Connections;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Node;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// A venue on threads, with its journal in a temporary directory that goes with it, its market listed, its books filled, and
/// its client. Owner: one thread, which is the client's too.
/// </summary>
internal sealed class VenueRun : IDisposable
{
    private const int WarmUpRounds = 8;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory;
    private readonly Venue _venue;
    private readonly InProcessConnection[] _connections = new InProcessConnection[FlowMarket.Accounts];
    private readonly StepsByHand _byHand;
    private AgentFailure? _failure;

    /// <param name="flow">What the client sends; the venue's options begin to live at its time.</param>
    /// <param name="threading">How many threads the agents share.</param>
    /// <param name="idle">How they wait.</param>
    /// <param name="warmUpCount">Commands before anything is measured.</param>
    /// <param name="limits">Of the engine; null: those of the flow's market.</param>
    /// <param name="addMore">Adds to the flow's market; null: nothing.</param>
    /// <param name="stages">How stages are stamped; null: they are not.</param>
    /// <param name="byHand">Which agents the client's own thread runs.</param>
    /// <param name="segmentBytes">Of the journal; null: as a venue has them.</param>
    public VenueRun(
        OrderFlow flow, ThreadingMode threading, IdleKind idle, int warmUpCount, EngineLimits? limits = null,
        Action<FlowMarket>? addMore = null, StageSampling? stages = null, StepsByHand byHand = StepsByHand.None,
        long? segmentBytes = null)
    {
        _byHand = byHand;
        _directory = Directory.CreateTempSubdirectory("hftdelta-bench-");
        try
        {
            _venue = Venue.Open(new VenueOptions
            {
                JournalDirectory = _directory.FullName,
                Durability = DurabilityMode.Process,
                Limits = limits ?? FlowMarket.Limits,
                SegmentBytes = segmentBytes ?? SegmentLayout.SegmentBytesDefault,
                Threading = threading,
                Idle = idle,
                ConnectionSlots = 2 * FlowClient.Window,
                Clock = stages?.Clock,
                StageSampleEvery = stages?.Every ?? 0,
                OnStageSample = stages is null ? null : stages.Samples.Add,
                OnFailure = failure => Volatile.Write(ref _failure, failure),
            });
            Desk = new MarketDesk(_venue, ThrowIfStopped, Deadline);
            for (var account = 0; account < _connections.Length; account++)
            {
                _connections[account] = _venue.Connect(new SessionHandle(FlowMarket.FirstAccount + (uint)account));
            }

            Start();

            Market = Desk.SetUp(flow.Begin, addMore);
            Client = new FlowClient(flow, _connections, ThrowIfStopped)
            {
                Step = byHand == StepsByHand.None ? null : _venue.Step,
            };
            Client.RunClosed(flow.PrefillCount);
            for (var round = 0; round < WarmUpRounds; round++)
            {
                Client.RunClosed(warmUpCount / WarmUpRounds);

                // The compiler's last tier comes only after a quiet moment.
                Thread.Sleep(50);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public FlowClient Client { get; }

    /// <summary>What the journal's files have taken so far, for <see cref="PhaseCounters.Files"/>.</summary>
    public long FileBytes() => _venue.Agents.Preparer.ReadAllocatedBytes();

    /// <summary>For whoever steps a venue that runs by hand.</summary>
    public VenueAgents Agents => _venue.Agents;

    public MarketDesk Desk { get; }

    public FlowMarket Market { get; }

    public CommandProcessor Processor => _venue.Processor;

    /// <summary>The file system below the journal.</summary>
    public string FileSystem => new DriveInfo(_directory.FullName).DriveFormat;

    /// <summary>Somebody listens to public data from now on, and must read it in time.</summary>
    public InProcessConnection Listen() => _venue.Connect(SessionHandle.None, ConnectionInterests.MarketData);

    public void Leave(InProcessConnection listener) => _venue.Disconnect(listener);

    public void Dispose()
    {
        try
        {
            if (_venue is not null && Volatile.Read(ref _failure) is null)
            {
                _venue.Stop(Deadline);
                Check.That(_venue.Processor.View.ConservationError == default);
            }
        }
        finally
        {
            _venue?.Dispose();
            _directory.Delete(recursive: true);
        }
    }

    private void Start()
    {
        switch (_byHand)
        {
            case StepsByHand.Edges:
                _venue.StartEdgesByHand();
                break;
            case StepsByHand.All:
                _venue.StartByHand();
                break;
            default:
                _venue.Start();
                break;
        }
    }

    /// <summary>Called by whoever waits for the venue: what runs by hand then takes a step.</summary>
    private void ThrowIfStopped()
    {
        if (_byHand != StepsByHand.None)
        {
            _venue.Step();
        }

        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new AgentHostException($"agent {failure.AgentName} failed", [failure.AgentName], failure.Exception);
        }

        foreach (var connection in _connections)
        {
            if (connection.IsCut)
            {
                throw new InvalidOperationException("the client did not read in time and was cut");
            }
        }
    }
}
