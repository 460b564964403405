using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Security;
using HftDelta.Node;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Storage;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Network;

/// <summary>
/// A venue and its clients on one virtual clock and one simulated network, stepped by hand. Accounts 30 and 31 are open, keys
/// equal accounts; key 101 is an oracle source without account; key 99 has an account that the engine does not know.
/// </summary>
internal sealed class NetworkRig : IDisposable
{
    public const uint Alice = 30;
    public const uint Bob = 31;
    public const uint OracleKey = 101;
    public const uint OtherOracleKey = 102;
    public const uint GhostKey = 99;
    public const ulong Millisecond = 1_000_000;

    private const ulong StepNanos = 20_000;

    private readonly List<RawClient> _clients = [];
    private readonly SimulatedHost _venueHost;
    private byte _lastHost = 1;

    public NetworkRig(
        Func<VenueOptions, VenueOptions>? change = null,
        Func<VenueNetworkOptions, VenueNetworkOptions>? changeNetwork = null,
        MappedStorage? storage = null,
        VirtualNanoClock? clock = null)
    {
        Clock = clock ?? new VirtualNanoClock(new TimeNanos(VenueDriver.Begin));
        Network = new SimulatedNetwork(Clock, seed: 1);
        _venueHost = Network.Host("10.0.0.1");
        var network = new VenueNetworkOptions
        {
            Listen = "10.0.0.1:0",
            Sockets = _venueHost,
            Participants = People,
            RandomSeed = 7,
            TermLengthBytes = 1 << 16,
            BacklogSlots = 64,
        };
        var options = VenueDriver.SmallOptions() with { Network = changeNetwork?.Invoke(network) ?? network };
        Driver = new VenueDriver(change?.Invoke(options) ?? options, storage, clock: Clock);
        Driver.Venue.StartByHand();
    }

    public static ParticipantDirectory People { get; } = new(
    [
        new Participant(new KeyId(Alice), new AccountId(Alice), SessionRoles.Trader),
        new Participant(new KeyId(Bob), new AccountId(Bob), SessionRoles.Trader),
        new Participant(new KeyId(OracleKey), new AccountId(0), SessionRoles.OracleSource),
        new Participant(new KeyId(OtherOracleKey), new AccountId(0), SessionRoles.OracleSource),
        new Participant(new KeyId(GhostKey), new AccountId(GhostKey), SessionRoles.Trader),
    ]);

    public VirtualNanoClock Clock { get; }

    public SimulatedNetwork Network { get; }

    public VenueDriver Driver { get; }

    public Venue Venue => Driver.Venue;

    public HftDelta.Gateway.IngressAgent Ingress => Venue.Agents.Ingress;

    /// <summary>Connections that take a slot now.</summary>
    public long Connections => Venue.IngressCounters.Connections.Value;

    /// <summary>A venue with a perpetual on one underlying at price 1,000, and the accounts.</summary>
    public static NetworkRig Trading(
        Func<VenueOptions, VenueOptions>? change = null,
        Func<VenueNetworkOptions, VenueNetworkOptions>? changeNetwork = null,
        MappedStorage? storage = null)
    {
        var rig = new NetworkRig(change, changeNetwork, storage);
        rig.Driver.List();
        rig.Driver.FundAccount(Alice, 1_000_000_000);
        rig.Driver.FundAccount(Bob, 1_000_000_000);
        rig.Venue.Settle();
        return rig;
    }

    /// <summary>Handles 1, 3 and 4 are left; sessions within the process hold all others.</summary>
    public static NetworkRig WithThreeHandles(Func<VenueNetworkOptions, VenueNetworkOptions>? changeNetwork = null)
    {
        var rig = Trading(
            options => options with { Limits = options.Limits with { Sessions = 22 } },
            changeNetwork);
        for (uint handle = 5; handle < VenueDriver.Maker; handle++)
        {
            rig.Driver.OpenSession(handle, VenueDriver.Maker, HftDelta.Wire.Internal.SessionRoles.Trader);
        }

        rig.Venue.Settle();
        return rig;
    }

