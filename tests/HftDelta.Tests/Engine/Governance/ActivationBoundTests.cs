using HftDelta.Engine;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Governance;

/// <summary>What one command brings into force is bounded, and the rest waits for the next.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ActivationBoundTests : GovernanceFixture
{
    protected override EngineLimits Limits => base.Limits with { EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin };

    [Test]
    public void Proposals_that_are_due_together_come_into_force_slice_by_slice_in_their_order()
    {
        const int Proposals = 60;
        Engine.AnswerRisk = false;
        for (var number = 0; number < Proposals; number++)
        {
            Governance.Propose(ParameterId.OracleQuorum, 1 + (number % 8), activationTime: Engine.TimeNanos + (2 * Hour));
        }

        Engine.TimeNanos += 2 * Hour;
        Engine.Tick();
        Assert.That(Reports(), Has.Count.InRange(1, Proposals - 1), "one command must not do it all");
        Assert.That(Engine.Processor.HasPendingWork, Is.True, "the sequencer keeps ticks coming");
        var values = Reports().Select(report => report.Value).ToList();
        while (Engine.Processor.HasPendingWork)
        {
            Engine.Tick();
            Assert.That(Reports(), Is.Not.Empty, "each command gets on with it");
            values.AddRange(Reports().Select(report => report.Value));
        }

        Assert.That(values, Is.EqualTo(Enumerable.Range(0, Proposals).Select(number => 1L + (number % 8))));
        Assert.That(Engine.View.WaitingProposals, Is.Zero);
    }
}
