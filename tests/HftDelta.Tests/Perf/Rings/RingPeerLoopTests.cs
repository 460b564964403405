using System.Globalization;
using HftDelta.Perf.Rings;
using NUnit.Framework;

namespace HftDelta.Tests.Perf.Rings;

/// <summary>The program as a peer of itself: each shape of ring brings every message, which the ring itself checks.</summary>
[CancelAfter(30_000)]
internal sealed class RingPeerLoopTests
{
    [Test]
    public void Every_shape_answers_with_a_figure_in_every_way_to_wait()
    {
        var shapes = RingShape.Crowded.Prepend(RingShape.OneToOne).ToList();
        var uses = shapes.SelectMany(shape => RingWait.All.Select(way => (shape, way))).ToList();
        var orders = string.Concat(uses.Select(use =>
            $"rate {use.shape.Name} 1 7000 {use.way.Name}\nrate {use.shape.Name} 10 7000 {use.way.Name}\n"));
        using var answers = new StringWriter(CultureInfo.InvariantCulture);
        Assert.That(RingPeerLoop.Run(new StringReader(orders + "trips 200\n"), answers), Is.Zero);
        var lines = answers.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[0], Does.StartWith("READY "));
        Assert.That(lines, Has.Length.EqualTo(2 + (2 * uses.Count)));
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
