using HftDelta.Perf.Micro;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Micro;

/// <summary>
/// perf/budgets.json. Allocation is counted exactly on this thread; time only as a ratio to a floor, in the processor time of
/// this thread, in turns, and several times what was measured: what fails here is a blunder and not a busy machine.
/// </summary>
[CancelAfter(30_000)]
internal sealed class BudgetTests
{
    private static IEnumerable<string> Works => MicroWorks.Names;

    [TestCaseSource(nameof(Works))]
    public void Work_allocates_and_takes_no_more_than_its_budget(string name)
    {
        var budget = Budget.All.Single(one => one.Work == name);
        using var work = MicroWorks.Make(name);
        Assert.That(Budget.AllocatedBytesOf(work), Is.EqualTo(budget.AllocatedBytes), "bytes allocated");
        var runs = Budget.Measure(work);
        TestContext.Out.WriteLine($"{name}: {runs.RatioMedian:F2} times its floor, budget {budget.RatioToFloor}");
        Assert.That(runs.RatioMedian, Is.LessThan(budget.RatioToFloor), "times its floor");
    }

    [Test]
    public void Every_budget_bounds_a_work_that_is_there() =>
        Assert.That(Budget.All.Select(budget => budget.Work), Is.EquivalentTo(MicroWorks.Names));

    [Test]
    public void An_allocation_of_a_work_is_counted()
    {
        using var work = new Wasteful();
        Assert.That(Budget.AllocatedBytesOf(work), Is.GreaterThanOrEqualTo(sizeof(long)));
    }

    private sealed class Wasteful : MicroWork
    {
        private object _last = "";

        public override void Run() => _last = new long[1];

        public override void RunFloor() => GC.KeepAlive(_last);
    }
}
