using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// Our driver on the test's thread, run while something is waited for. Every wait ends: with what it waited for, or as a
/// failure that quotes the other side.
/// </summary>
internal sealed class OurSide : IDisposable
{
    private const ulong Seed = 20_240_901;

    // A machine that is busy for seconds must not look like a peer that is gone.
    private const long PatienceNanos = 30_000_000_000;

    private readonly List<Counter> _counters = [];

    /// <param name="lossPerMille">Datagrams that our sockets lose; as many are doubled and swapped.</param>
    /// <param name="onRefusal">Told when a receiver refuses one of our streams.</param>
    /// <param name="measuresRoundTrips">Whether a congestion window asks for round trips.</param>
    public OurSide(int lossPerMille, Action<PublicationError>? onRefusal = null, bool measuresRoundTrips = false)
    {
        Driver = new AeronDriver(new AeronOptions
        {
            Clock = new SystemNanoClock(),
            Counters = Allocate,
            OnPublicationError = onRefusal,
            CubicMeasuresRoundTrip = measuresRoundTrips,
            PublicationConnectionTimeoutNanos = PatienceNanos,
            ImageLivenessTimeoutNanos = PatienceNanos,
            Sockets = lossPerMille == 0
                ? DatagramSocketFactory.Machine
                : new LossySockets(DatagramSocketFactory.Machine, Seed, lossPerMille),
        });
    }

    public AeronDriver Driver { get; }

    /// <summary>The sum of the counters of this name, of one label if any is given.</summary>
    public long Count(string name, string? label = null)
    {
        var found = _counters.Where(counter => counter.Name == name && (label is null || counter.Label == label)).ToList();
        Assert.That(found, Is.Not.Empty, $"there is no counter {name} {label}");
        return found.Sum(counter => counter.Value);
    }

    /// <summary>One duty cycle.</summary>
    public int Work() => Driver.Invoker.DoWork();

    /// <summary>Runs our side until the other says the word; returns what follows it.</summary>
    public string WaitFor(JavaPeer java, string word) => java.WaitFor(word, Work);

    /// <summary>Runs our side until something holds; fails when Java ends before.</summary>
    public void WaitUntil(JavaPeer java, Func<bool> condition, string what) => java.WaitUntil(condition, what, Work);

    /// <summary>Sends numbered messages, in order, as the receivers take them.</summary>
    public void Publish(JavaPeer java, Publication publication, int lengthBytes, int first, int count)
    {
        var message = new byte[lengthBytes];
        for (var number = first; number < first + count; number++)
        {
            NumberedMessages.Fill(message, number);
            WaitUntil(java, () => publication.Offer(message) > 0, $"message {number} taken");
        }
    }

    /// <summary>Lets the other side end, and sees that it does.</summary>
    public void End(JavaPeer java) => java.End(Work);

    public void Dispose() => Driver.Dispose();

    private Counter Allocate(string name, string label, CounterUnit unit)
    {
        var counter = Counter.Detached(name, label, unit);
        _counters.Add(counter);
        return counter;
    }
}
