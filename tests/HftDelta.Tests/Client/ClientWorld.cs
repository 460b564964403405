using HftDelta.Aeron;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

/// <summary>One client and a scripted venue on a simulated network, stepped by hand on a virtual clock.</summary>
internal sealed class ClientWorld : IDisposable
{
    public const ulong StepNanos = 20_000;

    private const ulong BeginNanos = 1_700_000_000_000_000_000;

    public ClientWorld(Func<VenueClientOptions, VenueClientOptions>? adapt = null, ulong seed = 1)
    {
        Network = new SimulatedNetwork(Clock, seed);
        Venue = new ScriptedVenue(Network, Clock);
        var options = Options(Network, Clock, ScriptedVenue.Endpoint, "10.0.0.2", seed);
        Client = new VenueClient(adapt is null ? options : adapt(options), Told);
        Client.OnStart();
    }

    public VirtualNanoClock Clock { get; } = new(new TimeNanos(BeginNanos));

    public SimulatedNetwork Network { get; }

    public ScriptedVenue Venue { get; }

    public ToldEvents Told { get; } = new();

    public VenueClient Client { get; }

    public static AeronOptions Transport(SimulatedHost host, NanoClock clock) => new()
    {
        Clock = clock,
        Sockets = host,
        TermLengthBytes = 1 << 16,
        InitialWindowLengthBytes = 1 << 15,
        RandomSeed = host.Address.IPv4Address,
    };

    public static VenueClientOptions Options(
        SimulatedNetwork network, NanoClock clock, string venue, string address, ulong seed)
    {
        var random = new SeededRandom(seed);
        return new VenueClientOptions
        {
            VenueEndpoint = venue,
            LocalAddress = address,
            Key = new KeyId(16),
            Clock = clock,
            Aeron = Transport(network.Host(address), clock),
            Random = random.Fill,
        };
    }

    /// <summary>An order that a scripted venue does not look at.</summary>
    public static OrderTerms Order(Side side = Side.Buy, long price = 100, long lots = 10) => new()
    {
        Instrument = new InstrumentId(1),
        Side = side,
        Price = new PriceTicks(price),
        Quantity = new QuantityLots(lots),
    };

    public void Step(int count = 1)
    {
        for (; count > 0; count--)
        {
            Clock.Advance(StepNanos);
            Venue.DoWork();
            Client.DoWork();
        }
    }

    /// <summary>Steps until it holds.</summary>
    public void Until(Func<bool> condition, ulong withinNanos = 5_000_000_000, string what = "")
    {
        var end = Clock.Now.Value + withinNanos;
        while (!condition())
        {
            Assert.That(Clock.Now.Value, Is.LessThan(end), $"in time: {what} {string.Join(" | ", Told.Lines.TakeLast(12))}");
            Step();
        }
    }

    public void Pass(ulong nanos)
    {
        var end = Clock.Now.Value + nanos;
        while (Clock.Now.Value < end)
        {
            Step();
        }
    }

    public ClientWorld Establish()
    {
        Until(() => Client.State == ConnectionState.Established, what: "established");
        return this;
    }

    /// <summary>Sends an order and lets the venue hear it.</summary>
    public Submission Send(OrderTerms? terms = null)
    {
        var sent = Client.Orders.NewOrder(terms ?? Order());
        Assert.That(sent.Code, Is.EqualTo(SubmitCode.Sent));
        var heard = Venue.Requests.Count();
        Until(() => Venue.Requests.Count() > heard, what: "the venue hears a request");
        return sent;
    }

    public void Dispose()
    {
        Client.Dispose();
        Venue.Dispose();
    }
}