    /// <summary>A client on a machine of its own, or on that of another.</summary>
    public RawClient Client(uint key, byte sessionId, RawClient? sameHostAs = null, bool wantsMarketData = false)
    {
        var host = sameHostAs?.Host ?? Network.Host($"10.0.0.{++_lastHost}");
        var client = new RawClient(host, Clock, Venue.ListenEndpoint!, key, sessionId, wantsMarketData);
        _clients.Add(client);
        return client;
    }

    /// <summary>A client that is established.</summary>
    public RawClient Established(uint key, byte sessionId, uint keepAliveMillis = 1_000, bool wantsMarketData = false)
    {
        var client = Client(key, sessionId, wantsMarketData: wantsMarketData);
        Establish(client, keepAliveMillis);
        return client;
    }

    public void Establish(RawClient client, uint keepAliveMillis = 1_000, byte cancelOnDisconnect = 1)
    {
        Negotiate(client);
        client.Establish(keepAliveMillis, cancelOnDisconnect);
        Until(() => client.Has(EstablishmentAcceptedDecoder.TemplateId), "the establishment");
        client.TakeOver(EstablishmentAcceptedDecoder.Trusted(client.Last(EstablishmentAcceptedDecoder.TemplateId)));
    }

    public void Negotiate(RawClient client)
    {
        Challenge(client);
        client.Prove();
        Until(() => client.Has(NegotiationAcceptedDecoder.TemplateId), "the negotiation");
        client.Handle = NegotiationAcceptedDecoder.Trusted(client.Last(NegotiationAcceptedDecoder.TemplateId)).SessionHandle;
    }

    public void Challenge(RawClient client)
    {
        Until(() => client.IsConnected, "the venue's address");
        client.Negotiate();
        Until(() => client.Has(ChallengeDecoder.TemplateId), "the challenge");
    }

    /// <summary>A client is gone without a word: its sockets are.</summary>
    public void Kill(RawClient client)
    {
        _clients.Remove(client);
        client.Dispose();
    }

    /// <summary>The client does nothing any more, and its sockets stay.</summary>
    public void Freeze(RawClient client) => _clients.Remove(client);

    public void Thaw(RawClient client) => _clients.Add(client);

    public void Step()
    {
        foreach (var client in _clients)
        {
            client.DoWork();
        }

        Venue.Step();
        Clock.Advance(StepNanos);
    }

    public void Steps(int count)
    {
        for (var step = 0; step < count; step++)
        {
            Step();
        }
    }

    /// <summary>Time passes, in steps of a millisecond.</summary>
    public void Pass(ulong millis)
    {
        for (ulong passed = 0; passed < millis; passed++)
        {
            Step();
            Clock.Advance(Millisecond - StepNanos);
        }
    }

    public void Until(Func<bool> condition, string what, int stepsMax = 20_000)
    {
        for (var step = 0; step < stepsMax; step++)
        {
            if (condition())
            {
                return;
            }

            Step();
        }

        Assert.Fail($"did not come: {what}");
    }

    /// <summary>Transport and ingress work; the engine tells nothing meanwhile.</summary>
    public void StepWithoutEngine(Func<bool> condition, string what)
    {
        var driver = Venue.Agents.InOrder()[0].Agent;
        for (var step = 0; step < 1_000 && !condition(); step++)
        {
            foreach (var client in _clients)
            {
                client.DoWork();
            }

            driver.DoWork();
            Ingress.DoWork();
            Clock.Advance(StepNanos);
        }

        Assert.That(condition(), Is.True, $"did not come: {what}");
    }

    public void UntilLater(Func<bool> condition, string what, ulong millisMax = 30_000)
    {
        for (ulong passed = 0; passed < millisMax; passed++)
        {
            if (condition())
            {
                return;
            }

            Pass(1);
        }

        Assert.Fail($"did not come: {what}");
    }

    /// <summary>The venue's process dies: nothing is said, what is in the journal stays.</summary>
    public MappedStorage Crash()
    {
        _venueHost.CloseAll();
        Driver.Dispose();
        return ((VirtualStorage)Driver.Storage).AfterKill();
    }

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        Driver.Dispose();
    }

    public ConnectionState StateOf(RawClient client) => Ingress.Network!.StateOf(client.PublicationSessionId);
}
