using System;

namespace HftDelta.Sbe.Schema;

/// <summary>Where in which file something of a schema stands; lines and columns count from 1, 0 means unknown.</summary>
public readonly struct SourcePoint : IEquatable<SourcePoint>
{
    public SourcePoint(string file, int line, int column)
    {
        File = file;
        Line = line;
        Column = column;
    }

    public string File { get; }

    public int Line { get; }

    public int Column { get; }

    public bool Equals(SourcePoint other) => File == other.File && Line == other.Line && Column == other.Column;

    public override bool Equals(object? obj) => obj is SourcePoint other && Equals(other);

    public override int GetHashCode() => ((File is null ? 0 : File.GetHashCode()) * 31 + Line) * 31 + Column;

    public static bool operator ==(SourcePoint left, SourcePoint right) => left.Equals(right);

    public static bool operator !=(SourcePoint left, SourcePoint right) => !left.Equals(right);

    public override string ToString() => $"{File}({Line},{Column})";
}
