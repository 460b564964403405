using System.Text.RegularExpressions;

namespace HftDelta.Tests.Architecture;

/// <summary>
/// Words that do not enter the repository, with the reason and the files that are looked at. This file and its tests are
/// the only ones that may hold them.
/// </summary>
internal static class BannedWords
{
    private static readonly string[] Product = ["engine", "gateway", "journal", "scripts", "perf"];

    private static readonly Ban[] Bans =
    [
        new(@"\b(TODO|FIXME|HACK|XXX)\b", "what is left to do belongs into an issue", Anywhere),
        new(@"\bNotImplementedException\b", "a member that does nothing is not written", IsSource),
        new(@"\bDateTime(Offset)?\.(Now|Today)\b", "local time differs between machines", IsSource),
        new(@"\bnew Random\(|\bRandom\.Shared\b", "random input starts from a seed that is printed", IsSource),
        new(@"\bThread\.Sleep\b|\bTask\.Delay\b", "tests step agents and virtual clocks by hand", IsTest),
        new(@"\bDebug\.Assert\b", "invariants hold in production too: Check.That", IsSource),
        new(@"(?<![\w.$}])/(work|root|home)/", "paths of one machine", Anywhere),
        new(@"(?<![\w.$}])/tmp/", "paths of one machine: ask for the temporary folder", IsProduct),
    ];

    public static IEnumerable<string> In(SourceFile file)
    {
        if (file.Name.StartsWith("BannedWords", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (var ban in Bans.Where(ban => ban.AppliesTo(file)))
        {
            foreach (Match match in ban.Words.Matches(file.Text))
            {
                var line = file.Text.AsSpan(0, match.Index).Count('\n') + 1;
                yield return $"{file.Path}:{line}: {match.Value.Trim()}: {ban.Reason}";
            }
        }
    }

    private static bool Anywhere(SourceFile file) => true;

    private static bool IsSource(SourceFile file) => file.Ending == ".cs";

    private static bool IsTest(SourceFile file) => IsSource(file) && file.IsIn("tests");

    private static bool IsProduct(SourceFile file) => Product.Any(file.IsIn);

    private sealed record Ban(string Pattern, string Reason, Func<SourceFile, bool> AppliesTo)
    {
        public Regex Words { get; } = new(Pattern, RegexOptions.CultureInvariant);
    }
}
