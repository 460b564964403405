using HftDelta.Primitives;
using HftDelta.Runtime.Agents;
using NUnit.Framework;

namespace HftDelta.Tests.Runtime.Agents;

[TestFixture]
[CancelAfter(20_000)]
public sealed class ProcessFailureTests
{
    [Test]
    public void Broken_invariant_names_agent_rule_and_place_and_exits_with_one()
    {
        using var error = new StringWriter();
        var exception = Assert.Throws<InvariantBrokenException>(() => Check.That(DateTime.MinValue > DateTime.MaxValue));

        var code = ProcessFailure.Report(new AgentFailure("engine", AgentPhase.DutyCycle, exception), error);

        var firstLine = error.ToString().Split(Environment.NewLine)[0];
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(1));
            Assert.That(
                firstLine,
                Does.StartWith("agent engine failed in its duty cycle: broken invariant at ProcessFailureTests.cs:"));
            Assert.That(firstLine, Does.EndWith(": DateTime.MinValue > DateTime.MaxValue"));
        });
    }

    [Test]
    public void Broken_invariant_is_found_behind_other_exceptions()
    {
        var broken = new InvariantBrokenException("sum is zero", "Ledger.cs", 12);
        var wrapped = new TypeInitializationException("Tables", new InvalidOperationException("outer", broken));

        Assert.That(
            ProcessFailure.Describe(new AgentFailure("engine", AgentPhase.Start, wrapped)),
            Is.EqualTo("agent engine failed while starting: broken invariant at Ledger.cs:12: sum is zero"));
    }

    [Test]
    public void Full_disk_has_its_own_exit_code()
    {
        const int noSpaceErrno = 28;
        Assert.Multiple(() =>
        {
            Assert.That(ProcessFailure.ExitCodeOf(new IOException("No space left on device", noSpaceErrno)), Is.EqualTo(10));
            Assert.That(ProcessFailure.ExitCodeOf(new IOException("Input/output error", 5)), Is.EqualTo(1));
        });
    }

    [Test]
    public void Any_other_exception_is_a_bug_and_says_its_kind()
    {
        var failure = new AgentFailure("egress", AgentPhase.Close, new InvalidOperationException("no session"));

        Assert.Multiple(() =>
        {
            Assert.That(ProcessFailure.ExitCodeOf(failure.Exception), Is.EqualTo(1));
            Assert.That(
                ProcessFailure.Describe(failure),
                Is.EqualTo("agent egress failed while closing: InvalidOperationException: no session"));
        });
    }
}
