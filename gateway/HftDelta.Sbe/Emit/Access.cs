using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Expressions that read and write single values of the wire.</summary>
internal static class Access
{
    public static string Read(EmitPlan plan, Primitive primitive, string start, string offset) =>
        $"{plan.SupportPrefix}SbeBytes.Read{Literals.Accessor(primitive, plan.BigEndian)}(in {start}, {offset})";

    public static string Write(EmitPlan plan, Primitive primitive, string start, string offset, string value) =>
        $"{plan.SupportPrefix}SbeBytes.Write{Literals.Accessor(primitive, plan.BigEndian)}(ref {start}, {offset}, {value});";

    /// <summary>An integer as an int: beyond its range or below zero it is int.MaxValue, which no frame can satisfy.</summary>
    public static string ReadSaturated(EmitPlan plan, Field member, string start, int origin)
    {
        var type = (EncodedType)member.Type;
        if (member.Presence == Presence.Constant)
            return Literals.Value(Primitive.Int32, member.Constant!.Bits);
        string offset = (origin + member.OffsetBytes).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string read = Read(plan, type.Primitive, start, offset);
        bool fits = PrimitiveRules.SizeOf(type.Primitive) < 4 && !PrimitiveRules.IsSigned(type.Primitive);
        return fits ? read : $"{plan.SupportPrefix}SbeBytes.Saturate({read})";
    }

    /// <summary>The lowest length of a block that has all of its version, as a C# expression of <c>version</c>.</summary>
    public static string MinimumLength(System.Collections.Generic.IReadOnlyList<Field> fields)
    {
        var ends = new System.Collections.Generic.SortedDictionary<int, int>();
        foreach (Field field in fields)
            Collect(field, 0, field.Notes.Since, ends);
        string expression = "";
        string atZero = "0";
        int end = 0;
        foreach (System.Collections.Generic.KeyValuePair<int, int> step in ends)
        {
            if (step.Value <= end)
                continue;
            end = step.Value;
            if (step.Key == 0)
                atZero = end.ToString(System.Globalization.CultureInfo.InvariantCulture);
            else
                expression = $"version >= {step.Key} ? {end} : {expression}";
        }

        return expression + atZero;
    }

    private static void Collect(
        Field field, int origin, int since, System.Collections.Generic.SortedDictionary<int, int> ends)
    {
        if (field.Presence == Presence.Constant)
            return;
        int start = origin + field.OffsetBytes;
        if (field.Type is CompositeType composite)
        {
            foreach (Field member in composite.Members)
                Collect(member, start, System.Math.Max(since, member.Notes.Since), ends);
            return;
        }

        ends.TryGetValue(since, out int known);
        ends[since] = System.Math.Max(known, start + field.Type.SizeBytes);
    }
}
