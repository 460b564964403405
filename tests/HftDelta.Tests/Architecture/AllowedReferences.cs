using System.Text.RegularExpressions;

namespace HftDelta.Tests.Architecture;

/// <summary>The tables of docs/allowed-references.md, the one place that says which project may see which.</summary>
internal sealed partial class AllowedReferences
{
    public const string Page = "docs/allowed-references.md";

    private readonly Dictionary<string, HashSet<string>> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _compiler = new(StringComparer.Ordinal);

    private AllowedReferences()
    {
    }

    /// <summary>Every name in the tables.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that the tables hold ahead of their projects.</summary>
    public HashSet<string> NotThereYet { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Rows => _layers.Keys;

    public static AllowedReferences Parse(string markdown)
    {
        var allowed = new AllowedReferences();
        string[] header = [];
        foreach (var line in markdown.Split('\n'))
        {
            if (line.StartsWith("Not there yet:", StringComparison.Ordinal))
            {
                allowed.NotThereYet.UnionWith(Split(line["Not there yet:".Length..].Trim().TrimEnd('.')));
            }

            if (!line.StartsWith('|') || Rule().IsMatch(line))
            {
                header = line.StartsWith('|') ? header : [];
                continue;
            }

            var cells = line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray();
            if (header.Length == 0)
            {
                header = cells;
            }
            else if (header.Length == 3)
            {
                allowed._compiler.Add($"{cells[0]} -> {cells[1]}", cells[2]);
                allowed.Names.UnionWith([cells[0], cells[1]]);
            }
            else
            {
                allowed.AddRow(header, cells);
            }
        }

        return allowed;
    }

    /// <summary>Whether one project may name another in its project file.</summary>
    public bool Allows(string from, ProjectReference reference) =>
        _compiler.TryGetValue($"{from} -> {reference.To}", out var how)
            ? how == (reference.IsGenerator ? "source generator" : "library")
            : !reference.IsGenerator && AllowsTypes(from, reference.To);

    /// <summary>Whether one assembly may use types of another.</summary>
    public bool AllowsTypes(string from, string to) =>
        (_layers.TryGetValue(from, out var row) && row.Contains(to))
        || (_compiler.TryGetValue($"{from} -> {to}", out var how) && how == "library");

    /// <summary>What a row allows.</summary>
    public IEnumerable<string> Of(string from) => _layers[from];

    private void AddRow(string[] header, string[] cells)
    {
        foreach (var from in Split(cells[0]))
        {
            var row = header.Zip(cells).Skip(1).Where(pair => pair.Second == "x").Select(pair => pair.First);
            _layers.Add(from, new HashSet<string>(row, StringComparer.Ordinal));
            Names.Add(from);
        }

        Names.UnionWith(header.Skip(1));
    }

    private static string[] Split(string cell) =>
        cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^\|[-| ]+\|$")]
    private static partial Regex Rule();
}
