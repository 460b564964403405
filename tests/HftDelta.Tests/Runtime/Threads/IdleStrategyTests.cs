using HftDelta.Runtime.Threads;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Threads;

[TestFixture]
[CancelAfter(20_000)]
public sealed class IdleStrategyTests
{
    [Test]
    public void Idling_allocates_nothing()
    {
        var backoff = new BackoffIdleStrategy(new BackoffParameters(2, 2, 1_000, 2_000));
        var spin = default(BusySpinIdleStrategy);
        var yielding = default(YieldingIdleStrategy);
        var noOp = default(NoOpIdleStrategy);
        IdleAll(ref backoff, ref spin, ref yielding, ref noOp);

        var before = GC.GetAllocatedBytesForCurrentThread();
        IdleAll(ref backoff, ref spin, ref yielding, ref noOp);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void Park_waits_no_shorter_than_told()
    {
        const long parkNanos = 2_000_000;
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();

        default(ThreadIdleActions).Park(parkNanos);

        var elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(begun);
        Assert.That(elapsed.TotalNanoseconds, Is.GreaterThanOrEqualTo(parkNanos));
    }

    [Test]
    public void Default_backoff_is_the_documented_one()
    {
        Assert.That(BackoffParameters.Default, Is.EqualTo(new BackoffParameters(64, 32, 50_000, 1_000_000)));
    }

    [TestCase("dedicated", ThreadingMode.Dedicated)]
    [TestCase("shared", ThreadingMode.Shared)]
    [TestCase("compact", ThreadingMode.Compact)]
    public void Threading_mode_is_parsed_and_written_back(string text, ThreadingMode mode)
    {
        Assert.Multiple(() =>
        {
            Assert.That(ThreadingModes.Parse(text), Is.EqualTo(mode));
            Assert.That(mode.ToText(), Is.EqualTo(text));
        });
    }

    [TestCase("backoff", IdleKind.Backoff)]
    [TestCase("yield", IdleKind.Yield)]
    [TestCase("spin", IdleKind.Spin)]
    public void Idle_kind_is_parsed_and_written_back(string text, IdleKind kind)
    {
        Assert.Multiple(() =>
        {
            Assert.That(IdleKinds.Parse(text), Is.EqualTo(kind));
            Assert.That(kind.ToText(), Is.EqualTo(text));
        });
    }

    [TestCase("Dedicated")]
    [TestCase("0")]
    [TestCase("")]
    [TestCase(null)]
    public void Unknown_names_are_refused_with_the_choices(string? text)
    {
        Assert.Multiple(() =>
        {
            Assert.That(ThreadingModes.TryParse(text, out _), Is.False);
            Assert.That(
                () => ThreadingModes.Parse(text),
                Throws.InstanceOf<FormatException>().With.Message.EndsWith("choose auto, dedicated, shared or compact"));
            Assert.That(
                () => IdleKinds.Parse(text),
                Throws.InstanceOf<FormatException>().With.Message.EndsWith("choose auto, backoff, yield or spin"));
        });
    }

    private static void IdleAll(
        ref BackoffIdleStrategy backoff,
        ref BusySpinIdleStrategy spin,
        ref YieldingIdleStrategy yielding,
        ref NoOpIdleStrategy noOp)
    {
        backoff.Reset();
        for (var cycle = 0; cycle < 8; cycle++)
        {
            backoff.Idle(0);
            spin.Idle(0);
            yielding.Idle(0);
            noOp.Idle(0);
        }

        backoff.Idle(1);
    }
}
