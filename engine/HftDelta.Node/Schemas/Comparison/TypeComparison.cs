using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Comparison;

/// <summary>Compares fields with their types. Enums, sets and composites are told once, under their own name.</summary>
internal sealed class TypeComparison(ChangeList changes)
{
    public void CompareFields(string path, Field old, Field @new)
    {
        changes.Notes(path, old.Notes, @new.Notes, @new.Point);
        var isConstant = old.Presence == Presence.Constant && @new.Presence == Presence.Constant;
        if (!isConstant && old.OffsetBytes != @new.OffsetBytes)
        {
            changes.Breaks(path, $"offset was {old.OffsetBytes} and is {@new.OffsetBytes}", @new.Point);
        }

        if (old.Presence != @new.Presence)
        {
            changes.Breaks(path, $"presence was {Word(old.Presence)} and is {Word(@new.Presence)}", @new.Point);
        }

        if (!Shapes.IsSame(old.Constant, @new.Constant))
        {
            changes.Breaks(path, "the constant value differs: each side sees its own", @new.Point);
        }

        CompareTypes(path, old.Type, @new.Type, @new.Point, old.Presence == Presence.Optional);
    }

    /// <summary>Types that are in use under no message, and names that are gone.</summary>
    public void CompareNames()
    {
        foreach (var type in Tables.NamedTypes.Of(changes.Old))
        {
            var other = changes.New.Types.Find(candidate => candidate.Name == type.Name);
            if (other is null && changes.Old.Types.Contains(type))
            {
                changes.Renames($"{TypeText.KindOf(type)} {type.Name}", "the name is gone", type.Point);
            }
        }
    }

    private void CompareTypes(string path, SchemaType old, SchemaType @new, SourcePoint point, bool isOptional)
    {
        switch (old, @new)
        {
            case (EncodedType a, EncodedType b):
                CompareEncoded(path, a, b, point, isOptional);
                return;
            case (EnumType a, EnumType b):
                Named(path, a, b, point, name => CompareEnums(name, a, b));
                return;
            case (SetType a, SetType b):
                Named(path, a, b, point, name => CompareSets(name, a, b));
                return;
            case (CompositeType a, CompositeType b):
                Named(path, a, b, point, name => CompareComposites(name, a, b));
                return;
            default:
                changes.Breaks(path, $"type was {TypeText.Of(old)} and is {TypeText.Of(@new)}", point);
                return;
        }
    }

    private void Named(string path, SchemaType old, SchemaType @new, SourcePoint point, Action<string> compare)
    {
        if (old.Name != @new.Name)
        {
            changes.Renames(path, $"type was '{old.Name}' and is '{@new.Name}'", point);
        }

        if (changes.IsFirst(old, @new))
        {
            var name = $"{TypeText.KindOf(old)} {old.Name}";
            changes.Notes(name, old.Notes, @new.Notes, @new.Point);
            compare(name);
        }
    }

    private void CompareEncoded(string path, EncodedType old, EncodedType @new, SourcePoint point, bool isOptional)
    {
        if (old.Primitive != @new.Primitive || old.Length != @new.Length)
        {
            changes.Breaks(path, $"type was {TypeText.Of(old)} and is {TypeText.Of(@new)}", point);
            return;
        }

        if (!string.Equals(old.CharacterEncoding, @new.CharacterEncoding, StringComparison.OrdinalIgnoreCase))
        {
            changes.Breaks(path,
                $"characterEncoding was '{old.CharacterEncoding}' and is '{@new.CharacterEncoding}'", point);
        }

        if (isOptional && old.Range.Null != @new.Range.Null)
        {
            changes.Breaks(path, $"nullValue was {TypeText.Value(old.Primitive, old.Range.Null)} and is "
                + TypeText.Value(old.Primitive, @new.Range.Null), point);
        }

        CompareRanges(path, old, @new, point);
    }

