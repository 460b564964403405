using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Comparison;

/// <summary>
/// Compares two versions of a schema element by element. Compatible means both ways: readers of the old version read messages
/// of the new one, and the other way round, and code written against the old names still compiles.
/// </summary>
internal static class SchemaComparison
{
    public static IReadOnlyList<SchemaChange> Compare(MessageSchema old, MessageSchema @new)
    {
        var changes = new ChangeList(old, @new);
        CompareRoots(changes);
        if (!Shapes.AreSame(old.Header, @new.Header))
        {
            changes.Breaks("header", "the message header differs: neither reads a message of the other", @new.Header.Point);
        }

        var types = new TypeComparison(changes);
        var blocks = new BlockComparison(changes, types);
        foreach (var message in old.Messages)
        {
            CompareMessage(changes, blocks, message);
        }

        foreach (var message in @new.Messages.Where(message => old.Messages.All(other => other.Id != message.Id)))
        {
            changes.Adds(message.Name, $"message of template {message.Id}", message.Point);
        }

        types.CompareNames();
        CompareVersions(changes);
        return changes.All;
    }

    private static void CompareRoots(ChangeList changes)
    {
        var (old, @new) = (changes.Old, changes.New);
        var point = Origin(@new);
        if (old.Id != @new.Id)
        {
            changes.Breaks("schema", $"id was {old.Id} and is {@new.Id}: readers take it for another schema", point);
        }

        if (old.BigEndian != @new.BigEndian)
        {
            changes.Breaks("schema", "byteOrder is the other one: every number is misread", point);
        }

        if (old.Package != @new.Package)
        {
            changes.Renames("schema", $"package was '{old.Package}' and is '{@new.Package}'", point);
        }

        if (old.SemanticVersion != @new.SemanticVersion || old.Description != @new.Description)
        {
            changes.Words("schema", "semanticVersion or description differ", point);
        }
    }

    private static void CompareMessage(ChangeList changes, BlockComparison blocks, Message old)
    {
        if (changes.New.Messages.Find(message => message.Id == old.Id) is not { } @new)
        {
            changes.Breaks(old.Name, $"template {old.Id} is gone: deprecate it instead", old.Point);
            return;
        }

        if (old.Name != @new.Name)
        {
            changes.Renames(old.Name, $"is now '{@new.Name}'", @new.Point);
        }

        blocks.Compare(old.Name, old, @new, isEntry: false);
    }

    /// <summary>Whatever is new needs a version by which a reader tells messages with it from messages without.</summary>
    private static void CompareVersions(ChangeList changes)
    {
        var (old, @new) = (changes.Old.Version, changes.New.Version);
        if (@new < old)
        {
            changes.Breaks("schema", $"version was {old} and is {@new}: versions only grow", Origin(changes.New));
        }
        else if (@new == old && changes.All.Exists(change => change.Kind == ChangeKind.Adds))
        {
            changes.Breaks("schema", $"something was added, and version is {old} still: raise it", Origin(changes.New));
        }
        else if (@new > old)
        {
            changes.Words("schema", $"version was {old} and is {@new}", Origin(changes.New));
        }
    }

    private static SourcePoint Origin(MessageSchema schema) =>
        new(schema.Messages.Count > 0 ? schema.Messages[0].Point.File : "", 0, 0);
}
