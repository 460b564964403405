using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Comparison;

/// <summary>The differences found so far, and the versions between which they were found.</summary>
internal sealed class ChangeList(MessageSchema old, MessageSchema @new)
{
    private readonly HashSet<(object, object)> _compared = [];

    public List<SchemaChange> All { get; } = [];

    public MessageSchema Old { get; } = old;

    public MessageSchema New { get; } = @new;

    public void Breaks(string element, string what, SourcePoint point) => Add(ChangeKind.Breaks, element, what, point);

    public void Renames(string element, string what, SourcePoint point) => Add(ChangeKind.Renames, element, what, point);

    public void Adds(string element, string what, SourcePoint point) => Add(ChangeKind.Adds, element, what, point);

    public void Words(string element, string what, SourcePoint point) => Add(ChangeKind.Words, element, what, point);

    /// <summary>Whether a pair of types is met for the first time; types are told once, not at each use.</summary>
    public bool IsFirst(SchemaType old, SchemaType @new) => _compared.Add((old, @new));

    /// <summary>Whether something new says truly since when it is there; tells when not.</summary>
    public bool IsNewSince(string element, Notes notes, SourcePoint point)
    {
        if (notes.Since > Old.Version)
        {
            return true;
        }

        Breaks(element,
            $"is new and says sinceVersion {notes.Since}, but version {Old.Version} had it not: readers would look for it in "
            + "older messages",
            point);
        return false;
    }

    /// <summary>Name and id, which code and dictionaries know; neither is on the wire.</summary>
    public void Identity(string element, string oldName, string newName, int oldId, int newId, SourcePoint point)
    {
        if (oldName != newName)
        {
            Renames(element, $"is now '{newName}'", point);
        }

        if (oldId != newId)
        {
            Renames(element, $"id was {oldId} and is {newId}", point);
        }
    }

    /// <summary>What people read, and the version from which readers look for the element.</summary>
    public void Notes(string element, Notes old, Notes @new, SourcePoint point)
    {
        if (old.Since != @new.Since)
        {
            Breaks(element,
                $"sinceVersion was {old.Since} and is {@new.Since}: the two disagree in which messages it is", point);
        }

        Text(element, "description", old.Description, @new.Description, point);
        Text(element, "semanticType", old.SemanticType, @new.SemanticType, point);
        if (old.Deprecated != @new.Deprecated)
        {
            Words(element, @new.Deprecated < 0
                ? "is no longer deprecated"
                : $"is deprecated since version {@new.Deprecated}", point);
        }
    }

    private void Text(string element, string what, string old, string @new, SourcePoint point)
    {
        if (old != @new)
        {
            Words(element, $"{what} was '{old}' and is '{@new}'", point);
        }
    }

    private void Add(ChangeKind kind, string element, string what, SourcePoint point) =>
        All.Add(new SchemaChange(kind, element, what, point));
}
