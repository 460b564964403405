using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Comparison;

/// <summary>What a change does to those who hold the other version.</summary>
internal enum ChangeKind
{
    /// <summary>Readers or writers of one version misread or miss what the other says.</summary>
    Breaks,

    /// <summary>The bytes stay; code that uses the name no longer compiles.</summary>
    Renames,

    /// <summary>Something new that older readers skip and newer readers miss without harm.</summary>
    Adds,

    /// <summary>Words for people: descriptions, semantic types, deprecation.</summary>
    Words,
}

/// <summary>One difference between two schemas.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Element">Names with dots between, such as <c>NewOrderSingle.price</c>.</param>
/// <param name="What">What was, what is, and whom it harms.</param>
/// <param name="Point">In the new schema; in the old one for what is gone.</param>
internal sealed record SchemaChange(ChangeKind Kind, string Element, string What, SourcePoint Point);
