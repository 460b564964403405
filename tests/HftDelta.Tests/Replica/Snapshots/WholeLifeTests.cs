using System.Diagnostics;
using HftDelta.Engine.State;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Snapshots;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>A snapshot of a state in which nothing is empty: every bit of it counts.</summary>
[TestFixture]
[CancelAfter(1_800_000)]
public sealed class WholeLifeTests
{
    /// <summary>A section without anything in it.</summary>
    private const long EmptyBytes = 8;

    /// <summary>Bits of a flipped file in a short run: the header's, and one in so many of the rest, prime to 8.</summary>
    private const int CiStride = 101;

    private static readonly string[] _tables =
    [
        "Accounts.records.records", "Assets.records.records", "Balances.records.records", "Fees.Indices.records",
        "Funding.records", "Governance.proposals.records", "Ledger.positions", "Markets.Rules.records",
        "Obligations.records.records", "Oracle.records.records", "OracleRules.records", "Orders.Conditional.conditions",
        "Orders.Extras.records", "Orders.Quotes.slots.buckets", "Points.records.records", "Protections.records.records",
        "Sessions.records.records", "Sessions.outcomes", "Sessions.reports.bytes", "Slices.records.records",
        "Strategies.records.records", "Vectors.records", "Withdrawals.records.records",
    ];

    private readonly WholeLife _life = new();
    private readonly VirtualStorage _storage = new();
    private string _name = "";

    [OneTimeSetUp]
    public void Write()
    {
        SnapshotWriter.Write(_storage, new SnapshotSource
        {
            Processor = _life.Engine.Processor, Limits = _life.Engine.Limits, JournalId = Guid.NewGuid(), RecordChecksum = 1,
        });
        _name = _storage.List().Single();
    }

    [OneTimeTearDown]
    public void End() => _life.Dispose();

    [Test]
    public void Every_component_of_the_state_and_every_table_that_can_be_is_in_it()
    {
        var components = _life.Engine.Processor.StateComponents();
        Assert.That(
            Enum.GetValues<StateRecordType>().Where(type => (int)type is >= 1 and <= StateComponents.Count)
                .Where(type => components.Of(type) == Hash256.Zero),
            Is.Empty, "components without a record");
        Assert.That(_life.Engine.Processor.HasPendingWork, Is.True);
        Assert.That(_life.Engine.Processor.IsRiskOutstanding, Is.True);
        Assert.That(_life.Engine.View.AreParametersGoverned, Is.True);
        var sections = SnapshotLoader.Prove(_storage, _name);
        Assert.That(
            _tables.Where(table => !sections.Any(
                section => section.Path.StartsWith($".state.{table}", StringComparison.Ordinal)
                    && section.StoredBytes > EmptyBytes)),
            Is.Empty, "tables without a record");
    }

    [Test]
    public void Every_single_bit_flip_of_it_is_detected()
    {
        var begun = Stopwatch.GetTimestamp();
        var bits = _storage.Bytes(_name).Length * 8L;
        var stride = LongSuite.IsAsked ? 1 : CiStride;
        var flips = 0L;
        for (var bit = 0L; bit < bits; bit += bit < SnapshotHeader.LengthBytes * 8 ? 1 : stride)
        {
            _storage.FlipBit(_name, bit);
            if (IsGood())
            {
                Assert.Fail($"bit {bit} of {bits}");
            }

            _storage.FlipBit(_name, bit);
            flips++;
        }

        Assert.That(IsGood(), Is.True);
        TestContext.Out.WriteLine(
            $"{flips:N0} of {bits:N0} bits, {Stopwatch.GetElapsedTime(begun).TotalSeconds:N1} s");
    }

    [Test]
    public void It_goes_on_from_a_snapshot_as_without() => SnapshotLife.Prove(_life.Engine, seed: 8, places: 6);

    private bool IsGood()
    {
        try
        {
            using var file = SnapshotFile.Open(_storage, _name);
            file.ProveAll();
            return true;
        }
        catch (JournalException)
        {
            return false;
        }
    }
}
