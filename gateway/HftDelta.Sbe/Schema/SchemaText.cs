using System;

namespace HftDelta.Sbe.Schema;

/// <summary>The path and the content of a file; equal when both are, which is what incremental builds compare.</summary>
public sealed class SchemaText : IEquatable<SchemaText>
{
    public SchemaText(string path, string content)
    {
        Path = path;
        Content = content;
    }

    public string Path { get; }

    public string Content { get; }

    public bool Equals(SchemaText? other) => other is not null && Path == other.Path && Content == other.Content;

    public override bool Equals(object? obj) => Equals(obj as SchemaText);

    public override int GetHashCode() => Path.GetHashCode() * 31 + Content.GetHashCode();
}
