using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using HftDelta.Client.Requests;
using HftDelta.SystemTests.Processes;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.SystemTests.Network;

/// <summary>
/// <c>hftdelta control</c>: an operator commands a running venue from another process, its clients feel it, and a replay of the
/// journal reaches the same state.
/// </summary>
[TestFixture]
[CancelAfter(180_000)]
internal sealed class ControlTests
{
    private const uint Perpetual = 1;
    private const uint Future = 2;
    private const uint Spread = 3;

    /// <summary>Below and above what the oracle's prices make of it.</summary>
    private const long Low = 590_000;
    private const long High = 610_000;

    private const string Market = """
        {
          "schema": "hftdelta.market/1",
          "accounts": [ { "accountId": 16, "depositAtoms": 50000000000000 },
            { "accountId": 17, "depositAtoms": 50000000000000 } ],
          "participants": [ { "keyId": 16, "accountId": 16 }, { "keyId": 17, "accountId": 17 },
            { "keyId": 101 }, { "keyId": 102 }, { "keyId": 103 } ],
          "underlyings": [ { "underlyingId": 1, "symbol": "BTC", "oracleQuorum": 2, "oracleMaxAgeNanos": 5000000000 } ],
          "instruments": [
            { "instrumentId": 1, "underlyingId": 1, "kind": "perpetual", "symbol": "BTC-PERP" },
            { "instrumentId": 2, "underlyingId": 1, "kind": "future", "symbol": "BTC-FUT", "expiresAfterNanos": 86400000000000 },
            { "instrumentId": 3, "underlyingId": 1, "kind": "strategy", "symbol": "PERP-FUT",
              "legs": [ { "instrumentId": 1, "ratio": 1 }, { "instrumentId": 2, "ratio": -1 } ] } ]
        }
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private TemporaryFolder _folder = null!;

    private string Journal => _folder.Of("journal");

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        File.WriteAllText(_folder.Of("market.json"), Market);
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void A_halt_and_a_kill_from_outside_are_felt_by_clients_and_replayed()
    {
        using var venue = Start();
        var endpoint = Endpoint(venue);
        using var floor = new LoadFloor(endpoint);
        venue.WaitForEvent("listed", Deadline);
        using (var alice = new ControlTrader(endpoint, 16))
        using (var bob = new ControlTrader(endpoint, 17))
        {
            HaltAndOpen(alice, bob);
            KillAndRelease(alice, bob);
            KillEverybody(bob);
        }

        floor.Finish();
        EndAndReplay(venue);
        Assert.That(Dumped("KillSwitch"), Has.Length.EqualTo(5).And.All.Contains(" operator "));
        Assert.That(Dumped("InstrumentStateChange"), Has.Length.EqualTo(2).And.All.Contains(" operator "));
    }

    [Test]
    public void An_auction_a_strategy_rules_and_the_end_of_a_day_are_commanded_from_outside()
    {
        using var venue = Start();
        var endpoint = Endpoint(venue);
        using var floor = new LoadFloor(endpoint);
        venue.WaitForEvent("listed", Deadline);
        using (var alice = new ControlTrader(endpoint, 16))
        using (var bob = new ControlTrader(endpoint, 17))
        {
            CallAnAuction(alice, bob);
            TradeTheStrategy(alice, bob);
            ChangeRules(alice);
            EndTheDay(alice);
        }

        floor.Finish();
        EndAndReplay(venue);
    }

    [Test]
    public void What_was_commanded_holds_after_a_restart_and_rules_are_not_undone_by_the_market_file()
    {
        using (var venue = Start())
        {
            using var floor = new LoadFloor(Endpoint(venue));
            venue.WaitForEvent("listed", Deadline);
            Control("halt", "--underlying", "BTC");
            Control("kill", "--account", "17");
            Control("rules", "-i", "BTC-PERP", "--order-lots-max", "5", "--increments", "1:5");
            Control("rules", "-i", "BTC-PERP", "--lot-size", "5");
            venue.Kill();
        }

        using (var venue = Start())
        {
            var endpoint = Endpoint(venue);
            venue.WaitForEvent("listed", Deadline);
            var told = Control("status");
            Assert.That(States(told), Is.EqualTo(new[] { "Halted", "Halted", "Halted" }));
            Assert.That(told.GetProperty("accounts")[0].GetProperty("accountId").GetUInt32(), Is.EqualTo(17));
            var rules = Control("rules", "-i", "1").GetProperty("instruments")[0].GetProperty("rules");
            Assert.That(rules.GetProperty("orderLotsMax").GetInt64(), Is.EqualTo(5));
            Assert.That(rules.GetProperty("lotSize").GetInt64(), Is.EqualTo(5), "the second change kept the first");
            Control("open", "--venue");
            using (var alice = new ControlTrader(endpoint, 16))
            {
                Assert.That(alice.Order(Perpetual, Side.Buy, Low, 10).Outcome.Code, Is.EqualTo(RejectCode.OrderTooLarge));
                Assert.That(alice.Order(Perpetual, Side.Buy, Low + 1, 5).Outcome.Code, Is.EqualTo(RejectCode.PriceOffTick));
            }

            EndAndReplay(venue);
        }
    }

    [TestCase(2, "no venue was named", "status")]
    [TestCase(3, "no venue listens", "--journal", "nowhere", "status")]
    [TestCase(2, "nothing was named", "--journal", "*", "halt")]
    [TestCase(2, "no instrument 99 is listed", "--journal", "*", "halt", "-i", "99")]
    [TestCase(2, "no instrument SHOE is listed", "--journal", "*", "halt", "-i", "shoe")]
    [TestCase(2, "named at once", "--journal", "*", "halt", "-i", "1", "--venue")]
    [TestCase(2, "nobody was named", "--journal", "*", "kill")]
    [TestCase(2, "named at once", "--journal", "*", "kill", "--account", "16", "--venue")]
    [TestCase(5, "UnknownAccount", "--journal", "*", "kill", "--account", "99")]
    [TestCase(5, "a strategy has no call phases", "--journal", "*", "auction", "-i", "PERP-FUT")]
    [TestCase(2, "orderLotsMax 5 is below lotSize 10", "--journal", "*", "rules", "-i", "1", "--lot-size", "10",
        "--order-lots-max", "5")]
    [TestCase(5, "largest order only", "--journal", "*", "rules", "-i", "3", "--lot-size", "10")]
    [TestCase(2, "day 7 is not the present one, which is 1", "--journal", "*", "end-of-day", "--day", "7")]
    [TestCase(2, "must be FROM:STEP", "--journal", "*", "rules", "-i", "1", "--increments", "x")]
    public void What_makes_no_sense_is_said_with_its_code_and_what_to_do(int code, string words, params string[] arguments)
    {
        using var venue = Start();
        using var floor = new LoadFloor(Endpoint(venue));
        venue.WaitForEvent("listed", Deadline);
        var ended = VenueProcess.Run(
            Deadline, ["control", .. arguments.Select(argument => argument == "*" ? Journal : argument)]);
        Assert.That(ended.ExitCode, Is.EqualTo(code), ended.Error);
        Assert.That(ended.Error, Does.Contain("error HD").And.Contain("next: ")
            .And.Contain(words).IgnoreCase);
        Assert.That(ended.Output, Is.Empty);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void Another_user_may_not_command_and_is_told_so()
    {
        const string tool = "/usr/bin/setpriv";
        Assume.That(Environment.IsPrivilegedProcess && File.Exists(tool), "only the superuser can become another one");
        using var venue = Start();
        venue.WaitForEvent("ready", Deadline);
        Assert.That(
            File.GetUnixFileMode(Path.Combine(Journal, "control.sock")),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        File.SetUnixFileMode(_folder.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.OtherExecute);
        using var stranger = Process.Start(new ProcessStartInfo(tool)
        {
            ArgumentList =
            {
                "--reuid=65534", "--clear-groups", VenueProcess.DotnetPath(),
                Path.Combine(AppContext.BaseDirectory, "hftdelta.dll"), "control", "--journal", Journal, "kill", "--venue",
            },
            RedirectStandardError = true,
        })!;
        var error = stranger.StandardError.ReadToEnd();
        Assert.That(stranger.WaitForExit(Deadline), Is.True);
        Assume.That(error, Does.Contain("HD"), "this user cannot even run the binary");
        Assert.That(stranger.ExitCode, Is.EqualTo(20), error);
        Assert.That(error, Does.Contain("HD2503"));
        Assert.That(Control("status").GetProperty("venue").GetProperty("isKilled").GetBoolean(), Is.False);
    }

    [Test]
    public void Garbage_on_the_control_socket_harms_nobody()
    {
        using var venue = Start();
        venue.WaitForEvent("ready", Deadline);
        Assert.That(Say("{\n"), Does.Contain("\"result\":\"invalid\"").And.Contain("not understood"));
        Assert.That(Say("null\n"), Does.Contain("\"result\":\"invalid\""));
        Assert.That(Say("""{"schema":"hftdelta.control/9","verb":"status"}""" + "\n"), Does.Contain("\"result\":\"invalid\""));
        Assert.That(Say("""{"verb":"status","shoes":1}""" + "\n"), Does.Contain("shoes"));
        Assert.That(Say(new string('x', 3 << 20)), Is.Empty, "it is cut off");
        using (var silent = Connect())
        {
            silent.Send("{"u8);
        }

        Assert.That(Control("status").GetProperty("venue").GetProperty("isKilled").GetBoolean(), Is.False);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(Journal, "control.sock")));
        return socket;
    }

    /// <summary>What the venue answers to these bytes; empty when it closes instead.</summary>
    private string Say(string text)
    {
        using var socket = Connect();
        var answer = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            socket.Send(Encoding.UTF8.GetBytes(text));
            for (var count = socket.Receive(buffer); count > 0; count = socket.Receive(buffer))
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // It was cut off while it spoke.
        }

        return answer.ToString();
    }

    private void HaltAndOpen(ControlTrader alice, ControlTrader bob)
    {
        var (resting, accepted) = alice.Order(Perpetual, Side.Buy, Low, 1);
        Assert.That(accepted.Kind, Is.EqualTo(OutcomeKind.Accepted));
        var halted = Control("halt", "--instrument", "btc-perp");
        Assert.That(States(halted), Is.EqualTo(new[] { "Halted" }));
        Assert.That(halted.GetProperty("commands")[0].GetProperty("sequence").GetInt64(), Is.Positive);

        foreach (var trader in new[] { alice, bob })
        {
            var refused = trader.Order(Perpetual, Side.Sell, High, 1).Outcome;
            Assert.That((refused.Code, refused.Limit), Is.EqualTo((RejectCode.NotInThisState, (long)InstrumentState.Halted)));
            Assert.That(trader.States, Is.EqualTo(new[] { (Perpetual, InstrumentState.Halted) }));
        }

        Assert.That(bob.Order(Future, Side.Buy, Low, 1).Outcome.Kind, Is.EqualTo(OutcomeKind.Accepted), "another instrument");
        Assert.That(alice.Cancel(Perpetual, resting).Kind, Is.EqualTo(OutcomeKind.Canceled), "cancels get through");
        Assert.That(States(Control("open", "-i", "1")), Is.EqualTo(new[] { "Open" }));
        Assert.That(alice.Order(Perpetual, Side.Buy, Low, 1).Outcome.Kind, Is.EqualTo(OutcomeKind.Accepted));
    }

    private void KillAndRelease(ControlTrader alice, ControlTrader bob)
    {
        var (resting, _) = alice.Order(Perpetual, Side.Buy, Low, 2);
        var killed = Control("kill", "--account", "16");
        Assert.That(killed.GetProperty("accounts")[0].GetProperty("isKilled").GetBoolean(), Is.True);
        Assert.That(alice.Order(Perpetual, Side.Buy, Low, 1).Outcome.Code, Is.EqualTo(RejectCode.KillSwitch));
        Assert.That(alice.Cancel(Perpetual, resting).Kind, Is.EqualTo(OutcomeKind.Canceled), "cancels get through");
        Assert.That(bob.Order(Perpetual, Side.Buy, Low, 1).Outcome.Kind, Is.EqualTo(OutcomeKind.Accepted), "another account");

        var ended = Control("kill", "--account", "16", "--cancel-orders");
        Assert.That(ended.GetProperty("canceledOrders").GetInt32(), Is.EqualTo(1), "the one that was left");
        alice.Until(() => alice.Cancellations.Count == 1, "the cancellation");
        Assert.That(alice.Cancellations[0], Is.EqualTo(CancelReason.KillSwitch));
        var released = Control("release", "--account", "16").GetProperty("accounts")[0];
        Assert.That(released.GetProperty("isKilled").GetBoolean(), Is.False);
        Assert.That(alice.Order(Perpetual, Side.Buy, Low, 1).Outcome.Kind, Is.EqualTo(OutcomeKind.Accepted));
    }

    private void KillEverybody(ControlTrader bob)
    {
        Assert.That(Control("kill", "--venue").GetProperty("venue").GetProperty("isKilled").GetBoolean(), Is.True);
        Assert.That(bob.Order(Perpetual, Side.Buy, Low, 1).Outcome.Code, Is.EqualTo(RejectCode.KillSwitch));
        Assert.That(Control("status").GetProperty("venue").GetProperty("liveOrders").GetInt32(), Is.EqualTo(3));
        Assert.That(Control("release", "--venue").GetProperty("venue").GetProperty("isKilled").GetBoolean(), Is.False);
        Assert.That(bob.Order(Perpetual, Side.Buy, Low, 1).Outcome.Kind, Is.EqualTo(OutcomeKind.Accepted));
    }

    private void CallAnAuction(ControlTrader alice, ControlTrader bob)
    {
        Assert.That(States(Control("auction", "-i", "BTC-PERP")), Is.EqualTo(new[] { "OpeningAuction" }));
        Assert.That(
            alice.Order(Perpetual, Side.Buy, High, 1, TimeInForce.ImmediateOrCancel).Outcome.Code,
            Is.EqualTo(RejectCode.NotInThisState));
        alice.Order(Perpetual, Side.Buy, High, 2);
        bob.Order(Perpetual, Side.Sell, Low, 2);
        bob.Until(() => bob.Auctions is [.., { HasPrice: true }], "an indication");
        Assert.That((bob.Auctions[^1].Volume.Value, bob.Auctions[^1].IsOver), Is.EqualTo((2L, false)));
        Assert.That(bob.Fills, Is.Empty, "nothing trades before the end");
        Assert.That(States(Control("open", "-i", "BTC-PERP")), Is.EqualTo(new[] { "Open" }));
        bob.Until(() => bob.Fills.Count == 1 && bob.Auctions[^1].IsOver, "the uncross");
        Assert.That(bob.Auctions[^1].Price, Is.EqualTo(bob.Fills[0].Price));
        Assert.That(bob.Fills[0].Quantity.Value, Is.EqualTo(2));
    }

    private static void TradeTheStrategy(ControlTrader alice, ControlTrader bob)
    {
        alice.Order(Perpetual, Side.Sell, High, 2);
        alice.Order(Future, Side.Buy, Low, 2);
        Assert.That(bob.Order(Spread, Side.Buy, High - Low, 2).Outcome.Kind, Is.EqualTo(OutcomeKind.Accepted));
        bob.Until(() => bob.Legs.Count >= 2, "the fills of both legs");
        Assert.That(bob.Legs.GroupBy(leg => leg.Instrument.Value)
            .Select(leg => (leg.Key, leg.First().Side, leg.Sum(fill => fill.Quantity.Value))), Is.EqualTo(new[]
            {
                (Perpetual, Side.Buy, 2L), (Future, Side.Sell, 2L),
            }));
    }

    private void ChangeRules(ControlTrader alice)
    {
        Control("rules", "-i", "BTC-FUT", "--order-lots-max", "5");
        var refused = alice.Order(Future, Side.Buy, Low, 6).Outcome;
        Assert.That((refused.Code, refused.Limit), Is.EqualTo((RejectCode.OrderTooLarge, 5L)));
        Control("rules", "-i", "BTC-FUT", "--clear");
        Assert.That(alice.Order(Future, Side.Buy, Low, 6).Outcome.Kind, Is.EqualTo(OutcomeKind.Accepted));
    }

    private void EndTheDay(ControlTrader alice)
    {
        alice.Order(Perpetual, Side.Buy, Low, 1, TimeInForce.Day);
        Assert.That(Control("end-of-day", "--day", "1").GetProperty("canceledOrders").GetInt32(), Is.EqualTo(1));
        alice.Until(() => alice.Cancellations.Count == 1, "the cancellation");
        Assert.That(alice.Cancellations[0], Is.EqualTo(CancelReason.EndOfDay));
        var again = VenueProcess.Run(Deadline, "control", "--journal", Journal, "end-of-day", "--day", "1");
        Assert.That(again.ExitCode, Is.EqualTo(2));
        Assert.That(again.Error, Does.Contain("it has ended"), "a repeated command ends no other day");
        var grouped = Control("group", "--account", "16", "--group", "7").GetProperty("accounts")[0];
        Assert.That(grouped.GetProperty("group").GetInt32(), Is.EqualTo(7));
    }

    private VenueProcess Start() => VenueProcess.Start(
        "start", "--market", _folder.Of("market.json"), "--journal", Journal, "--listen", "127.0.0.1:0",
        "--warm-up-seconds", "0", "--output", "json");

    private static string Endpoint(VenueProcess venue) =>
        venue.WaitForEvent("ready", Deadline).GetProperty("endpoint").GetString()!;

    private JsonElement Control(params string[] arguments)
    {
        var ended = VenueProcess.Run(Deadline, ["control", "--journal", Journal, .. arguments, "--output", "json"]);
        Assert.That(ended.ExitCode, Is.Zero, ended.Error);
        using var parsed = JsonDocument.Parse(ended.Output);
        Assert.That(parsed.RootElement.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.control/1"));
        Assert.That(parsed.RootElement.GetProperty("result").GetString(), Is.EqualTo("applied"));
        return parsed.RootElement.Clone();
    }

    private static string?[] States(JsonElement answer) =>
        [.. answer.GetProperty("instruments").EnumerateArray().Select(each => each.GetProperty("state").GetString())];

    private string[] Dumped(string template)
    {
        var dumped = VenueProcess.Run(Deadline, "journal", "dump", Journal, "--template", template);
        Assert.That(dumped.ExitCode, Is.Zero, dumped.Error);
        return dumped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>The venue ends in order; another engine reaches its state from the journal alone.</summary>
    private void EndAndReplay(VenueProcess venue)
    {
        venue.Send(VenueProcess.SignalTerminate);
        Assert.That(venue.WaitForEnd(Deadline).ExitCode, Is.Zero, venue.Error);
        var stopped = venue.Find("stopped")!.Value;
        Assert.That(File.Exists(Path.Combine(Journal, "control.sock")), Is.False);
        var replayed = VenueProcess.Run(Deadline, "replay", Journal, "--compare", "--output", "json");
        Assert.That(replayed.ExitCode, Is.Zero, replayed.Error);
        using var parsed = JsonDocument.Parse(replayed.Output);
        foreach (var name in new[] { "stateHash", "historyHash" })
        {
            var told = stopped.GetProperty(name).GetString();
            Assert.That(parsed.RootElement.GetProperty(name).GetString(), Is.EqualTo(told), name);
        }

        Assert.That(stopped.GetProperty("conservationErrorSubAtoms").GetString(), Is.EqualTo("0"));
        Assert.That(VenueProcess.Run(Deadline, "journal", "verify", Journal).ExitCode, Is.Zero);
    }
}
