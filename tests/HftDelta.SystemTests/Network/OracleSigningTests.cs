using System.Text.Json;
using HftDelta.Replica.Signing;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Network;

/// <summary>
/// Sources with keys, as processes: what is unsigned or signed by somebody else makes no price in a running venue, and what
/// <c>--sign-with</c> signs does.
/// </summary>
[TestFixture]
[CancelAfter(180_000)]
internal sealed class OracleSigningTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        var keys = Enumerable.Range(1, 3).Select(source =>
            $$"""{ "source": {{source}}, "address": "{{MakeKey(source)}}" }""");
        File.WriteAllText(_folder.Of("market.json"), $$"""
            {
              "schema": "hftdelta.market/1",
              "accounts": [ { "accountId": 16, "depositAtoms": 50000000000000 } ],
              "participants": [ { "keyId": 16, "accountId": 16 }, { "keyId": 101 }, { "keyId": 102 }, { "keyId": 103 } ],
              "underlyings": [ { "underlyingId": 1, "symbol": "BTC", "oracleQuorum": 2, "oracleMaxAgeNanos": 5000000000,
                "oracle": { "keys": [ {{string.Join(", ", keys)}} ] } } ],
              "instruments": [ { "instrumentId": 1, "underlyingId": 1, "kind": "perpetual", "symbol": "BTC-PERP" } ]
            }
            """);
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Only_what_a_sources_own_key_signed_makes_a_price()
    {
        using var venue = VenueProcess.Start(
            "start", "--market", _folder.Of("market.json"), "--journal", _folder.Of("journal"), "--listen", "127.0.0.1:0",
            "--warm-up-seconds", "0",
            "--output", "json");
        var endpoint = venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;
        AssertAllRejected(Report(endpoint));
        AssertAllRejected(Report(endpoint, KeyPath(2), KeyPath(3), KeyPath(1)));
        Assert.That(venue.Find("listed"), Is.Null, "nothing is listed before there is a price");

        var signed = Report(endpoint, KeyPath(1), KeyPath(2), KeyPath(3));
        venue.WaitForEvent("listed", Deadline);
        foreach (var session in signed)
        {
            Assert.That(session.GetProperty("accepted").GetInt64(), Is.Positive);
            Assert.That(session.GetProperty("rejected").GetInt64(), Is.Zero);
        }

        venue.Send(VenueProcess.SignalTerminate);
        Assert.That(venue.WaitForEnd(Deadline).ExitCode, Is.Zero, venue.Error);
        Assert.That(Count("OracleReportDenied"), Is.Positive, "refusals are in the journal, which a replay repeats");
        Assert.That(Count("OracleReport"), Is.Positive);
    }

    [Test]
    public void A_key_file_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("files have no owner's mode there");
            return;
        }

        File.SetUnixFileMode(KeyPath(1), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var run = VenueProcess.Run(
            Deadline, "client", "sample-oracle", "--venue", "127.0.0.1:9", "--key", "101", "--sign-with", KeyPath(1));
        Assert.That(run.ExitCode, Is.EqualTo(21), run.Error);
        Assert.That(run.Error, Does.Contain("HD2513"));
    }

    [Test]
    public void As_many_files_as_keys_are_wanted()
    {
        var run = VenueProcess.Run(
            Deadline, "client", "sample-oracle", "--venue", "127.0.0.1:9", "--key", "101", "--key", "102", "--sign-with",
            KeyPath(1));
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain("names 1 files, and there are 2 keys"));
    }

    private static void AssertAllRejected(IReadOnlyList<JsonElement> sessions)
    {
        Assert.That(sessions, Has.Count.EqualTo(3));
        foreach (var session in sessions)
        {
            Assert.That(session.GetProperty("accepted").GetInt64(), Is.Zero);
            Assert.That(session.GetProperty("rejected").GetInt64(), Is.Positive);
        }
    }

    private List<JsonElement> Report(string endpoint, params string[] keyFiles)
    {
        var run = VenueProcess.Run(
            Deadline,
            [
                "client", "sample-oracle", "--venue", endpoint, "--market", _folder.Of("market.json"), "--seconds", "2",
                "--output", "json", .. keyFiles.SelectMany(file => new[] { "--sign-with", file }),
            ]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var line = run.Output.Split('\n').Single(text => text.Contains("\"event\":\"summary\"", StringComparison.Ordinal));
        using var parsed = JsonDocument.Parse(line);
        return [.. parsed.RootElement.GetProperty("sessions").EnumerateArray().Select(session => session.Clone())];
    }

    private string KeyPath(int source) => _folder.Of($"source{source}.key");

    private string MakeKey(int source)
    {
        using var signer = KeyFile.LoadOrCreateForDevelopment(KeyPath(source), out _);
        return signer.Address.ToString();
    }

    private int Count(string template)
    {
        var dumped = VenueProcess.Run(Deadline, "journal", "dump", _folder.Of("journal"), "--template", template);
        Assert.That(dumped.ExitCode, Is.Zero, dumped.Error);
        return dumped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
    }
}
