using HftDelta.Client;
using HftDelta.Client.Samples;
using HftDelta.Gateway.Security;
using HftDelta.Journal.Writing;
using HftDelta.Node;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;
using HftDelta.Wire;
using KeyId = HftDelta.Gateway.Security.KeyId;

namespace HftDelta.Perf.Network;

/// <summary>
/// A venue that listens on loopback, with its journal in a temporary directory that goes with it, its market listed, and one
/// client connected by UDP. Owner: one thread, which is the client's too.
/// </summary>
internal sealed class WireVenue : IDisposable
{
    public const ThreadingMode Threading = ThreadingMode.Compact;

    private const ulong Seed = 47;
    private const int WarmUpRounds = 8;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory;
    private readonly Venue _venue;
    private readonly ReplicaProcess? _replica;
    private readonly WireProbe? _probe;
    private AgentFailure? _failure;

    /// <param name="plan">What is opened.</param>
    /// <param name="warmUpPerSecond">Requests that warm it up.</param>
    /// <param name="warmUpCount">How many of them.</param>
    /// <param name="stages">How stages are stamped; null: they are not.</param>
    /// <param name="probe">Told of outcomes, by the clock of the stamps; null: nobody is.</param>
    public WireVenue(
        WirePlan plan, double warmUpPerSecond, int warmUpCount, StageSampling? stages = null, WireProbe? probe = null)
    {
        _probe = probe;
        _directory = Directory.CreateTempSubdirectory("hftdelta-bench-");
        try
        {
            _venue = Venue.Open(new VenueOptions
            {
                JournalDirectory = _directory.FullName,
                Durability = plan.Durability,
                Limits = FlowMarket.Limits,
                Threading = Threading,
                Idle = plan.Idle,
                Clock = stages?.Clock,
                StageSampleEvery = stages?.Every ?? 0,
                OnStageSample = stages is null ? null : stages.Samples.Add,
                Network = new VenueNetworkOptions { Participants = Participants() },
                OnFailure = failure => Volatile.Write(ref _failure, failure),
            });
            var desk = new MarketDesk(_venue, ThrowIfStopped, Deadline);
            _venue.Start();
            var now = DateTime.UtcNow - DateTime.UnixEpoch;
            desk.SetUp(new TimeNanos((ulong)now.TotalMilliseconds * 1_000_000));
            _replica = plan.HasReplica ? ReplicaProcess.Start(_directory.FullName) : null;
            Client = new WireClient(Load, ThrowIfStopped, stages?.Clock) { Probe = probe };
            Client.Connect();
            for (var round = 0; round < WarmUpRounds; round++)
            {
                Client.RunOpen(warmUpPerSecond, warmUpCount / WarmUpRounds, null);

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

    public WireClient Client { get; }

    /// <summary>Commands that the replica has recomputed by the time that it was ended; null without one.</summary>
    public string? ReplicaWords => _replica?.LastWords;

    /// <summary>What the journal's files have taken so far, for <see cref="PhaseCounters.Files"/>.</summary>
    public long FileBytes() => _venue.Agents.Preparer.ReadAllocatedBytes();

    public string FileSystem => new DriveInfo(_directory.FullName).DriveFormat;

    public void Dispose()
    {
        try
        {
            if (_venue is not null && Volatile.Read(ref _failure) is null)
            {
                Client?.Close();
                _venue.Stop(Deadline);
                _replica?.Finish();
                Check.That(_venue.Processor.View.ConservationError == default);
            }
        }
        finally
        {
            Client?.Dispose();
            _replica?.Dispose();
            _venue?.Dispose();
            _directory.Delete(recursive: true);
        }
    }

    private SampleLoad Load(WireLoadNeeds needs) => _probe is null
        ? new SampleLoad(LoadOptions(needs))
        : new ProbedLoad(LoadOptions(needs), _probe);

    private SampleLoadOptions LoadOptions(WireLoadNeeds needs) => new()
    {
        Client = WireClient.Fit(
            new VenueClientOptions
            {
                VenueEndpoint = _venue.ListenEndpoint!,
                Key = new HftDelta.Client.KeyId(FlowMarket.FirstAccount),
                MarketDataStreamId = 0,
            },
            needs.Clock),
        Instruments = FixedPricing.Instruments,
        Pricing = new FixedPricing(),
        Seed = Seed,
        Latency = needs.Latency,
    };

    private static ParticipantDirectory Participants() => new(
    [
        new Participant(
            new KeyId(FlowMarket.FirstAccount), new AccountId(FlowMarket.FirstAccount), SessionRoles.Trader),
    ]);

    private void ThrowIfStopped()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new AgentHostException($"agent {failure.AgentName} failed", [failure.AgentName], failure.Exception);
        }
    }
}

/// <summary>What kind of venue is opened.</summary>
/// <param name="Idle">How its thread waits.</param>
/// <param name="Durability">When a command counts as safe.</param>
/// <param name="HasReplica">Whether a process follows its journal and recomputes its state.</param>
internal sealed record WirePlan(
    IdleKind Idle, DurabilityMode Durability = DurabilityMode.Process, bool HasReplica = false)
{
    public string Label => $"{Durability.ToString().ToLowerInvariant()}{(HasReplica ? ", replica" : "")}";
}
