using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>What the engine tells of itself between two commands. Immutable once complete.</summary>
internal abstract class ToldState
{
    public bool IsComplete { get; set; }

    /// <summary>The command that asked for it.</summary>
    public long Sequence { get; set; }
}

/// <summary>
/// A command that asks the engine to tell some of its state, for everybody who asked before it began. One telling at a time.
/// Owner: the operator's thread.
/// </summary>
/// <param name="line">Where the command is sent.</param>
/// <param name="encode">Writes it into the line's buffer and gives its length.</param>
internal sealed class EngineQuestion<TState>(OperatorLine line, Func<int> encode)
    where TState : ToldState, new()
{
    private TState? _asked;
    private TState? _told;
    private CommandTicket? _ticket;

    /// <summary>What is told now; null while the end of a telling that nobody here asked for is heard.</summary>
    public TState? Telling => _told is { Sequence: > 0 } ? _told : null;

    /// <summary>The state at a command that is sequenced after this call.</summary>
    public TState Ask() => _asked ??= new TState();

    /// <summary>Sends the question when someone asked and none is under way.</summary>
    public void Step()
    {
        if (_ticket is { IsAnswered: true, Code: not default(RejectCode) })
        {
            // Told to someone before a restart: its end comes, and then this one is asked again.
            _asked ??= _told;
            _told = null;
            _ticket = null;
        }

        if (_told is not null || _asked is null)
        {
            return;
        }

        if (line.TrySend(encode(), isOwn: false, out _ticket))
        {
            _told = _asked;
            _asked = null;
        }
    }

    /// <summary>The first event of a telling was heard.</summary>
    /// <returns>What it is told into; null: nobody here asked.</returns>
    public TState? Begin(long sequence)
    {
        if (_told is { } state)
        {
            state.Sequence = sequence;
        }

        return _told;
    }

    /// <summary>A telling of this kind has ended.</summary>
    public void End(in CommandCompletedDecoder told)
    {
        if (Telling is { } state && told.CommandSequence == (ulong)state.Sequence)
        {
            state.IsComplete = true;
            _told = null;
            _ticket = null;
        }
    }
}
