namespace HftDelta.Sbe.Emit;

/// <summary>How generated code is named: its namespace, the prefix of the schema's classes, where shared types live.</summary>
public sealed class EmitOptions
{
    public EmitOptions(string targetNamespace, string schemaName, string supportNamespace)
    {
        TargetNamespace = targetNamespace;
        SchemaName = schemaName;
        SupportNamespace = supportNamespace;
    }

    public string TargetNamespace { get; }

    public string SchemaName { get; }

    /// <summary>The namespace of <c>ValidationCode</c> and the other types that all schemas of a compilation share.</summary>
    public string SupportNamespace { get; }

    /// <summary>A package as the one C# name that stands for it where nobody chose another.</summary>
    public static string NameOf(string package) => NameScope.PascalWords(package);
}

/// <summary>One file of generated C#.</summary>
public sealed class GeneratedFile : System.IEquatable<GeneratedFile>
{
    public GeneratedFile(string name, string content)
    {
        Name = name;
        Content = content;
    }

    public string Name { get; }

    public string Content { get; }

    public bool Equals(GeneratedFile? other) => other is not null && Name == other.Name && Content == other.Content;

    public override bool Equals(object? obj) => Equals(obj as GeneratedFile);

    public override int GetHashCode() => Name.GetHashCode() * 31 + Content.GetHashCode();
}
