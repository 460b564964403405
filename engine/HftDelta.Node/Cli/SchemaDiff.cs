using HftDelta.Node.Schemas;
using HftDelta.Node.Schemas.Comparison;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta schema diff</c>: what became of each element, and whether both versions still understand each other. An
/// incompatible change is no error of the program: the list is data, the verdict is the exit code.
/// </summary>
internal static class SchemaDiff
{
    public static int Run(string oldPath, string newPath, VerbOutput to)
    {
        var changes = SchemaComparison.Compare(SchemaFiles.Parse(oldPath), SchemaFiles.Parse(newPath));
        var isCompatible = !changes.Any(change => change.Kind is ChangeKind.Breaks or ChangeKind.Renames);
        if (to.IsJson)
        {
            Write(to, oldPath, newPath, changes, isCompatible);
        }
        else
        {
            foreach (var change in changes)
            {
                var place = change.Point.Line > 0 ? $"  [{change.Point}]" : "";
                to.Output.WriteLine($"{Word(change.Kind),-7} {change.Element}: {change.What}{place}");
            }

            to.Output.WriteLine($"{(isCompatible ? "compatible" : "incompatible")}: {Summary(changes)}");
        }

        return (int)(isCompatible ? ExitCode.Ok : ExitCode.SchemaIncompatible);
    }

    private static string Summary(IReadOnlyList<SchemaChange> changes) => changes.Count == 0
        ? "nothing changed"
        : string.Join(", ", Enum.GetValues<ChangeKind>()
            .Select(kind => (Kind: kind, Count: changes.Count(change => change.Kind == kind)))
            .Where(one => one.Count > 0)
            .Select(one => $"{one.Count} {Word(one.Kind)}"));

    private static string Word(ChangeKind kind) => kind.ToString().ToLowerInvariant();

    private static void Write(
        VerbOutput to, string oldPath, string newPath, IReadOnlyList<SchemaChange> changes, bool isCompatible) =>
        JsonOutput.Write(to.Output, "hftdelta.schema.diff/1", json =>
        {
            json.WriteString("old", oldPath);
            json.WriteString("new", newPath);
            json.WriteBoolean("compatible", isCompatible);
            json.WriteStartArray("changes");
            foreach (var change in changes)
            {
                json.WriteStartObject();
                json.WriteString("kind", Word(change.Kind));
                json.WriteString("element", change.Element);
                json.WriteString("what", change.What);
                json.WriteString("file", change.Point.File);
                json.WriteNumber("line", change.Point.Line);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
}
