using System.Globalization;
using System.IO.Compression;
using HftDelta.Engine;
using HftDelta.Journal.Snapshots;
using HftDelta.Journal.Writing;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Architecture;
using HftDelta.Tests.Engine.Money;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>
/// Journals and snapshots as each version wrote them, kept in <c>golden</c> beside this file: every later program replays them to
/// the same hashes and goes on from their snapshots. Of a released version they are never written again. Before the first
/// release, when the state changes on purpose: <c>HFTDELTA_GOLDEN=write dotnet test --filter GoldenTests</c>, and commit what it
/// wrote.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class GoldenTests
{
    private const string Version = "v1";
    private const int CommandsOfTrading = 700;

    private static readonly Guid JournalId = new("60a1de57-0000-4000-8000-000000000001");

    private static readonly string[] Lives = ["money", "trading"];

    private static string Root => Path.Combine(SourceTree.Instance.Root, "tests/HftDelta.Tests/Replica/Snapshots/golden");

    [OneTimeSetUp]
    public void WriteWhenAsked()
    {
        if (Environment.GetEnvironmentVariable("HFTDELTA_GOLDEN") == "write")
        {
            foreach (var life in Lives)
            {
                Write(life);
            }
        }
    }

    [TestCaseSource(nameof(Kept))]
    public void An_old_journal_is_replayed_to_the_hashes_that_it_had(string archive)
    {
        using var golden = Golden.Open(archive);
        using var host = new EngineHost(golden.Limits);
        var replayed = JournalReplay.Run(golden.Journal, host, golden.Last);
        Assert.That(replayed.StateHash.ToString(), Is.EqualTo(golden.StateHash), "state");
        Assert.That(replayed.HistoryHash.ToString(), Is.EqualTo(golden.HistoryHash), "history");
        Assert.That(host.Processor.RecomputeStateHash(), Is.EqualTo(replayed.StateHash));
    }

    [TestCaseSource(nameof(Kept))]
    public void An_old_snapshot_is_read_and_goes_on_to_the_same_hashes(string archive)
    {
        using var golden = Golden.Open(archive);
        var told = new List<string>();
        using var host = SnapshotSearch.Begin(
            golden.Journal, golden.Snapshots, golden.Last, golden.Limits, () => new EngineHost(golden.Limits),
            host => host.Processor, told.Add);
        Assert.That(told, Is.Empty);
        var replayed = JournalReplay.Run(golden.Journal, host, golden.Last);
        Assert.That(replayed.From.Value, Is.Positive, "it begins with the snapshot");
        Assert.That(replayed.StateHash.ToString(), Is.EqualTo(golden.StateHash), "state");
        Assert.That(replayed.HistoryHash.ToString(), Is.EqualTo(golden.HistoryHash), "history");
    }

    [Test]
    public void Every_engine_version_has_its_golden_files() =>
        Assert.That(
            Enumerable.Range(1, (int)EngineVersions.Newest).SelectMany(version => Lives.Select(life => $"v{version}-{life}.zip")),
            Is.SubsetOf(Kept().Select(path => Path.GetFileName(path))));

    private static IEnumerable<string> Kept() =>
        Directory.Exists(Root) ? Directory.EnumerateFiles(Root, "*.zip").Order(StringComparer.Ordinal) : [];

    private static void Write(string life)
    {
        using var venue = life == "money" ? null : Trading();
        using var money = life == "money" ? Money() : null;
        var lived = money?.Engine ?? venue!.Harness;
        var folder = Directory.CreateTempSubdirectory("hftdelta-golden-").FullName;
        try
        {
            WriteFolder(lived, folder);
            Directory.CreateDirectory(Root);
            var archive = Path.Combine(Root, $"{Version}-{life}.zip");
            File.Delete(archive);
            ZipFile.CreateFromDirectory(folder, archive, CompressionLevel.SmallestSize, includeBaseDirectory: false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The first life whose deltas are the kernel's, so that it can be repeated.</summary>
    private static MoneyLife Money()
    {
        for (var seed = 11UL; ; seed++)
        {
            var life = new MoneyLife(seed);
            if (!life.IsGarbled)
            {
                life.Run(commands: 150);
                return life;
            }

            life.Dispose();
        }
    }

    private static EngineVenue Trading()
    {
        var venue = new EngineVenue(DifferentialWorld.Small, keepsCommands: true);
        foreach (var command in new CommandDraw(DifferentialWorld.Small, VenueFeatures.All, 5).Draw(CommandsOfTrading))
        {
            venue.Apply(command);
        }

        return venue;
    }

    private static void WriteFolder(EngineHarness lived, string folder)
    {
        using var half = SnapshotLife.Fresh(lived);
        var checksum = 0u;
        var storage = new FileStorage(folder);
        EngineLimitsFile.WriteOrProve(storage, lived.Limits, hasRecords: false, Assert.Fail);
        using (var journal = AppendableJournal.Open(storage, new JournalOptions
        {
            SegmentBytes = 1 << 20,
            JournalId = JournalId,
            EngineVersion = EngineVersions.Newest,
            Schemas = new JournalSchemas(HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version),
        }))
        {
            for (var index = 0; index < lived.Commands.Count; index++)
            {
                var (envelope, frame) = lived.Commands[index];
                envelope.Checksum = RecordChecksum.Compute(journal.LastChecksum, in envelope, frame);
                while (!journal.Writer.TryAppend(in envelope, frame))
                {
                    journal.Preparer.DoWork();
                }

                if (index < lived.Commands.Count / 2)
                {
                    half.Apply(envelope, frame);
                    checksum = envelope.Checksum;
                }
            }
        }

        SnapshotWriter.Write(new FileStorage(Path.Combine(folder, SnapshotNames.DirectoryName)), new SnapshotSource
        {
            Processor = half.Processor, Limits = lived.Limits, JournalId = JournalId, RecordChecksum = checksum,
        });
        File.WriteAllLines(Path.Combine(folder, "hashes.txt"),
        [
            lived.Commands.Count.ToString(CultureInfo.InvariantCulture),
            lived.Processor.StateHash().ToString(),
            lived.Processor.HistoryHash.ToString(),
        ]);
    }

    /// <summary>A golden archive, unpacked.</summary>
    private sealed class Golden : IDisposable
    {
        private readonly string _folder;

        private Golden(string folder, string[] hashes)
        {
            _folder = folder;
            Journal = new FileStorage(folder);
            Snapshots = new FileStorage(Path.Combine(folder, SnapshotNames.DirectoryName));
            Limits = EngineLimitsFile.Read(Journal)!;
            Last = new CommandSequence(long.Parse(hashes[0], CultureInfo.InvariantCulture));
            StateHash = hashes[1];
            HistoryHash = hashes[2];
        }

        public FileStorage Journal { get; }

        public FileStorage Snapshots { get; }

        public EngineLimits Limits { get; }

        public CommandSequence Last { get; }

        public string StateHash { get; }

        public string HistoryHash { get; }

        public static Golden Open(string archive)
        {
            var folder = Directory.CreateTempSubdirectory("hftdelta-golden-").FullName;
            ZipFile.ExtractToDirectory(archive, folder);
            return new Golden(folder, File.ReadAllLines(Path.Combine(folder, "hashes.txt")));
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
