using System.Reflection;
using HftDelta.Engine;
using HftDelta.Engine.Accounts;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Engine.Money;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>
/// Bugs put into the writing of snapshots on purpose: each is found, by the header's hash where the state hash covers it and by a
/// life that goes on where it does not.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class PlantedBugTests
{
    private readonly List<EngineHarness> _lives = [];

    [OneTimeSetUp]
    public void Live()
    {
        foreach (var seed in new ulong[] { 1, 2, 3 })
        {
            var world = seed == 2 ? DifferentialWorld.Small : DifferentialWorld.World;
            var limits = EngineVenue.LimitsOf(world) with { PendingUnitsPerCommand = 3 };
            var venue = new EngineVenue(world, limits, keepsCommands: true);
            foreach (var command in new CommandDraw(world, VenueFeatures.All, seed).Draw(1_200))
            {
                venue.Apply(command);
            }

            _lives.Add(venue.Harness);
        }

        foreach (var seed in new ulong[] { 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })
        {
            var money = new MoneyLife(seed);
            money.Run(commands: 100);
            if (money.IsGarbled)
            {
                money.Dispose();
            }
            else
            {
                _lives.Add(money.Engine);
            }
        }
    }

    [OneTimeTearDown]
    public void End() => _lives.ForEach(life => life.Dispose());

    [TestCase("HftDelta.Engine.VenueState", "<LastTradeId>k__BackingField")]
    [TestCase("HftDelta.Engine.VenueState", "<StreamSequence>k__BackingField")]
    [TestCase("HftDelta.Engine.VenueState", "_books")]
    [TestCase("HftDelta.Engine.Output.EventWriter", "_history")]
    [TestCase("HftDelta.Engine.CommandProcessor", "<HistoryHashAtPoint>k__BackingField")]
    [TestCase("HftDelta.Engine.Books.OrderSlab", "_freeHead")]
    [TestCase("HftDelta.Engine.Books.OrderSlab", "_identitySlab")]
    [TestCase("HftDelta.Engine.Books.OrderSlab", "<LastPriority>k__BackingField")]
    [TestCase("HftDelta.Engine.Accounts.PositionTable", "_firstFree")]
    [TestCase("HftDelta.Engine.Accounts.PositionTable", "_slots")]
    [TestCase("HftDelta.Engine.Accounts.Ledger", "_cashSum")]
    [TestCase("HftDelta.Engine.Sessions.SessionTable", "_outcomes")]
    [TestCase("HftDelta.Engine.Sessions.SessionTable", "_reports")]
    [TestCase("HftDelta.Engine.Pending.PendingQueue", "_head")]
    [TestCase("HftDelta.Engine.Orders.ExpiryHeap", "<Count>k__BackingField")]
    public void A_forgotten_field_is_found(string type, string field)
    {
        var owner = typeof(CommandProcessor).Assembly.GetType(type, throwOnError: true)!;
        Assert.That(owner.GetField(field, BindingFlags.Instance | BindingFlags.NonPublic), Is.Not.Null, "the field");
        var forgetful = new StateFields([StateFields.NameOf(owner, field)]);
        var found = _lives.SelectMany((life, place) => Places(life).Select(at => (place, What: Find(life, at, forgetful))))
            .FirstOrDefault(difference => difference.What is not null);
        Assert.That(found.What, Is.Not.Null, "no life noticed");
        TestContext.Out.WriteLine($"life {found.place}: {found.What}");
    }

    [Test]
    public void Dust_dropped_on_the_way_is_found_by_the_state_hash()
    {
        var life = _lives[^1];
        var storage = new VirtualStorage();
        SnapshotWriter.Write(storage, SourceOf(life));
        using var copy = SnapshotLife.Load(life);
        var state = StateOf(copy);
        var dropped = 0;
        for (uint account = 1; account < (uint)life.Limits.Accounts; account++)
        {
            if (state.Accounts.IsOpen(account) && state.Accounts.Read(account).Dust != 0)
            {
                state.Accounts.Write(account).Dust = 0;
                dropped++;
            }
        }

        Assert.That(dropped, Is.Positive, "a life without dust shows nothing");
        using var whole = SnapshotFile.Open(storage, SnapshotNames.Of(life.Processor.LastSequence));
        SnapshotFile.Write(storage, "dustless", whole.Header, StateImage.Write(copy.Processor, SnapshotWriter.ChunkBytes));
        Assert.That(
            () => SnapshotLoader.Prove(storage, "dustless"),
            Throws.TypeOf<JournalException>().With.Message.Contains("its state hashes to"));
    }

    [Test]
    public void A_table_that_a_program_lays_out_differently_is_refused_by_its_name()
    {
        var life = _lives[^1];
        var image = StateImage.Write(
            life.Processor, 1 << 20, new StateFields([StateFields.NameOf(typeof(Ledger), "_cashSum")]));
        using var loaded = SnapshotLife.Fresh(life);
        Assert.That(
            () => StateImage.Read(loaded.Processor, SnapshotLife.InputOf(image)),
            Throws.TypeOf<SnapshotLayoutException>().With.Message.Contains("Ledger").And.Message.Contains("_cashSum"));
    }

    [Test]
    public void What_is_left_out_is_there_and_has_a_reason()
    {
        var assembly = typeof(CommandProcessor).Assembly;
        foreach (var (type, reason) in StateFields.OutsideTypes)
        {
            Assert.That(assembly.GetType(type), Is.Not.Null, type);
            Assert.That(reason, Is.Not.Empty);
        }

        foreach (var (name, reason) in StateFields.OutsideFields)
        {
            var place = name.LastIndexOf('.');
            Assert.That(
                assembly.GetType(name[..place])?.GetField(name[(place + 1)..], BindingFlags.Instance | BindingFlags.NonPublic),
                Is.Not.Null, name);
            Assert.That(reason, Is.Not.Empty);
        }
    }

    [Test]
    public void The_core_keeps_nothing_in_static_fields()
    {
        var written = typeof(CommandProcessor).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => !field.IsInitOnly && !field.IsLiteral && !field.Name.Contains('<', StringComparison.Ordinal));
        Assert.That(written.Select(field => $"{field.DeclaringType}.{field.Name}"), Is.Empty);
    }

    private static IEnumerable<int> Places(EngineHarness life) =>
        Enumerable.Range(1, 6).Select(part => life.Commands.Count * part / 7);

    private static string? Find(EngineHarness life, int at, StateFields forgetful)
    {
        try
        {
            return SnapshotLife.DifferenceAfter(life, at, forgetful);
        }
        catch (Exception broken) when (broken is not AssertionException)
        {
            return $"broken: {broken.GetType().Name} {broken.Message}";
        }
    }

    private static SnapshotSource SourceOf(EngineHarness life) => new()
    {
        Processor = life.Processor, Limits = life.Limits, JournalId = Guid.NewGuid(), RecordChecksum = 1,
    };

    internal static VenueState StateOf(EngineHarness engine) =>
        (VenueState)typeof(CommandProcessor).GetField("_state", BindingFlags.Instance | BindingFlags.NonPublic)!
            .GetValue(engine.Processor)!;
}
