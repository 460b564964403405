using System;
using System.Collections.Immutable;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe;

/// <summary>An additional file of the build with what the project says about it.</summary>
internal sealed class SchemaFile : IEquatable<SchemaFile>
{
    public SchemaFile(SchemaText text, string targetNamespace, string schemaName)
    {
        Text = text;
        TargetNamespace = targetNamespace;
        SchemaName = schemaName;
    }

    public SchemaText Text { get; }

    /// <summary>The item metadata <c>SbeNamespace</c>; empty where the project gives none.</summary>
    public string TargetNamespace { get; }

    /// <summary>The item metadata <c>SbeSchemaName</c>; empty where the project gives none.</summary>
    public string SchemaName { get; }

    public bool Equals(SchemaFile? other) => other is not null && Text.Equals(other.Text)
        && TargetNamespace == other.TargetNamespace && SchemaName == other.SchemaName;

    public override bool Equals(object? obj) => Equals(obj as SchemaFile);

    public override int GetHashCode() => Text.GetHashCode();
}

/// <summary>A schema with the files that it includes: a change of any other file leaves it equal, so nothing runs.</summary>
internal sealed class SchemaInput : IEquatable<SchemaInput>
{
    private readonly ImmutableDictionary<string, SchemaText> _includes;

    private SchemaInput(SchemaFile file, ImmutableDictionary<string, SchemaText> includes)
    {
        File = file;
        _includes = includes;
    }

    public SchemaFile File { get; }

    public static SchemaInput Of(SchemaFile file, ImmutableArray<SchemaFile> all)
    {
        ImmutableDictionary<string, SchemaText> includes = ImmutableDictionary<string, SchemaText>.Empty;
        Collect(file.Text, all, ref includes);
        return new SchemaInput(file, includes);
    }

    public SchemaText? Resolve(string includingPath, string href) =>
        _includes.TryGetValue(PathOf(includingPath, href), out SchemaText? text) ? text : null;

    public bool Equals(SchemaInput? other)
    {
        if (other is null || !File.Equals(other.File) || _includes.Count != other._includes.Count)
            return false;
        foreach (System.Collections.Generic.KeyValuePair<string, SchemaText> one in _includes)
        {
            if (!other._includes.TryGetValue(one.Key, out SchemaText? text) || !text.Equals(one.Value))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as SchemaInput);

    public override int GetHashCode() => File.GetHashCode();

    private static void Collect(
        SchemaText text, ImmutableArray<SchemaFile> all, ref ImmutableDictionary<string, SchemaText> includes)
    {
        foreach (string href in SchemaXml.IncludesOf(text))
        {
            string path = PathOf(text.Path, href);
            if (includes.ContainsKey(path))
                continue;
            foreach (SchemaFile candidate in all)
            {
                if (PathOf(candidate.Text.Path, "") != path)
                    continue;
                includes = includes.Add(path, candidate.Text);
                Collect(candidate.Text, all, ref includes);
                break;
            }
        }
    }

    /// <summary>The href beside the including file, with the dots resolved; an empty href gives the file itself.</summary>
    private static string PathOf(string includingPath, string href)
    {
        string joined = includingPath.Replace('\\', '/');
        if (href.Length > 0)
        {
            int slash = joined.LastIndexOf('/');
            joined = (slash < 0 ? "" : joined.Substring(0, slash + 1)) + href.Replace('\\', '/');
        }

        var parts = new System.Collections.Generic.List<string>();
        foreach (string part in joined.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[parts.Count - 1] is not ("" or ".."))
                parts.RemoveAt(parts.Count - 1);
            else if (part != ".")
                parts.Add(part);
        }

        return string.Join("/", parts);
    }
}
