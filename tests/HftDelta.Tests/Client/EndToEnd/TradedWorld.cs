using HftDelta.Client;
using HftDelta.Client.Samples;
using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Client.EndToEnd;

/// <summary>The real venue with its market open and an oracle that reports, and whatever clients a test adds.</summary>
internal sealed class TradedWorld : IDisposable
{
    private const ulong StepNanos = 20_000;
    private const ulong Millisecond = 1_000_000;

    private readonly SampleOracle _oracle;
    private readonly List<IAgent> _clients = [];
    private int _hosts = 10;

    public TradedWorld(int traders, EngineLimits? limits = null, uint instruments = 2)
    {
        Network = new SimulatedNetwork(Clock, seed: 1) { Conditions = LinkConditions.Poor(0, delayNanos: 10_000) };
        Venue = new TradedVenue(Network, Clock, traders, limits);
        _oracle = new SampleOracle(new SampleOracleOptions
        {
            Client = OptionsOf(TradedVenue.OracleKey),
            Underlyings = [new UnderlyingId(1)],
            Source = 1,
            Price = (_, _) => new PriceTicks(Price),
            ReportEveryNanos = 5 * Millisecond,
        });
        Venue.ListUnderlying();
        Until(() => Venue.View.OraclePrice(new UnderlyingId(1)).Value > 0, "an oracle price");
        Venue.ListInstruments(instruments);
        Pass(Millisecond);
    }

    public VirtualNanoClock Clock { get; } = new(new TimeNanos(1_700_000_000_000_000_000));

    public SimulatedNetwork Network { get; }

    public TradedVenue Venue { get; }

    /// <summary>What the oracle reports.</summary>
    public long Price { get; set; } = TradedVenue.StartPrice;

    public SampleStatistics Oracle => _oracle.Statistics;

    /// <summary>Each client has a machine of its own.</summary>
    public VenueClientOptions OptionsOf(ulong key)
    {
        _hosts++;
        return ClientWorld.Options(Network, Clock, TradedVenue.Endpoint, $"10.0.0.{_hosts}", (ulong)_hosts) with
        {
            Key = new KeyId(key),
            KeepAliveMillis = 100,
            HandshakeTimeoutNanos = 500 * Millisecond,
            ReconnectDelayNanosMax = 100 * Millisecond,
        };
    }

    public T Add<T>(T client)
        where T : IAgent
    {
        _clients.Add(client);
        return client;
    }

    public void Step()
    {
        Venue.Step();
        _oracle.DoWork();
        foreach (var client in _clients)
        {
            client.DoWork();
        }

        Clock.Advance(StepNanos);
    }

    public void Pass(ulong nanos)
    {
        for (var end = Clock.Now.Value + nanos; Clock.Now.Value < end;)
        {
            Step();
        }
    }

    public void Until(Func<bool> condition, string what)
    {
        for (var end = Clock.Now.Value + (10_000 * Millisecond); !condition();)
        {
            Assert.That(Clock.Now.Value, Is.LessThan(end), $"in time: {what}");
            Step();
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.OfType<IDisposable>())
        {
            client.Dispose();
        }

        _oracle.Dispose();
        Venue.Dispose();
    }
}
