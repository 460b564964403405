using System;
using System.Collections.Generic;

namespace HftDelta.Sbe.Emit;

/// <summary>The names in use in one C# scope; a second wish for a name gets it with underscores behind.</summary>
internal sealed class NameScope
{
    private static readonly string[] ObjectMembers =
    [
        "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize",
    ];

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public NameScope(params string[] reserved)
    {
        _taken.UnionWith(ObjectMembers);
        _taken.UnionWith(reserved);
    }

    public string Take(string wish)
    {
        while (!_taken.Add(wish))
            wish += "_";
        return wish;
    }

    public bool IsFree(string wish) => !_taken.Contains(wish);

    /// <summary>A schema name as C# writes members: first letter upper case. No C# keyword begins with one.</summary>
    public static string Pascal(string name)
    {
        char first = name[0];
        return first is >= 'a' and <= 'z' ? char.ToUpperInvariant(first) + name.Substring(1) : name;
    }

    /// <summary>A dotted, spaced or hyphened package name as one C# name.</summary>
    public static string PascalWords(string text)
    {
        string name = "";
        bool begins = true;
        foreach (char letter in text)
        {
            bool letterOrDigit = letter is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9';
            if (letterOrDigit)
                name += begins ? char.ToUpperInvariant(letter) : letter;
            begins = !letterOrDigit;
        }

        if (name.Length == 0)
            return "Schema";
        return name[0] is >= '0' and <= '9' ? "_" + name : name;
    }
}
