using System.Text.Json;
using HftDelta.Replica.Signing;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Network;

/// <summary>
/// <c>hftdelta params</c>: keys change a running venue's parameters from another process, a restart keeps them, and a replay of
/// the journal reaches the same state.
/// </summary>
[TestFixture]
[CancelAfter(180_000)]
internal sealed class ParamsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private TemporaryFolder _folder = null!;

    private string Journal => _folder.Of("journal");

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        var (governor, module) = (MakeKey("governor.key"), MakeKey("module.key"));
        File.WriteAllText(_folder.Of("market.json"), $$"""
            {
              "schema": "hftdelta.market/1",
              "accounts": [ { "accountId": 16, "depositAtoms": 50000000000000 },
                { "accountId": 17, "depositAtoms": 50000000000000 } ],
              "participants": [ { "keyId": 16, "accountId": 16 }, { "keyId": 17, "accountId": 17 },
                { "keyId": 101 }, { "keyId": 102 }, { "keyId": 103 } ],
              "underlyings": [ { "underlyingId": 1, "symbol": "BTC", "oracleQuorum": 2, "oracleMaxAgeNanos": 5000000000 } ],
              "instruments": [ { "instrumentId": 1, "underlyingId": 1, "kind": "perpetual", "symbol": "BTC-PERP" } ],
              "governance": { "timeLockNanos": 3600000000000,
                "keys": [ { "keyId": 1, "role": "governance", "address": "{{governor}}" },
                  { "keyId": 2, "role": "module", "address": "{{module}}", "parameters": [ "settlementThresholdPpm" ] } ],
                "envelopes": [ { "parameter": "settlementThresholdPpm", "minimum": 100, "maximum": 500, "stepMax": 100 } ] }
            }
            """);
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Parameters_change_by_signed_words_from_outside_outlast_a_kill_and_are_replayed()
    {
        using (var venue = Start())
        {
            using var floor = new LoadFloor(venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!);
            venue.WaitForEvent("listed", Deadline);
            Assert.That(Threshold(), Is.EqualTo(300), "the start value");
            Propose(0, "", "400");
            Assert.That(Threshold(), Is.EqualTo(400));
            Propose(5, "ParameterOutsideEnvelope, 500", "501");
            Propose(5, "ParameterStepTooLarge, 100", "299");

            // Signed apart from the venue, and handed in by somebody else, once.
            var word = _folder.Of("word.json");
            Propose(0, "", "350", "--sequence", "9", "--write", word);
            Assert.That(Threshold(), Is.EqualTo(400));
            Assert.That(Params("submit", word).ExitCode, Is.Zero);
            Assert.That(Threshold(), Is.EqualTo(350));
            Assert.That(Params("submit", word).Error, Does.Contain("GovernanceSequenceUsed, 9"));
            File.WriteAllText(word, File.ReadAllText(word).Replace("\"value\":350", "\"value\":360", StringComparison.Ordinal));
            Assert.That(Params("submit", word).ExitCode, Is.EqualTo(2));
            Govern("propose", "SettlementThresholdPpm", "9000", "--underlying", "1");
            venue.Kill();
        }

        using (var venue = Start())
        {
            venue.WaitForEvent("listed", Deadline);
            Assert.That(Threshold(), Is.EqualTo(350));
            Assert.That(Listed().GetProperty("proposals")[0].GetProperty("value").GetInt64(), Is.EqualTo(9_000));
            Govern("cancel", "3");
            Govern("freeze");
            Assert.That(Listed().GetProperty("proposals").GetArrayLength(), Is.Zero);
            Propose(5, "GovernanceFrozen", "360");
            venue.Send(VenueProcess.SignalTerminate);
            Assert.That(venue.WaitForEnd(Deadline).ExitCode, Is.Zero, venue.Error);
            Assert.That(venue.Error, Does.Contain("frozen: Freeze by key 1"));
        }

        Assert.That(VenueProcess.Run(Deadline, "replay", Journal, "--compare").ExitCode, Is.Zero);
    }

    [TestCase(2, "no key was named", "freeze")]
    [TestCase(2, "belongs to the underlying", "propose", "OracleQuorum", "1", "--instrument", "1")]
    [TestCase(2, "belongs to the underlying", "propose", "OracleQuorum", "1")]
    [TestCase(2, "belongs to the venue", "propose", "GovernanceTimeLockNanos", "1", "--underlying", "1")]
    [TestCase(21, "nowhere.key", "freeze", "--key", "nowhere.key", "--key-id", "1", "--sequence", "1")]
    [TestCase(3, "no venue listens", "list")]
    public void What_makes_no_sense_is_said_with_its_code_and_what_to_do(int code, string words, params string[] arguments)
    {
        var ended = Params(arguments);
        Assert.That(ended.ExitCode, Is.EqualTo(code), ended.Error);
        Assert.That(ended.Error, Does.Contain("error HD").And.Contain("next: ").And.Contain(words));
        Assert.That(ended.Output, Is.Empty);
    }

    private string MakeKey(string name)
    {
        using var signer = KeyFile.LoadOrCreateForDevelopment(_folder.Of(name), out _);
        return signer.Address.ToString();
    }

    private VenueProcess Start() => VenueProcess.Start(
        "start", "--market", _folder.Of("market.json"), "--journal", Journal, "--listen", "127.0.0.1:0",
        "--warm-up-seconds", "0", "--output", "json");

    private ProcessResult Params(params string[] arguments) =>
        VenueProcess.Run(Deadline, ["params", "--journal", Journal, .. arguments]);

    private void Propose(int code, string words, string value, params string[] more)
    {
        var ended = Params(
            ["propose", "SettlementThresholdPpm", value, "-u", "1", "--key", _folder.Of("module.key"), "--key-id", "2", .. more]);
        Assert.That(ended.ExitCode, Is.EqualTo(code), ended.Error);
        Assert.That(ended.Error, Does.Contain(words));
    }

    private void Govern(params string[] arguments)
    {
        var ended = Params([.. arguments, "--key", _folder.Of("governor.key"), "--key-id", "1"]);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
    }

    private long Threshold() => Listed().GetProperty("parameters").EnumerateArray()
        .Single(each => each.GetProperty("parameter").GetString() == "SettlementThresholdPpm").GetProperty("value").GetInt64();

    private JsonElement Listed()
    {
        var ended = Params("list", "--output", "json");
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        using var parsed = JsonDocument.Parse(ended.Output);
        return parsed.RootElement.GetProperty("governance").Clone();
    }
}
