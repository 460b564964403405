using HftDelta.Runtime.Agents;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Agents;

[TestFixture]
[CancelAfter(20_000)]
public sealed class CompositeAgentTests
{
    private readonly List<string> _log = [];

    [SetUp]
    public void Clear() => _log.Clear();

    [Test]
    public void Agents_start_work_and_close_in_the_order_given()
    {
        var composite = new CompositeAgent(
            new RecordingAgent("a", _log), new RecordingAgent("b", _log), new RecordingAgent("c", _log));

        composite.OnStart();
        composite.DoWork();
        composite.DoWork();
        composite.OnClose();

        Assert.That(
            _log,
            Is.EqualTo(new[]
            {
                "a start", "b start", "c start", "a work", "b work", "c work", "a work", "b work", "c work",
                "a close", "b close", "c close",
            }));
    }

    [Test]
    public void Work_is_the_sum_of_the_work_of_all()
    {
        var composite = new CompositeAgent(
            new RecordingAgent("a") { Work = () => 3 }, new RecordingAgent("b"), new RecordingAgent("c") { Work = () => 4 });

        Assert.That(composite.DoWork(), Is.EqualTo(7));
    }

    [Test]
    public void Name_joins_the_names_of_all()
    {
        Assert.That(
            new CompositeAgent(new RecordingAgent("journal"), new RecordingAgent("engine")).RoleName,
            Is.EqualTo("journal+engine"));
    }

    [Test]
    public void Agent_behind_a_failed_one_does_not_run()
    {
        var composite = new CompositeAgent(
            new RecordingAgent("a", _log),
            new RecordingAgent("b", _log) { Work = () => throw new InvalidOperationException("b is broken") },
            new RecordingAgent("c", _log));

        Assert.That(composite.DoWork, Throws.InvalidOperationException.With.Message.EqualTo("b is broken"));
        Assert.Multiple(() =>
        {
            Assert.That(_log, Is.EqualTo(new[] { "a work", "b work" }));
            Assert.That(composite.CurrentRoleName, Is.EqualTo("b"));
        });
    }

    [Test]
    public void Failed_agent_of_a_nested_composite_is_named_itself()
    {
        var inner = new CompositeAgent(
            new RecordingAgent("b"), new RecordingAgent("c") { Work = () => throw new InvalidOperationException() });
        var outer = new CompositeAgent(new RecordingAgent("a"), inner);

        Assert.That(outer.DoWork, Throws.InvalidOperationException);
        Assert.That(outer.CurrentRoleName, Is.EqualTo("c"));
    }

    [Test]
    public void Failed_start_closes_the_agents_started_before_and_no_other()
    {
        var composite = new CompositeAgent(
            new RecordingAgent("a", _log),
            new RecordingAgent("b", _log) { ThrowOnStart = new IOException("port taken") },
            new RecordingAgent("c", _log));

        Assert.That(composite.OnStart, Throws.InstanceOf<IOException>().With.Message.EqualTo("port taken"));
        Assert.Multiple(() =>
        {
            Assert.That(_log, Is.EqualTo(new[] { "a start", "b start", "a close" }));
            Assert.That(composite.CurrentRoleName, Is.EqualTo("b"));
        });
    }

    [Test]
    public void Every_agent_is_closed_when_some_throw_and_the_first_exception_goes_on()
    {
        var composite = new CompositeAgent(
            new RecordingAgent("a", _log),
            new RecordingAgent("b", _log) { ThrowOnClose = new IOException("first") },
            new RecordingAgent("c", _log) { ThrowOnClose = new IOException("second") });

        Assert.That(composite.OnClose, Throws.InstanceOf<IOException>().With.Message.EqualTo("first"));
        Assert.Multiple(() =>
        {
            Assert.That(_log, Is.EqualTo(new[] { "a close", "b close", "c close" }));
            Assert.That(composite.CurrentRoleName, Is.EqualTo("b"));
        });
    }

    [Test]
    public void Composite_of_nothing_is_refused()
    {
        Assert.That(() => new CompositeAgent(), Throws.ArgumentException);
    }

    [Test]
    public void Later_change_of_the_array_does_not_change_the_set()
    {
        IAgent[] agents = [new RecordingAgent("a") { Work = () => 1 }];
        var composite = new CompositeAgent(agents);

        agents[0] = new RecordingAgent("b") { Work = () => 2 };

        Assert.That(composite.DoWork(), Is.EqualTo(1));
    }
}