    private void CompareRanges(string path, EncodedType old, EncodedType @new, SourcePoint point)
    {
        var low = PrimitiveRules.Compare(old.Primitive, @new.Range.Min, old.Range.Min);
        var high = PrimitiveRules.Compare(old.Primitive, @new.Range.Max, old.Range.Max);
        if (low == 0 && high == 0)
        {
            return;
        }

        var what = $"the range was {Range(old)} and is {Range(@new)}";
        if (low > 0 || high < 0)
        {
            changes.Breaks(path, $"{what}: older writers may send what it no longer holds", point);
        }
        else
        {
            changes.Breaks(path, $"{what}: newer writers may send what older readers refuse", point);
        }
    }

    private void CompareEnums(string name, EnumType old, EnumType @new)
    {
        if (old.Primitive != @new.Primitive || old.NullBits != @new.NullBits)
        {
            changes.Breaks(name, "the encoding or its null value differs", @new.Point);
            return;
        }

        CompareNumbered(
            name,
            old.Values.ConvertAll(value => new Numbered(value.Bits, value.Name, value.Notes)),
            @new.Values.ConvertAll(value => new Numbered(value.Bits, value.Name, value.Notes)),
            "the value is gone, or another: older writers send it",
            bits => $"value {TypeText.Value(@new.Primitive, bits)}",
            @new.Point);
    }

    private void CompareSets(string name, SetType old, SetType @new)
    {
        if (old.Primitive != @new.Primitive)
        {
            changes.Breaks(name, "the encoding differs", @new.Point);
            return;
        }

        CompareNumbered(
            name,
            old.Choices.ConvertAll(choice => new Numbered((ulong)choice.Bit, choice.Name, choice.Notes)),
            @new.Choices.ConvertAll(choice => new Numbered((ulong)choice.Bit, choice.Name, choice.Notes)),
            "the choice is gone, or another bit: older writers set it",
            bit => $"bit {bit}",
            @new.Point);
    }

    /// <summary>Values of enums and bits of sets: the number is on the wire, the name is not.</summary>
    private void CompareNumbered(
        string name, List<Numbered> old, List<Numbered> @new, string gone, Func<ulong, string> words, SourcePoint point)
    {
        foreach (var one in old)
        {
            var same = @new.Find(other => other.Number == one.Number);
            if (same is null)
            {
                changes.Breaks($"{name}.{one.Name}", gone, point);
                continue;
            }

            if (same.Name != one.Name)
            {
                changes.Renames($"{name}.{one.Name}", $"is now '{same.Name}'", point);
            }

            changes.Notes($"{name}.{one.Name}", one.Notes, same.Notes, point);
        }

        foreach (var one in @new.Where(one => old.TrueForAll(other => other.Number != one.Number)))
        {
            changes.Adds($"{name}.{one.Name}", words(one.Number), point);
        }
    }

    private void CompareComposites(string name, CompositeType old, CompositeType @new)
    {
        foreach (var member in old.Members)
        {
            if (@new.Member(member.Name) is { } other)
            {
                CompareFields($"{name}.{member.Name}", member, other);
            }
            else
            {
                changes.Breaks($"{name}.{member.Name}", "is gone, or has another name", member.Point);
            }
        }

        foreach (var member in @new.Members.Where(member => old.Member(member.Name) is null))
        {
            var path = $"{name}.{member.Name}";
            if (member.Presence != Presence.Constant && member.OffsetBytes < old.SizeBytes)
            {
                changes.Breaks(path,
                    $"is new at offset {member.OffsetBytes}, inside the older {old.SizeBytes} bytes", member.Point);
            }
            else if (member.Presence == Presence.Constant || changes.IsNewSince(path, member.Notes, member.Point))
            {
                changes.Adds(path, TypeText.Of(member.Type), member.Point);
            }
        }
    }

    private static string Range(EncodedType type) =>
        $"{TypeText.Value(type.Primitive, type.Range.Min)} to {TypeText.Value(type.Primitive, type.Range.Max)}";

    private static string Word(Presence presence) => presence.ToString().ToLowerInvariant();

    private sealed record Numbered(ulong Number, string Name, Notes Notes);
}
