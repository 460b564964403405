using System.Diagnostics;
using System.Text.Json;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Engines;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire.Internal;

namespace HftDelta.SystemTests.Faults;

/// <summary>
/// A venue lives through a part of everything that there is, and its state has the same hash however it is reached: live, by
/// replay from the beginning and from each snapshot, in a replica that followed it live and in one that caught up, in a Debug
/// build and in a Release build, and by a processor whose wide instructions are switched off.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class EightWaysTests
{
    private const int SnapshotCount = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private string _journal = "";
    private string _live = "";
    private string _replicaLive = "";
    private long _last;
    private int _followedSteps;

    [OneTimeSetUp]
    public void Live()
    {
        _journal = _folder.Of("journal");
        using var life = new WholeLife();
        var storage = new FileStorage(_journal);
        var options = VenueDriver.SmallOptions() with
        {
            Limits = life.Engine.Limits, OutboundSlots = 1 << 16, ConnectionSlots = 1 << 14, OnNotice = _ => { },
        };
        using var driver = new VenueDriver(options, storage, life.Engine.Commands[0].Envelope.TimeNanos);
        using var replica = ReplicaAgent.Open(new ReplicaOptions
        {
            JournalDirectory = _journal,
            OutputDirectory = _folder.Of("followed"),
            Signer = new ManagedSigner(Bytes32.FromNumber(1).ToArray()),
        });
        replica.OnStart();
        driver.Venue.StartByHand();
        foreach (var (envelope, frame) in life.Engine.Commands)
        {
            Relive(driver, envelope, frame);
            var before = replica.Applied;
            replica.DoWork();
            _followedSteps += replica.Applied > before ? 1 : 0;
        }

        driver.Venue.Stop();
        _live = driver.Venue.Processor.StateHash().ToString();
        _last = driver.Venue.LastSequence.Value;
        Assert.That(driver.Venue.Processor.View.AreParametersGoverned, Is.True);
        while (replica.Applied.Value < _last)
        {
            replica.DoWork();
        }

        _replicaLive = replica.StateHash.ToString();
    }

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void The_journal_holds_all_that_moves_money_and_parameters()
    {
        var templates = new HashSet<int>();
        using var reader = new JournalReader(new FileStorage(_journal));
        while (reader.TryRead(out var record))
        {
            if (BitConverter.ToUInt16(record.Frame[4..]) == InternalSchema.Id)
            {
                templates.Add(BitConverter.ToUInt16(record.Frame[2..]));
            }
        }

        int[] wanted =
        [
            ClockTickDecoder.TemplateId, GreeksReadyDecoder.TemplateId, ListInstrumentDecoder.TemplateId,
            ListStrategyDecoder.TemplateId, FeeScheduleDecoder.TemplateId, InstrumentFeesDecoder.TemplateId,
            AccountTierDecoder.TemplateId, ListAssetDecoder.TemplateId, SettlementPoolTermsDecoder.TemplateId,
            SetVolatilitySliceDecoder.TemplateId, ForwardUpdateDecoder.TemplateId, OracleRulesDecoder.TemplateId,
            InstrumentRulesDecoder.TemplateId, ResolveDeliveryDecoder.TemplateId, EpochCloseDecoder.TemplateId,
            GovernanceKeyDecoder.TemplateId, GovernanceSealDecoder.TemplateId, GovernanceActionDecoder.TemplateId,
            KillSwitchDecoder.TemplateId,
        ];
        Assert.That(wanted, Is.SubsetOf(templates));
    }

    [Test]
    public void Replays_from_the_beginning_and_from_each_snapshot_reach_the_state_that_was_live()
    {
        var journal = new FileStorage(_journal);
        Assert.That(Replayed(journal, null, 0), Is.EqualTo(_live), "from the beginning");
        for (var part = 1; part <= SnapshotCount; part++)
        {
            var at = _last * part / (SnapshotCount + 1);
            var snapshots = new FileStorage(_folder.Of($"snapshots-{part}"));
            Assert.That(SnapshotMaker.Make(journal, snapshots, new CommandSequence(at), 0, Assert.Fail), Is.Not.Null);
            Assert.That(Replayed(journal, snapshots, at), Is.EqualTo(_live), $"from the snapshot of command {at}");
        }
    }

    [Test]
    public void A_replica_that_followed_and_one_that_caught_up_reach_the_state_that_was_live()
    {
        Assert.That(_replicaLive, Is.EqualTo(_live), "live");
        Assert.That(_followedSteps, Is.GreaterThan(100), "it followed step by step");
        using var replica = VenueProcess.Start(
            "replica", "--journal", _journal, "--out", _folder.Of("caught-up"), "--development-key", "--output", "json");
        replica.WaitForEvent("ready", Deadline);
        replica.Send(VenueProcess.SignalTerminate);
        var ended = replica.WaitForEnd(Deadline);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        Assert.That(replica.Find("stopped")!.Value.GetProperty("stateHash").GetString(), Is.EqualTo(_live), "caught up");
    }

    [TestCase("DOTNET_EnableHWIntrinsic", "0")]
    [TestCase("DOTNET_TieredCompilation", "0")]
    [TestCase("DOTNET_TieredCompilation", "1")]
    public void A_process_with_other_instructions_reaches_the_state_that_was_live(string variable, string value) =>
        Assert.That(Recovered(Path.Combine(AppContext.BaseDirectory, "hftdelta.dll"), variable, value), Is.EqualTo(_live));

    [Test]
    public void Debug_and_release_builds_reach_the_state_that_was_live() =>
        Assert.That(Recovered(NodeBuild.Other(), "DOTNET_TieredCompilation", "1"), Is.EqualTo(_live));

    /// <summary>The same command at the same time; what a venue sequences by itself it sequences again.</summary>
    private static void Relive(VenueDriver driver, RecordEnvelope envelope, byte[] frame)
    {
        driver.Clock.Set(new TimeNanos(envelope.TimeNanos));
        switch (envelope.Source)
        {
            case RecordSource.Operator:
                while (!driver.Venue.Operator.TrySend(frame))
                {
                    driver.Venue.Step();
                }

                break;
            case RecordSource.Client or RecordSource.Oracle:
                driver.SendRaw(envelope.SessionHandle, frame);
                break;
            default:
                break;
        }

        driver.Idle();
        _ = VenueDriver.Received(driver.Venue.Operator);
        foreach (var session in driver.Connections.Keys)
        {
            _ = driver.Received(session);
        }
    }

    private static string Replayed(FileStorage journal, FileStorage? snapshots, long from)
    {
        var last = JournalRecovery.Examine(journal).LastSequence;
        var limits = HftDelta.Replica.Engines.EngineLimitsFile.Read(journal)!;
        using var host = SnapshotSearch.Begin(
            journal, snapshots, last, limits, () => new EngineHost(limits), host => host.Processor, Assert.Fail);
        Assert.That(host.Processor.LastSequence.Value, Is.EqualTo(from));
        var replayed = JournalReplay.Run(journal, host, last);
        Assert.That(replayed.FirstDifference, Is.Null);
        Assert.That(host.Processor.RecomputeStateHash(), Is.EqualTo(replayed.StateHash));
        return replayed.StateHash.ToString();
    }

    private string? Recovered(string binary, string variable, string value)
    {
        var start = new ProcessStartInfo(
            VenueProcess.DotnetPath(), [binary, "recover", _journal, "--whole-journal", "--output", "json"])
        {
            RedirectStandardOutput = true,
            Environment = { [variable] = value },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output);
        return JsonDocument.Parse(output).RootElement.GetProperty("stateHash").GetString();
    }
}
