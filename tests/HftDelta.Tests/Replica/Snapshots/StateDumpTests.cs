using System.Text.Json;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Money;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>The text of a state is equal for equal states, and shows what differs in others.</summary>
[CancelAfter(60_000)]
internal sealed class StateDumpTests
{
    private MoneyLife? _life;

    [OneTimeSetUp]
    public void Live()
    {
        // Of a garbled life the commands cannot be repeated.
        for (ulong seed = 7; _life is null || _life.IsGarbled; seed++)
        {
            _life?.Dispose();
            _life = new MoneyLife(seed);
            _life.Run(commands: 100);
        }
    }

    [OneTimeTearDown]
    public void End() => _life?.Dispose();

    [Test]
    public void Every_line_is_an_object_of_its_own_and_says_where_it_is()
    {
        var lines = Dump(_life!.Engine);

        var header = JsonDocument.Parse(lines[0]).RootElement;
        Assert.That(header.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.state-dump/1"));
        Assert.That(header.GetProperty("sequence").GetInt64(), Is.EqualTo(_life!.Engine.Processor.LastSequence.Value));
        Assert.That(header.GetProperty("stateHash").GetString(), Is.EqualTo(_life!.Engine.Processor.StateHash().ToString()));
        var places = lines.Skip(1).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("at", out _)).Select(line => line.GetProperty("at").GetString()).ToList();
        Assert.That(places, Is.Unique);
        Assert.That(lines.Count(line => line.StartsWith("{\"component\":\"", StringComparison.Ordinal)), Is.EqualTo(11));
    }

    [Test]
    public void What_accounts_hold_can_be_read()
    {
        var state = PlantedBugTests.StateOf(_life!.Engine);
        var ids = Enumerable.Range(1, _life!.Engine.Limits.Accounts - 1).Select(id => (uint)id);
        var account = ids.First(state.Accounts.IsOpen);

        var record = RecordOf(Dump(_life!.Engine), account);

        Assert.That(record.GetProperty("Dust").GetInt64(), Is.EqualTo((long)state.Accounts.Read(account).Dust));
    }

    [Test]
    public void A_state_that_was_kept_and_loaded_has_the_same_text()
    {
        using var loaded = SnapshotLife.Load(_life!.Engine);
        Assert.That(Dump(loaded), Is.EqualTo(Dump(_life!.Engine)));
    }

    [Test]
    public void Hashes_that_were_asked_for_on_the_way_leave_no_trace()
    {
        using var plain = SnapshotLife.Fresh(_life!.Engine);
        using var asked = SnapshotLife.Fresh(_life!.Engine);
        foreach (var (envelope, frame) in _life!.Engine.Commands)
        {
            plain.Apply(envelope, frame);
            asked.Apply(envelope, frame);
            asked.Processor.StateComponents();
        }

        Assert.That(Dump(asked), Is.EqualTo(Dump(plain)));
    }

    [Test]
    public void A_planted_field_is_all_that_differs_but_for_hashes()
    {
        using var other = SnapshotLife.Load(_life!.Engine);
        var state = PlantedBugTests.StateOf(other);
        var account = Enumerable.Range(1, other.Limits.Accounts - 1).Select(id => (uint)id).First(state.Accounts.IsOpen);
        var before = Dump(_life!.Engine);
        state.Accounts.Write(account).Dust += 3;

        var after = Dump(other);

        var differing = before.Zip(after).Where(pair => pair.First != pair.Second).ToList();
        Assert.That(after, Has.Length.EqualTo(before.Length));
        string[] expected = ["header", "Account", "state", "record"];
        Assert.That(differing.Select(pair => KindOf(pair.First)), Is.EquivalentTo(expected));
        var (left, right) = (RecordOf(before, account), RecordOf(after, account));
        foreach (var member in left.EnumerateObject())
        {
            var now = right.GetProperty(member.Name);
            Assert.That(
                now.GetRawText(),
                member.Name == "Dust" ? Is.Not.EqualTo(member.Value.GetRawText()) : Is.EqualTo(member.Value.GetRawText()),
                member.Name);
        }

        Assert.That((Int128)right.GetProperty("Dust").GetInt64(), Is.EqualTo((Int128)left.GetProperty("Dust").GetInt64() + 3));
    }

    private static string[] Dump(EngineHarness engine)
    {
        using var output = new StringWriter();
        StateDump.Write(engine.Processor, output);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string KindOf(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        return json.TryGetProperty("schema", out _) ? "header"
            : json.TryGetProperty("component", out var component) ? component.GetString()!
            : json.TryGetProperty("record", out _) ? "record"
            : json.GetProperty("at").GetString()!;
    }

    private static JsonElement RecordOf(string[] lines, uint account) => lines
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Single(line => line.TryGetProperty("at", out var at) && at.GetString() == $"state.Accounts.records.records[{account}]")
        .GetProperty("record");
}
