using System.Globalization;
using HftDelta.Perf.Rings;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Rings;

/// <summary>The program as a peer of itself: each shape of ring brings every message, which the ring itself checks.</summary>
[CancelAfter(30_000)]
internal sealed class RingPeerLoopTests
{
    [Test]
    public void Every_shape_answers_with_a_figure()
    {
        var shapes = RingShape.Crowded.Prepend(RingShape.OneToOne).ToList();
        var orders = string.Concat(shapes.Select(shape => $"rate {shape.Name} 1 7000 usual\nrate {shape.Name} 10 7000 usual\n"));
        using var answers = new StringWriter(CultureInfo.InvariantCulture);
        Assert.That(RingPeerLoop.Run(new StringReader(orders + "trips 200\n"), answers), Is.Zero);
        var lines = answers.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[0], Does.StartWith("READY "));
        Assert.That(lines, Has.Length.EqualTo(2 + (2 * shapes.Count)));
        foreach (var line in lines[1..])
        {
            Assert.That(line, Does.StartWith("NANOS "));
            Assert.That(double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture), Is.GreaterThan(0));
        }
    }

    [Test]
    public void Producers_wait_for_those_consumers_that_nobody_goes_behind()
    {
        Assert.That(RingShape.Named("one-to-three").Last, Is.EqualTo([0, 1, 2]));
        Assert.That(RingShape.Named("pipeline").Last, Is.EqualTo([2]));
        Assert.That(RingShape.Named("diamond").Last, Is.EqualTo([2]));
    }
}
