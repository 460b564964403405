using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Time;

[TestFixture]
[CancelAfter(20_000)]
public sealed class StageStampsTests
{
    private VirtualNanoClock _clock = null!;
    private StageStamps _stamps = null!;

    [SetUp]
    public void Make()
    {
        _clock = new VirtualNanoClock(new TimeNanos(1_000));
        _stamps = new StageStamps(_clock, sampleEvery: 4);
    }

    [TearDown]
    public void Free() => _stamps.Dispose();

    [Test]
    public void A_sample_holds_the_time_of_every_stage()
    {
        Walk(9);

        Assert.That(_stamps.TryTake(out var sample), Is.True);
        Assert.That(
            (long[])
            [
                sample.Command, sample.Received, sample.Sequenced, sample.EngineBegun, sample.EngineDone, sample.Journaled,
                sample.Released, sample.Sent,
            ],
            Is.EqualTo(new long[] { 9, 1_000, 1_001, 1_002, 1_003, 1_004, 1_005, 1_006 }));
        Assert.That(_stamps.TryTake(out _), Is.False);
    }

    [Test]
    public void Commands_between_the_samples_are_not_stamped()
    {
        Assert.That(_stamps.ReceivedNanos(8), Is.Zero, "at round numbers the engine does more than one command asks for");
        _stamps.Begin(8, 5);
        _stamps.End(8);

        Assert.That(_stamps.TryTake(out _), Is.False);
    }

    [Test]
    public void A_command_that_nobody_began_is_no_sample()
    {
        _stamps.End(9);

        Assert.That(_stamps.TryTake(out _), Is.False);
    }

    [Test]
    public void An_entry_that_a_later_command_took_over_is_dropped()
    {
        _stamps.Begin(9, 1);
        _stamps.Begin(9 + (256 * 4), 1);
        _stamps.End(9);

        Assert.That(_stamps.TryTake(out _), Is.False);
    }

    [Test]
    public void Samples_that_nobody_takes_are_dropped_and_the_first_ones_stay()
    {
        for (var command = 1L; command <= 4 * 2_000; command += 4)
        {
            Walk(command);
        }

        var taken = new List<long>();
        while (_stamps.TryTake(out var sample))
        {
            taken.Add(sample.Command);
        }

        Assert.That(taken, Is.EqualTo(Enumerable.Range(0, 1_024).Select(index => 1 + (index * 4L))));
    }

    [Test]
    public void A_stamp_makes_no_garbage()
    {
        Walk(5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var command = 8L; command < 4_000; command++)
        {
            Walk(command);
            _stamps.TryTake(out _);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void Walk(long command)
    {
        var received = _stamps.ReceivedNanos(command);
        _clock.Advance(1);
        _stamps.Begin(command, received);
        if (!_stamps.IsSampled(command))
        {
            return;
        }

        foreach (var stage in (ReadOnlySpan<Stage>)[Stage.EngineBegun, Stage.EngineDone, Stage.Journaled, Stage.Released])
        {
            _clock.Advance(1);
            _stamps.Stamp(stage, command);
        }

        _clock.Advance(1);
        _stamps.End(command);
    }
}
