using HftDelta.Engine.State;
using HftDelta.Journal.Faults;
using HftDelta.Node.BookReplay;
using HftDelta.Node.Cli;
using HftDelta.Node.Demo;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Demo;

/// <summary>
/// Whole runs, short and as fast as the machine goes: what follows from a seed, what must have happened, and that each check
/// fails when it should.
/// </summary>
[CancelAfter(60_000)]
public sealed class DemoRunTests
{
    private static readonly Lazy<DemoReport> Reference = new(() => Run(new DemoOptions()));

    [Test]
    public void A_run_holds_every_check_and_does_what_it_is_for()
    {
        var report = Reference.Value;
        Assert.That(DemoChecks.Of(report).Select(fault => $"{fault.Check}: {fault.Fault}"), Is.Empty);
        Assert.That(report.Flow.Expiries, Is.EqualTo(6), "one expiry of three strikes, calls and puts");
        Assert.That(report.Flow.CanceledByExpiry, Is.Positive);
        Assert.That(report.Flow.CanceledBySessionClose, Is.Positive);
        Assert.That(report.Flow.SettlementTicksByThreshold, Is.Positive);
        Assert.That(report.Flow.SettlementTicksByInterval, Is.Positive);
        Assert.That(report.Flow.Rejects, Is.Positive, "some requests are refused with a code");
        Assert.That(report.Flow.Orders / report.Seconds, Is.GreaterThan(1_000));
        Assert.That(report.Flow.Trades / report.Seconds, Is.GreaterThan(100));
        Assert.That(report.Ledger.SettledAtoms, Is.GreaterThan((Int128)0));
        Assert.That(report.Replay.HashPointsCompared, Is.GreaterThan(3));
        Assert.That(report.Journal.Records, Is.EqualTo(report.Live.LastSequence.Value));
        Assert.That(report.Latency.Samples, Is.Positive);
    }

    [TestCase(ThreadingMode.Compact)]
    [TestCase(ThreadingMode.Shared)]
    [TestCase(ThreadingMode.Dedicated)]
    public void The_same_seed_gives_the_same_state_in_every_threading_mode(ThreadingMode threading)
    {
        var report = Run(new DemoOptions { Threading = threading });
        Assert.That(DemoChecks.Of(report), Is.Empty);
        Assert.That(report.Live, Is.EqualTo(Reference.Value.Live));
        Assert.That(report.Flow, Is.EqualTo(Reference.Value.Flow));
    }

    [Test]
    public void Another_seed_gives_another_state()
    {
        var report = Run(new DemoOptions { Seed = 2 });
        Assert.That(DemoChecks.Of(report), Is.Empty);
        Assert.That(report.Live.State, Is.Not.EqualTo(Reference.Value.Live.State));
    }

    [Test]
    public void Recorded_data_of_other_names_drive_a_run()
    {
        using var folder = new DemoFolder();
        folder.WriteAll();
        var report = Run(new DemoOptions { DataDirectory = folder.Root });
        Assert.That(
            DemoChecks.Of(report).Select(fault => $"{fault.Check}: {fault.Fault}"), Is.Empty);
        Assert.That(report.Flow.Expiries, Is.EqualTo(6));
        Assert.That(report.Flow.RecordedEvents, Is.EqualTo(5), "new, new, reduced, executed, deleted; the last is unknown");
        Assert.That(report.Live.State, Is.EqualTo(Run(new DemoOptions { DataDirectory = folder.Root }).Live.State));
    }

    [Test]
    public void Data_that_are_missing_end_a_run_before_it_begins()
    {
        using var folder = new DemoFolder();
        folder.WriteAll();
        File.Delete(Path.Combine(folder.Root, "deribit_options", "chain_2031.csv.gz"));
        Assert.That(
            () => Run(new DemoOptions { DataDirectory = folder.Root, JournalDirectory = folder.Journal }),
            Throws.TypeOf<ReplayInputException>().With.Message.Contains("chain_*"));
        Assert.That(Directory.Exists(folder.Journal), Is.False);
    }

