using HftDelta.Journal.Reading;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Replay;

/// <summary>The comparisons of one replay: where the next is due, how many were equal, what was not. One thread.</summary>
internal sealed class ComparedStates
{
    private readonly IReadOnlyList<RecordedStates> _recorded;

    /// <param name="recorded">By whomever.</param>
    /// <param name="from">The last command that is not replayed.</param>
    public ComparedStates(IReadOnlyList<RecordedStates> recorded, CommandSequence from)
    {
        _recorded = recorded;
        foreach (var states in recorded)
        {
            states.SkipThrough(from);
        }

        Next = NextOf();
    }

    /// <summary>The command after which the next comparison is due.</summary>
    public long Next { get; private set; }

    public int Count { get; private set; }

    public int EqualCount { get; private set; }

    public CommandSequence LastEqual { get; private set; }

    public HashDifference? FirstDifference { get; private set; }

    /// <summary>Compares the state after the command of <see cref="Next"/> with everything that is recorded of it.</summary>
    /// <returns>Whether all were equal.</returns>
    public bool Compare(EngineHost host, in RecordView record)
    {
        foreach (var states in _recorded)
        {
            if (states.Next != Next)
            {
                continue;
            }

            Count++;
            if (states.Compare(host) is { } difference)
            {
                HftDeltaSchema.TryPeekHeader(record.Frame, out var header);
                FirstDifference = difference with { Template = (header.SchemaId, header.TemplateId) };
                return false;
            }

            EqualCount++;
        }

        LastEqual = record.Sequence;
        Next = NextOf();
        return true;
    }

    private long NextOf()
    {
        var next = long.MaxValue;
        foreach (var states in _recorded)
        {
            next = Math.Min(next, states.Next);
        }

        return next;
    }
}
