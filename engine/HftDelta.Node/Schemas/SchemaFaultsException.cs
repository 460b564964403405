using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas;

/// <summary>A schema that is refused, with everything that is wrong with it.</summary>
public sealed class SchemaFaultsException : Exception
{
    public SchemaFaultsException()
    {
    }

    public SchemaFaultsException(string message)
        : base(message)
    {
    }

    public SchemaFaultsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public SchemaFaultsException(string path, IReadOnlyList<SchemaProblem> problems)
        : base(path)
    {
        Path = path;
        Problems = problems;
    }

    /// <summary>The file that was to be read; a problem may stand in one that it includes.</summary>
    public string Path { get; } = "";

    public IReadOnlyList<SchemaProblem> Problems { get; } = [];
}
