using System;
using System.Collections.Generic;

namespace HftDelta.Sbe.Schema;

/// <summary>One fault of a schema: where, which element, what is wrong and what to do about it.</summary>
public sealed class SchemaProblem : IEquatable<SchemaProblem>
{
    public SchemaProblem(SourcePoint point, string element, string message)
    {
        Point = point;
        Element = element;
        Message = message;
    }

    public SourcePoint Point { get; }

    /// <summary>The element as a reader of the file knows it, such as <c>field 'price'</c>.</summary>
    public string Element { get; }

    public string Message { get; }

    public bool Equals(SchemaProblem? other) =>
        other is not null && Point.Equals(other.Point) && Element == other.Element && Message == other.Message;

    public override bool Equals(object? obj) => Equals(obj as SchemaProblem);

    public override int GetHashCode() => Point.GetHashCode() * 31 + Message.GetHashCode();

    public override string ToString() => $"{Point}: {Element}: {Message}";
}

/// <summary>All faults found in one run; the list is capped so that a hostile file cannot make it endless.</summary>
public sealed class ProblemList
{
    public const int Capacity = 100;

    private readonly List<SchemaProblem> _problems = [];

    public IReadOnlyList<SchemaProblem> Items => _problems;

    public bool Any => _problems.Count > 0;

    public void Add(SourcePoint point, string element, string message)
    {
        if (_problems.Count < Capacity)
            _problems.Add(new SchemaProblem(point, element, message));
        else if (_problems.Count == Capacity)
            _problems.Add(new SchemaProblem(point, element, "more faults follow; correct these first"));
    }
}
