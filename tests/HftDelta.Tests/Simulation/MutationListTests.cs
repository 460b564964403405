using HftDelta.Tests.Architecture;
using NUnit.Framework;

namespace HftDelta.Tests.Simulation;

/// <summary>
/// The broken rules of <c>scripts/*-mutations.txt</c>, which the long tests build and run: here only that each still fits the
/// source that it changes, so that they do not rot.
/// </summary>
[CancelAfter(20_000)]
internal sealed class MutationListTests
{
    private const string TestWord = "test";
    private const string MoreWord = "and";

    private static readonly string[] s_words = ["mutation", "file", "from", "to"];

    [TestCase("transport", "gateway/HftDelta.Aeron/", 10)]
    [TestCase("engine", "engine/HftDelta.Engine/", 25)]
    [TestCase("money", "engine/HftDelta.Engine/", 10)]
    [TestCase("journal", "", 15)]
    public void Every_mutation_fits_one_place_of_the_file_that_it_names(string suite, string project, int least)
    {
        var mutations = Read($"scripts/{suite}-mutations.txt");
        Assert.That(mutations, Has.Count.GreaterThanOrEqualTo(least));
        Assert.That(mutations.Select(mutation => mutation[0]), Is.Unique);
        Assert.Multiple(() =>
        {
            foreach (var mutation in mutations)
            {
                var source = SourceTree.Instance.Sources.SingleOrDefault(file => file.Path == project + mutation[1]);
                Assert.That(source, Is.Not.Null, $"{mutation[0]}: there is no {mutation[1]}");
                Assert.That(mutation[3], Is.Not.EqualTo(mutation[2]), mutation[0]);
                Assert.That(
                    source?.Text.Split(mutation[2]).Length - 1, Is.EqualTo(1),
                    $"{mutation[0]}: how often '{mutation[2]}' stands");
            }
        });
    }

    [Test]
    public void Each_planted_bug_of_the_journal_names_a_test_that_there_is()
    {
        var named = new List<string>();
        Assert.That(Read("scripts/journal-mutations.txt", named), Has.Count.GreaterThanOrEqualTo(15));
        Assert.That(named, Has.Count.EqualTo(Read("scripts/journal-mutations.txt").Count), "one for each");
        Assert.Multiple(() =>
        {
            foreach (var name in named.Distinct())
            {
                var (fixture, method) = (name.Split('.')[0], name.Split('.')[^1]);
                var types = typeof(MutationListTests).Assembly.GetTypes().Where(type => type.Name == fixture);
                Assert.That(types.Any(type => type.GetMethod(method) is not null), Is.True, name);
            }
        });
    }

    // Name, file, what stands there, and what takes its place.
    private static List<string[]> Read(string list, List<string>? tests = null)
    {
        var text = SourceTree.Instance.Files.Single(file => file.Path == list).Text;
        var mutations = new List<string[]>();
        foreach (var (word, words) in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(Parts))
        {
            if (word == TestWord)
            {
                tests?.Add(words);
                continue;
            }

            if (word == MoreWord)
            {
                mutations[^1][^1] += " " + words;
                continue;
            }

            var place = Array.IndexOf(s_words, word);
            Assert.That(place, Is.GreaterThanOrEqualTo(0), $"'{word}' is no word of {list}");
            if (place == 0)
            {
                mutations.Add(new string[s_words.Length]);
            }

            mutations[^1][place] = words;
        }

        Assert.That(mutations, Has.None.Matches<string[]>(mutation => mutation.Contains(null)), "each has all four");
        return mutations;
    }

    private static (string Word, string Text) Parts(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? (line, "") : (line[..blank], line[(blank + 1)..]);
    }
}
