using CsCheck;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Time;

[TestFixture]
[CancelAfter(20_000)]
public sealed class NanoClockTests
{
    [Test]
    public void System_clock_never_goes_back()
    {
        var clock = new SystemNanoClock();
        var previous = clock.Now;
        for (var reading = 0; reading < 200_000; reading++)
        {
            var now = clock.Now;
            if (now < previous)
            {
                Assert.Fail($"reading {reading}: {now.Value} after {previous.Value}");
            }

            previous = now;
        }
    }

    [Test]
    public void System_clock_never_goes_back_between_threads()
    {
        var clock = new SystemNanoClock();
        ulong latest = 0;
        var backwards = 0;
        var gate = new Lock();
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var reading = 0; reading < 10_000; reading++)
            {
                lock (gate)
                {
                    var now = clock.Now.Value;
                    backwards += now < latest ? 1 : 0;
                    latest = now;
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.That(backwards, Is.Zero);
    }

    [Test]
    public void System_clock_tells_the_time_of_the_machine()
    {
        var before = DateTime.UtcNow;
        var now = new SystemNanoClock().Now.Value;
        var after = DateTime.UtcNow;

        // A second on both sides: the machine's clock may be slewed while this runs.
        Assert.That(now, Is.InRange(NanosOf(before.AddSeconds(-1)), NanosOf(after.AddSeconds(1))));
    }

    [Test]
    public void Reading_the_system_clock_allocates_nothing()
    {
        var clock = new SystemNanoClock();
        _ = clock.Now;

        var before = GC.GetAllocatedBytesForCurrentThread();
        ulong sum = 0;
        for (var reading = 0; reading < 1_000; reading++)
        {
            sum += clock.Now.Value;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.Zero);
        Assert.That(sum, Is.Not.Zero);
    }

    [Test]
    public void Ticks_of_any_counter_become_nanoseconds_rounded_down()
    {
        Gen.Select(Gen.ULong[0, 1UL << 62], Gen.ULong[1_000_000_000, 18_000_000_000])
            .Sample((ticks, frequency) =>
                SystemNanoClock.TicksToNanos(ticks, frequency) == (ulong)((UInt128)ticks * 1_000_000_000 / frequency));
    }

    [Test]
    public void Virtual_clock_stands_where_it_is_put()
    {
        var clock = new VirtualNanoClock(new TimeNanos(100));

        Assert.That(clock.Now.Value, Is.EqualTo(100));
        clock.Advance(50);
        Assert.That(clock.Now.Value, Is.EqualTo(150));
        clock.Set(new TimeNanos(150));
        clock.Set(new TimeNanos(151));
        Assert.That(clock.Now.Value, Is.EqualTo(151));
    }

    [Test]
    public void Virtual_clock_refuses_to_go_back_and_stays_where_it_was()
    {
        var clock = new VirtualNanoClock(new TimeNanos(100));

        Assert.Multiple(() =>
        {
            Assert.That(() => clock.Set(new TimeNanos(99)), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => clock.Advance(ulong.MaxValue), Throws.InstanceOf<OverflowException>());
            Assert.That(clock.Now.Value, Is.EqualTo(100));
        });
    }

    private static ulong NanosOf(DateTime time) => (ulong)(time - DateTime.UnixEpoch).Ticks * 100;
}
