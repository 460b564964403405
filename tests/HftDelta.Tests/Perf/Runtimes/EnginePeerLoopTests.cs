using System.Globalization;
using HftDelta.Perf.Runtimes;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Runtimes;

/// <summary>The engine's work as a process of its own, however it was compiled: it answers each order in its turn.</summary>
[CancelAfter(30_000)]
internal sealed class EnginePeerLoopTests
{
    [Test]
    public void Each_order_is_answered()
    {
        using var answers = new StringWriter(CultureInfo.InvariantCulture);
        Assert.That(EnginePeerLoop.Run(new StringReader("flow 6000\nwarm\npass\npass\ngarbage\n"), answers), Is.Zero);
        var lines = answers.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(6));
        Assert.That(lines[0], Is.EqualTo("READY jit"));
        foreach (var line in lines[1..5])
        {
            Assert.That(line, Does.StartWith("NANOS "));
            Assert.That(double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture), Is.GreaterThan(0));
        }

        Assert.That(lines[5], Does.StartWith("GARBAGE "));
    }

    [Test]
    public void Passes_before_there_is_a_flow_are_refused()
    {
        using var answers = new StringWriter(CultureInfo.InvariantCulture);
        Assert.That(
            () => EnginePeerLoop.Run(new StringReader("pass\n"), answers),
            Throws.InvalidOperationException.With.Message.Contains("no order pass"));
    }

    [Test]
    public void What_was_not_built_is_not_found_but_for_this_very_program()
    {
        Assert.That(EnginePeer.Find(RuntimeMode.Usual, null), Does.EndWith("hftdelta-bench"));
        Assert.That(
            RuntimeMode.Others.Where(mode => EnginePeer.Find(mode, null) is not null).Select(mode => mode.Name),
            Is.EqualTo(["JIT without PGO"]));
    }
}
