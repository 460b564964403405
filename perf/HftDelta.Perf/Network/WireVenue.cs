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
    private const double WarmUpHaste = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory;
    private readonly Venue _venue;
    private AgentFailure? _failure;

    /// <param name="idle">How the venue's thread waits.</param>
    /// <param name="ratePerSecond">Of the requests that are measured; those that warm it up come faster.</param>
    /// <param name="warmUpCount">How many warm it up.</param>
    public WireVenue(IdleKind idle, double ratePerSecond, int warmUpCount)
    {
        _directory = Directory.CreateTempSubdirectory("hftdelta-bench-");
        try
        {
            _venue = Venue.Open(new VenueOptions
            {
                JournalDirectory = _directory.FullName,
                Durability = DurabilityMode.Process,
                Limits = FlowMarket.Limits,
                Threading = Threading,
                Idle = idle,
                Network = new VenueNetworkOptions { Participants = Participants() },
                OnFailure = failure => Volatile.Write(ref _failure, failure),
            });
            var desk = new MarketDesk(_venue, ThrowIfStopped, Deadline);
            _venue.Start();
            var now = DateTime.UtcNow - DateTime.UnixEpoch;
            desk.SetUp(new TimeNanos((ulong)now.TotalMilliseconds * 1_000_000));
            Client = new WireClient(_venue.ListenEndpoint!, FlowMarket.FirstAccount, Seed, ThrowIfStopped);
            Client.Connect();
            for (var round = 0; round < WarmUpRounds; round++)
            {
                Client.RunOpen(WarmUpHaste * ratePerSecond, warmUpCount / WarmUpRounds, null);

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

    public string FileSystem => new DriveInfo(_directory.FullName).DriveFormat;

    public void Dispose()
    {
        try
        {
            if (_venue is not null && Volatile.Read(ref _failure) is null)
            {
                Client?.Close();
                _venue.Stop(Deadline);
                Check.That(_venue.Processor.View.ConservationError == default);
            }
        }
        finally
        {
            Client?.Dispose();
            _venue?.Dispose();
            _directory.Delete(recursive: true);
        }
    }

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
