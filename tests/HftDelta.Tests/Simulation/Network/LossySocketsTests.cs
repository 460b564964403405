using System.Buffers.Binary;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation.Network;

/// <summary>Lossy sockets around perfect ones: what they do to each direction.</summary>
[CancelAfter(20_000)]
internal sealed class LossySocketsTests
{
    private const int Count = 20_000;

    [TestCase(true)]
    [TestCase(false)]
    public void Datagrams_are_lost_doubled_and_swapped_at_the_rate_in_either_direction(bool outward)
    {
        var network = new SimulatedNetwork(new VirtualNanoClock(), seed: 1);
        var lossy = new LossySockets(network.Sockets, seed: 2, perMille: 50);
        using var from = (outward ? lossy : network.Sockets).Open(default);
        using var to = (outward ? network.Sockets : lossy).Open(default);
        var arrived = new List<int>();
        var buffer = new byte[64];
        for (var number = 0; number < Count; number++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(buffer, number);
            Assert.That(from.TrySend(buffer.AsSpan(0, 20), to.LocalEndpoint), Is.EqualTo(20));
            int length;
            while ((length = to.TryReceive(buffer, out var source)) > 0)
            {
                Assert.That((length, source), Is.EqualTo((20, from.LocalEndpoint)));
                arrived.Add(BinaryPrimitives.ReadInt32LittleEndian(buffer));
            }
        }

        // A thousand of each are expected; a few doubles coincide with something that is held already.
        var once = arrived.Distinct().Count();
        Assert.That(Count - once, Is.InRange(850, 1_150), "lost");
        Assert.That(arrived.Count - once, Is.InRange(800, 1_150), "doubled");
        Assert.That(arrived.Zip(arrived.Skip(1)).Count(pair => pair.Second < pair.First), Is.InRange(700, 1_150), "swapped");
    }

    [Test]
    public void Nothing_happens_at_rate_0()
    {
        var network = new SimulatedNetwork(new VirtualNanoClock(), seed: 1);
        var calm = new LossySockets(network.Sockets, seed: 2, perMille: 0);
        using var from = calm.Open(default);
        using var to = calm.Open(default);
        var buffer = new byte[64];
        for (var number = 0; number < 1_000; number++)
        {
            from.TrySend(BitConverter.GetBytes(number), to.LocalEndpoint);
            Assert.That(to.TryReceive(buffer, out _), Is.EqualTo(4));
            Assert.That(BitConverter.ToInt32(buffer), Is.EqualTo(number));
        }

        Assert.That(to.TryReceive(buffer, out _), Is.EqualTo(DatagramResult.WouldBlock));
    }
}