    [Test]
    public void A_kept_journal_replays_to_the_same_state_and_a_tampered_one_does_not()
    {
        using var folder = new DemoFolder();
        var report = Run(new DemoOptions { JournalDirectory = folder.Journal, Seconds = 1 });
        Assert.That(DemoRun.Replay(new FileStorage(folder.Journal)).StateHash, Is.EqualTo(report.Live.State));
        Assert.That(
            () => Run(new DemoOptions { JournalDirectory = folder.Journal, Seconds = 1 }),
            Throws.TypeOf<OperatorException>().With.Property(nameof(OperatorException.ExitCode)).EqualTo(ExitCode.Usage));

        var segment = Path.Combine(folder.Journal, "journal-0000000000.seg");
        using (var file = new FileStream(segment, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 4_096 + (report.Journal.RecordBytes / 2);
            var changed = (byte)(file.ReadByte() ^ 0x10);
            file.Position--;
            file.WriteByte(changed);
        }

        var replayed = ReplayOrFault(folder.Journal);
        Assert.That(replayed?.StateHash, Is.Not.EqualTo(report.Live.State));
    }

    [Test]
    public void A_run_that_is_interrupted_ends_in_order_and_leaves_nothing()
    {
        using var folder = new DemoFolder();
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.That(
            () => DemoRun.Run(Short(new DemoOptions()), new DemoWatcher(TextWriter.Null, false), cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Each_check_fails_when_it_should()
    {
        var report = Reference.Value;
        var other = report.Live.State + new Hash256(1, 0, 0, 0);
        var flow = report.Flow;
        var ledger = report.Ledger;
        var off = new SubAtoms(1);
        Fails(report with { Replay = report.Replay with { StateHash = other } }, "state hash", ExitCode.StateDivergence);
        Fails(report with { Replay = report.Replay with { HistoryHash = other } }, "history hash", ExitCode.StateDivergence);
        Fails(report with { Replay = report.Replay with { HashPointsCompared = 0 } }, "hash points", ExitCode.StateDivergence);
        Fails(
            report with
            {
                Replay = report.Replay with
                {
                    FirstDifference = new HashDifference(new CommandSequence(9), other, other, "Account"),
                },
            },
            "hash points",
            ExitCode.StateDivergence);
        Fails(
            report with { Replay = report.Replay with { LastSequence = new CommandSequence(9) } },
            "commands",
            ExitCode.StateDivergence);
        Fails(report with { ReplayConservationError = off }, "conservation of the replay", ExitCode.Bug);
        Fails(report with { Ledger = ledger with { ConservationError = off } }, "conservation", ExitCode.Bug);
        Fails(report with { Ledger = ledger with { Cash = ledger.Cash + off } }, "cash of all accounts", ExitCode.Bug);
        Fails(report with { Ledger = ledger with { Equity = ledger.Equity + off } }, "equity of all accounts", ExitCode.Bug);
        Fails(report with { Ledger = ledger with { PaidInReported = off } }, "reported movements", ExitCode.Bug);
        Fails(report with { Ledger = ledger with { OpenSums = 1 } }, "positions", ExitCode.Bug);
        Fails(report with { Ledger = ledger with { LastTradeId = 1 } }, "trades", ExitCode.Bug);
        Fails(report with { Flow = flow with { Fills = flow.Fills - 1 } }, "trades", ExitCode.Bug);
        Fails(report with { Flow = flow with { IndexDifferences = 1 } }, "delta indices", ExitCode.Bug);
        Fails(report with { Flow = flow with { Expiries = 5 } }, "expiry", ExitCode.Bug);
        Fails(report with { Flow = flow with { CanceledBySessionClose = 0 } }, "cancel on disconnect", ExitCode.Bug);
        Fails(report with { Flow = flow with { Surprises = 1 } }, "streams", ExitCode.Bug);
        Fails(report with { Flow = flow with { Orders = 0 } }, "activity", ExitCode.Bug);
        Fails(report with { Journal = report.Journal with { IsClean = false } }, "journal", ExitCode.Bug);
    }

    [Test]
    public void What_processes_said_is_judged_too()
    {
        var network = Network(Reference.Value);
        var report = Reference.Value with { Network = network };
        Assert.That(DemoChecks.Of(report), Is.Empty);
        var commitments = network.Commitments;
        var client = network.Clients[0];
        var other = report.Live.State + new Hash256(1, 0, 0, 0);
        Fails(With(network with { ReplicaStateHash = other.ToString() }), "replica", ExitCode.StateDivergence);
        Fails(
            With(network with { ReplicaHistoryHash = other.ToString() }), "history of the replica", ExitCode.StateDivergence);
        Fails(With(network with { ReplicaLastSequence = new CommandSequence(9) }), "replica", ExitCode.StateDivergence);
        Fails(With(network with { Commitments = commitments with { IsSignatureValid = false } }), "signatures", ExitCode.Bug);
        Fails(With(network with { Commitments = commitments with { IsChained = false } }), "commitments", ExitCode.Bug);
        Fails(
            With(network with { Commitments = commitments with { Count = commitments.Count - 1 } }),
            "commitments",
            ExitCode.Bug);
        Fails(With(network with { Clients = [client with { Unknown = 1 }] }), "outcomes", ExitCode.Bug);
        Fails(With(network with { Clients = [client with { Ended = client.Requests - 1 }] }), "outcomes", ExitCode.Bug);
        Fails(With(network with { Clients = [client with { Fills = client.FillsMade - 1 }] }), "reports", ExitCode.Bug);
        Fails(With(network with { Clients = [client with { ReportsLost = 1 }] }), "reports", ExitCode.Bug);

        DemoReport With(DemoNetwork changed) => report with { Network = changed };
    }

    [Test]
    public void A_lag_that_nobody_measured_is_not_told()
    {
        Assert.That(Told(Reference.Value), Does.Contain("lagMostSeconds"));
        Assert.That(Told(Reference.Value with { LagMost = null }), Does.Not.Contain("lagMostSeconds"));

        static string Told(DemoReport report)
        {
            using var output = new StringWriter();
            DemoReportWriter.WriteJson(output, report, []);
            return output.ToString();
        }
    }

    private static DemoNetwork Network(DemoReport report) => new()
    {
        Processes = 3,
        ReplicaLastSequence = report.Live.LastSequence,
        ReplicaStateHash = report.Live.State.ToString(),
        ReplicaHistoryHash = report.Live.History.ToString(),
        Commitments = new DemoCommitments((int)report.Flow.Epochs, "0x0", IsSignatureValid: true, IsChained: true),
        WireToWire = report.Latency,
        Clients =
            [new DemoClient("maker", new AccountId(16), Requests: 5, Ended: 5, Unknown: 0, 3, FillsMade: 3, ReportsLost: 0)],
    };

    private static void Fails(DemoReport report, string check, ExitCode code)
    {
        var faults = DemoChecks.Of(report);
        Assert.That(faults.Select(fault => fault.Check), Does.Contain(check));
        Assert.That(faults[0].ExitCode, Is.EqualTo(code));
    }

    private static ReplayResult? ReplayOrFault(string journal)
    {
        try
        {
            return DemoRun.Replay(new FileStorage(journal));
        }
        catch (JournalException)
        {
            return null;
        }
    }

    private static DemoReport Run(DemoOptions options) =>
        DemoRun.Run(Short(options), new DemoWatcher(TextWriter.Null, false), CancellationToken.None);

    private static DemoOptions Short(DemoOptions options) => options with
    {
        Seconds = options.Seconds == new DemoOptions().Seconds ? 2 : options.Seconds,
        Pace = 0,
        OnFailure = _ => { },
    };
}
