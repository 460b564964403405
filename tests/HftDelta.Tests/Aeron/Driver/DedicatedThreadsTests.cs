using System.Buffers.Binary;
using System.Diagnostics;
using HftDelta.Aeron;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Threads;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron.Driver;

/// <summary>
/// Conductor, sender and receiver on a thread each, several threads that offer to one publication and one that reads, over real
/// sockets: every message arrives, and those of each thread in its order. Bounded in time, not by speed.
/// </summary>
[CancelAfter(120_000)]
internal sealed class DedicatedThreadsTests
{
    private const int ProducerCount = 3;
    private const int MessagesPerProducer = 6_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Test]
    public void Messages_of_several_threads_arrive_whole_and_each_threads_in_its_order()
    {
        using var driver = new AeronDriver(new AeronOptions
        {
            Clock = new SystemNanoClock(),
            TermLengthBytes = 64 * 1024,
        });
        using var subscription = driver.AddSubscription("aeron:udp?endpoint=127.0.0.1:0", AeronPair.StreamId);
        using var publication = driver.AddPublication(subscription.ResolvedChannel, AeronPair.StreamId);
        List<string> failures = [];
        AgentRunner[] runners =
        [
            .. new[] { driver.Conductor, driver.Sender, driver.Receiver }.Select(agent =>
                new AgentRunner<BackoffIdleStrategy>(agent, new BackoffIdleStrategy(), failure =>
                {
                    lock (failures)
                    {
                        failures.Add(ProcessFailure.Describe(failure));
                    }
                })),
        ];
        foreach (var runner in runners)
        {
            runner.Start();
        }

        var begun = Stopwatch.GetTimestamp();
        var producers = Enumerable.Range(0, ProducerCount)
            .Select(id => new Thread(() => Produce(publication, id, begun))).ToList();
        producers.ForEach(producer => producer.Start());
        var handler = new FragmentAssembler<OrderHandler>(new OrderHandler());
        while (handler.Handler.Count < ProducerCount * MessagesPerProducer && Stopwatch.GetElapsedTime(begun) < Patience
            && runners.All(runner => runner.Failure is null))
        {
            if (subscription.Poll(ref handler, 50) == 0)
            {
                Thread.Yield();
            }
        }

        producers.ForEach(producer => producer.Join());
        foreach (var runner in runners)
        {
            runner.RequestStop();
            Assert.That(runner.Join(TimeSpan.FromSeconds(20)), Is.True);
        }

        Assert.That(failures, Is.Empty);
        Assert.That(handler.Handler.Fault, Is.Null);
        Assert.That(handler.Handler.Count, Is.EqualTo(ProducerCount * MessagesPerProducer));
        Assert.That(publication.Position, Is.GreaterThan(10 * 64 * 1024), "the log went round several times");
    }

    private static void Produce(Publication publication, int id, long begun)
    {
        var message = new byte[3_000];
        for (var number = 0; number < MessagesPerProducer && Stopwatch.GetElapsedTime(begun) < Patience;)
        {
            // Mostly short, some of three fragments.
            var length = number % 50 == 0 ? message.Length : 8 + (number % 120);
            BinaryPrimitives.WriteInt32LittleEndian(message, id);
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), number);
            message.AsSpan(8, length - 8).Fill((byte)(id + number));
            if (publication.Offer(message.AsSpan(0, length)) > 0)
            {
                number++;
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private struct OrderHandler() : IFragmentHandler
    {
        private readonly int[] _next = new int[ProducerCount];

        public int Count;

        public string? Fault;

        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
        {
            var id = BinaryPrimitives.ReadInt32LittleEndian(payload);
            var number = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]);
            if (number != _next[id] || payload[8..].ContainsAnyExcept((byte)(id + number)))
            {
                Fault ??= $"thread {id}: message {number} came where {_next[id]} was due, or with other bytes";
            }

            _next[id] = number + 1;
            Count++;
        }
    }
}
