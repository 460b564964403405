using System.Diagnostics;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Cli;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Randomness;
using HftDelta.SystemTests.Processes;
using HftDelta.Tests;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;

namespace HftDelta.SystemTests.Faults;

/// <summary>
/// <c>kill -9</c> of whoever takes records off a journal's end: what stays is whole after each, and the same command ends what
/// was begun. Moments are parts of the time that it takes here when nobody kills it.
/// </summary>
[TestFixture]
[CancelAfter(1_800_000)]
internal sealed class CutKillTests
{
    private const ulong Seed = 20_261_125;
    private const int Rounds = 4_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private SplitMix64 _random;
    private ulong _seed;
    private string _journal = "";
    private long _last;
    private string _hash = "";

    [OneTimeSetUp]
    public void Trade()
    {
        _journal = _folder.Of("journal");
        (_last, _hash) = VenueDriver.TradeInto(new FileStorage(_journal), Rounds);
        _seed = LongSuite.Seed(Seed);
        _random = new SplitMix64(_seed);
    }

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void A_kill_of_whoever_quarantines_a_command_loses_nothing_and_it_can_be_taken_out_still()
    {
        var begun = Stopwatch.GetTimestamp();
        var poisoned = Copy(_journal, "poisoned");
        VenueDriver.AppendRequest(new FileStorage(poisoned), request: 1_000_000_000);
        VenueDriver.AppendRequest(new FileStorage(poisoned), request: 2);
        var poison = _last + 1;
        var time = Finish(Copy(poisoned, "whole"), poison, out var quarantined);
        Assert.That(quarantined, Is.Not.EqualTo(_hash));
        var kills = KillPhases.Volume(KillPhase.Quarantine);
        var undone = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            var context = $"kill {kill}, seed {_seed}";
            var journal = Copy(poisoned, "killed");
            var kept = Path.Combine(journal, JournalCut.KeptNameOf(new CommandSequence(poison)));
            KillDuring(
                ["journal", "quarantine", journal, $"{poison}"], time, kill % 3 == 0 ? () => File.Exists(kept) : null);
            KillPhases.Count(KillPhase.Quarantine);
            var left = JournalRecovery.Examine(new FileStorage(journal));
            Assert.That(left.Error, Is.Null, context);
            Assert.That(left.LastSequence.Value, Is.InRange(_last, poison + 1), $"{context}: what was acknowledged is there");
            if (Replayed(journal) is not { } hash)
            {
                undone++;
                Finish(journal, poison, out hash);
            }

            // Between the cut and the record in its place the journal ends before the command, which nobody was told of.
            Assert.That(hash, Is.AnyOf(quarantined, _hash), context);
            if (JournalRecovery.Examine(new FileStorage(journal)).LastSequence.Value <= poison)
            {
                Assert.That(
                    new FileInfo(kept).Length,
                    Is.EqualTo(2 * (RecordEnvelope.LengthBytes + NewOrderSingleDecoder.FrameLength)), $"{context}: all is kept");
            }
        }

        TestContext.Out.WriteLine($"{kills} kills, {undone} of them before the command was taken out");
        KillPhases.Say(_seed, begun, KillPhase.Quarantine);
    }

    [Test]
    public void A_kill_of_whoever_truncates_a_journal_loses_nothing_before_the_cut_and_it_can_be_cut_still()
    {
        var begun = Stopwatch.GetTimestamp();
        var to = _last / 3;
        string[] Verb(string journal) => ["journal", "truncate", journal, "--to", $"{to}", "--accept-loss"];
        var whole = Copy(_journal, "whole");
        var started = Stopwatch.GetTimestamp();
        var done = VenueProcess.Run(Deadline, Verb(whole));
        var time = Stopwatch.GetElapsedTime(started);
        Assert.That(done.ExitCode, Is.Zero, done.Error);
        var expected = Replayed(whole);
        var kills = KillPhases.Volume(KillPhase.Truncate);
        var undone = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            var context = $"kill {kill}, seed {_seed}";
            var journal = Copy(_journal, "killed");
            KillDuring(Verb(journal), time, null);
            KillPhases.Count(KillPhase.Truncate);
            var storage = new FileStorage(journal);
            var left = JournalRecovery.Examine(storage);
            Assert.That(left.Error, Is.Null, context);
            Assert.That(left.LastSequence.Value, Is.InRange(to, _last), context);
            undone += left.LastSequence.Value > to ? 1 : 0;
            JournalTruncation.Run(storage, new CommandSequence(to), acceptsLoss: true);
            Assert.That(Replayed(journal), Is.EqualTo(expected), context);
        }

        TestContext.Out.WriteLine($"{kills} kills, {undone} of them before the end was cut off");
        KillPhases.Say(_seed, begun, KillPhase.Truncate);
    }

    private void KillDuring(string[] verb, TimeSpan time, Func<bool>? moment)
    {
        var part = (_random.Next() % 1_000) / 1_000.0;
        using var process = VenueProcess.Start(verb);
        if (moment is not null)
        {
            process.WaitUntilOrEnd(moment, Deadline, "the moment");
        }
        else
        {
            process.LetRunOrEnd(time * part);
        }

        process.Kill();
    }

    /// <summary>Takes the command out.</summary>
    private static TimeSpan Finish(string journal, long poison, out string hash)
    {
        var begun = Stopwatch.GetTimestamp();
        var done = VenueProcess.Run(Deadline, "journal", "quarantine", journal, $"{poison}");
        var time = Stopwatch.GetElapsedTime(begun);
        Assert.That(done.ExitCode, Is.EqualTo((int)ExitCode.Ok), done.Error);
        hash = Replayed(journal)!;
        Assert.That(hash, Is.Not.Null);
        return time;
    }

    /// <returns>Null when the engine stops at a command.</returns>
    private static string? Replayed(string journal)
    {
        var storage = new FileStorage(journal);
        using var host = new EngineHost(EngineLimitsFile.Read(storage)!);
        try
        {
            var result = JournalReplay.Run(storage, host, JournalRecovery.Examine(storage).LastSequence);
            Assert.That(result.FirstDifference, Is.Null);
            return result.StateHash.ToString();
        }
        catch (EngineStoppedException)
        {
            return null;
        }
    }

    private string Copy(string from, string name)
    {
        var to = _folder.Of(name);
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        return to;
    }
}
