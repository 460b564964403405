using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Comparison;

/// <summary>
/// Compares messages and entries of groups. A block may grow at its end. Groups and data may be appended to a message behind
/// everything that an older reader looks for; never to an entry, as the next entry stands where an older reader finds them.
/// </summary>
internal sealed class BlockComparison(ChangeList changes, TypeComparison types)
{
    public void Compare(string path, Block old, Block @new, bool isEntry)
    {
        changes.Notes(path, old.Notes, @new.Notes, @new.Point);
        if (@new.BlockLength < old.BlockLength)
        {
            changes.Breaks(path,
                $"blockLength was {old.BlockLength} and is {@new.BlockLength}: older readers find the block too short",
                @new.Point);
        }
        else if (@new.BlockLength > old.BlockLength)
        {
            changes.Adds(path, $"{@new.BlockLength - old.BlockLength} bytes at the end of the block", @new.Point);
        }

        CompareFields(path, old, @new);
        CompareGroups(path, old, @new, isEntry);
        CompareData(path, old, @new, isEntry);
    }

    private void CompareFields(string path, Block old, Block @new)
    {
        var pairing = new Pairing<Field>(old.Fields, @new.Fields, field => field.Name, field => field.Id);
        foreach (var field in pairing.Gone)
        {
            changes.Breaks($"{path}.{field.Name}", "is gone: deprecate it instead, its bytes stay", field.Point);
        }

        foreach (var (field, other) in pairing.Both)
        {
            var name = $"{path}.{field.Name}";
            changes.Identity(name, field.Name, other.Name, field.Id, other.Id, other.Point);
            types.CompareFields(name, field, other);
        }

        foreach (var field in pairing.Fresh)
        {
            var name = $"{path}.{field.Name}";
            if (field.Presence == Presence.Constant)
            {
                changes.Adds(name, "constant", field.Point);
            }
            else if (field.OffsetBytes < old.BlockLength)
            {
                changes.Breaks(name,
                    $"is new at offset {field.OffsetBytes}, inside the block of version {changes.Old.Version}, which has "
                    + $"{old.BlockLength} bytes: append it", field.Point);
            }
            else if (changes.IsNewSince(name, field.Notes, field.Point))
            {
                changes.Adds(name, $"{TypeText.Of(field.Type)} at offset {field.OffsetBytes}", field.Point);
            }
        }
    }

    private void CompareGroups(string path, Block old, Block @new, bool isEntry)
    {
        var pairing = new Pairing<Group>(old.Groups, @new.Groups, group => group.Name, group => group.Id);
        CompareOrder(path, "groups", pairing.Both, @new.Groups, @new.Point);
        foreach (var group in pairing.Gone)
        {
            changes.Breaks($"{path}.{group.Name}", "the group is gone: the other version misreads what follows it", group.Point);
        }

        foreach (var (group, other) in pairing.Both)
        {
            var name = $"{path}.{group.Name}";
            changes.Identity(name, group.Name, other.Name, group.Id, other.Id, other.Point);
            if (!Shapes.AreSame(group.Dimension, other.Dimension))
            {
                changes.Breaks(name, $"the dimension '{other.Dimension.Name}' differs: the entries are misread", other.Point);
            }

            Compare(name, group, other, isEntry: true);
        }

        foreach (var group in pairing.Fresh)
        {
            var hidden = old.Data.Count > 0 ? $"the data '{old.Data[0].Name}'" : null;
            Append($"{path}.{group.Name}", "group", group.Notes, group.Point, isEntry, hidden);
        }
    }

    private void CompareData(string path, Block old, Block @new, bool isEntry)
    {
        var pairing = new Pairing<VariableData>(old.Data, @new.Data, data => data.Name, data => data.Id);
        CompareOrder(path, "data", pairing.Both, @new.Data, @new.Point);
        foreach (var data in pairing.Gone)
        {
            changes.Breaks($"{path}.{data.Name}", "the data is gone: the other version misreads what follows it", data.Point);
        }

        foreach (var (data, other) in pairing.Both)
        {
            var name = $"{path}.{data.Name}";
            changes.Identity(name, data.Name, other.Name, data.Id, other.Id, other.Point);
            changes.Notes(name, data.Notes, other.Notes, other.Point);
            if (!Shapes.AreSame(data.Type, other.Type))
            {
                changes.Breaks(name, $"the type '{other.Type.Name}' differs: its bytes are misread", other.Point);
            }
        }

        foreach (var data in pairing.Fresh)
        {
            Append($"{path}.{data.Name}", "data", data.Notes, data.Point, isEntry, hidden: null);
        }
    }

    private void Append(string name, string kind, Notes notes, SourcePoint point, bool isEntry, string? hidden)
    {
        if (isEntry)
        {
            changes.Breaks(name, $"new {kind} in an entry: older readers take it for the next entry", point);
        }
        else if (hidden is not null)
        {
            changes.Breaks(name, $"new {kind} before {hidden}: older readers take it for that", point);
        }
        else if (changes.IsNewSince(name, notes, point))
        {
            changes.Adds(name, $"{kind} behind all others", point);
        }
    }

    /// <summary>What both have must stand in one order, and what is new behind it.</summary>
    private void CompareOrder<T>(
        string path, string what, IReadOnlyList<(T Old, T New)> both, IReadOnlyList<T> @new, SourcePoint point)
        where T : class
    {
        if (!@new.Take(both.Count).SequenceEqual(both.Select(pair => pair.New)))
        {
            changes.Breaks(path, $"its {what} stand in another order, or something new stands before older ones", point);
        }
    }
}
