using HftDelta.Simulation.Engines;
using HftDelta.Tests.Architecture;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>The examples of docs/matching-rules.md, played to the production core and to the model.</summary>
[CancelAfter(20_000)]
internal sealed class RuleExampleTests
{
    private const string Page = "docs/matching-rules.md";

    private static readonly List<RuleExample> Examples =
        RuleExample.In(SourceTree.Instance.Files.Single(file => file.Path == Page).Text);

    [TestCaseSource(nameof(Examples))]
    public void The_core_does_what_the_example_says(RuleExample example)
    {
        using var engine = new EngineVenue(ExampleWorld.Of(example));
        Play(
            example, engine.Apply,
            (instrument, side) => engine.Depth(instrument, (HftDelta.Primitives.Units.Side)side));
        Assert.That(engine.Harness.View.ConservationError.Value, Is.EqualTo((Int128)0));
    }

    [TestCaseSource(nameof(Examples))]
    public void The_model_does_what_the_example_says(RuleExample example)
    {
        var model = new ModelVenue(ExampleWorld.Of(example));
        Play(example, model.Apply, model.Depth);
    }

    [Test]
    public void Every_section_of_rules_has_an_example()
    {
        var sections = Examples.Select(example => example.Section.Split('.')[0]).ToHashSet();
        Assert.That(Enumerable.Range(2, 13).Where(number => !sections.Contains($"{number}")), Is.Empty);
    }

    private static void Play(
        RuleExample example, Func<VenueCommand, IReadOnlyList<VenueReport>> apply,
        Func<uint, Side, List<(long Price, long Lots, int Orders)>> depth)
    {
        var names = new ExampleNames();
        var commands = new ExampleCommands(names);
        var reports = new ExampleReports(names);
        foreach (var step in example.Steps.SkipWhile(step => ExampleWorld.IsStrategy(step.Command)))
        {
            if (step.Command.StartsWith("book", StringComparison.Ordinal))
            {
                var word = step.Command.Split(' ')[1];
                var (book, instrument) = ExampleWorld.IsInstrument(word)
                    ? ($"book {word}", ExampleWorld.InstrumentOf(word))
                    : ("book", 1U);
                var stands = $"{book} {Levels(depth(instrument, Side.Buy))} / {Levels(depth(instrument, Side.Sell))}";
                Assert.That(stands, Is.EqualTo(step.Command), $"{Page}:{step.Line}");
                continue;
            }

            var told = commands.Parse(step.Command).SelectMany(command => apply(command).ToList())
                .Select(reports.Line).OfType<string>().ToList();
            Compare(step, told);
        }
    }

    private static void Compare(RuleStep step, List<string> told)
    {
        var heard = string.Join("\n  => ", told.Prepend($"{step.Command} caused"));
        for (var index = 0; index < Math.Min(told.Count, step.Reports.Count); index++)
        {
            var (line, text) = step.Reports[index];
            Assert.That(told[index], Is.EqualTo(text), $"{Page}:{line}: {heard}");
        }

        Assert.That(told, Has.Count.EqualTo(step.Reports.Count), $"{Page}:{step.Line}: {heard}");
    }

    private static string Levels(List<(long Price, long Lots, int Orders)> levels) =>
        levels.Count == 0 ? "-" : string.Join(", ", levels.Select(level => $"{level.Lots} @ {level.Price}"));
}
