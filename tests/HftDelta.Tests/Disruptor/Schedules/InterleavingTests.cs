using Disruptor;
using Disruptor.Dsl;
using HftDelta.Runtime.Rings;
using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Schedules;

/// <summary>
/// The production ring under every order in which producers and a consumer can take their steps, up to a bound. A step is
/// one marked point: claim, write, publish, look, read, release. Each schedule is run from a fresh ring; what the threads
/// may see within a step is the matter of <see cref="MemoryModelTests"/>.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class InterleavingTests
{
    [TestCase(1, 14)]
    [TestCase(2, 14)]
    [TestCase(4, 14)]
    public void One_producer_and_one_consumer_agree_under_every_schedule(int size, int steps)
    {
        var schedules = RunAll(ProducerType.Single, producers: 1, size, steps, out var eventsRead);
        Assert.That(schedules, Is.EqualTo(1 << steps));
        Assert.That(eventsRead, Is.GreaterThan(schedules / 2), "schedules get somewhere");
    }

    [TestCase(1, 9)]
    [TestCase(2, 9)]
    public void Two_producers_and_one_consumer_agree_under_every_schedule(int size, int steps)
    {
        var schedules = RunAll(ProducerType.Multi, producers: 2, size, steps, out var eventsRead);
        Assert.That(schedules, Is.EqualTo((int)Math.Pow(3, steps)));
        Assert.That(eventsRead, Is.GreaterThan(0));
    }

    private static int RunAll(ProducerType producerType, int producers, int size, int steps, out int eventsRead)
    {
        var threads = producers + 1;
        var schedule = new int[steps];
        var count = 0;
        eventsRead = 0;
        do
        {
            eventsRead += RunOne(producerType, producers, size, schedule);
            count++;
        }
        while (Advance(schedule, threads));

        return count;
    }

    /// <summary>Counts the schedule up like a number in base <paramref name="threads"/>.</summary>
    private static bool Advance(int[] schedule, int threads)
    {
        for (var i = 0; i < schedule.Length; i++)
        {
            if (++schedule[i] < threads)
            {
                return true;
            }

            schedule[i] = 0;
        }

        return false;
    }

    private static int RunOne(ProducerType producerType, int producers, int size, int[] schedule)
    {
        var sequencer = SequencerFactory.Create(producerType, size);
        var ring = new ValueRingBuffer<long>(static () => -1, sequencer);
        var reader = new SequenceReader(sequencer);
        ring.AddGatingSequences(reader.Sequence);
        var steppers = new Producer[producers];
        for (var i = 0; i < producers; i++)
        {
            steppers[i] = new Producer(ring);
        }

        var consumer = new Consumer(ring, reader);
        foreach (var thread in schedule)
        {
            var isRight = thread < producers ? steppers[thread].Step() : consumer.Step();
            if (!isRight)
            {
                Assert.Fail($"read the wrong event under schedule {string.Join(' ', schedule)}");
            }
        }

        return consumer.EventsRead;
    }

    private sealed class Producer(ValueRingBuffer<long> ring)
    {
        private int _point;
        private long _sequence;

        public bool Step()
        {
            switch (_point)
            {
                case 0:
                    _point = ring.TryNext(out _sequence) ? 1 : 0;
                    break;
                case 1:
                    ring[_sequence] = _sequence;
                    _point = 2;
                    break;
                default:
                    ring.Publish(_sequence);
                    _point = 0;
                    break;
            }

            return true;
        }
    }

    private sealed class Consumer(ValueRingBuffer<long> ring, SequenceReader reader)
    {
        private int _point;
        private long _next;
        private long _available;

        public int EventsRead { get; private set; }

        public bool Step()
        {
            switch (_point)
            {
                case 0:
                    _next = reader.NextSequence;
                    _available = reader.GetAvailableSequence();
                    _point = _available >= _next ? 1 : 0;
                    return true;
                case 1:
                    var isRight = ring[_next] == _next;
                    EventsRead++;
                    _point = ++_next > _available ? 2 : 1;
                    return isRight;
                default:
                    reader.Release(_available);
                    _point = 0;
                    return true;
            }
        }
    }
}
