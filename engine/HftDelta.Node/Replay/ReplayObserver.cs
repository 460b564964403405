using HftDelta.Engine;
using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Node.Pipeline;

namespace HftDelta.Node.Replay;

/// <summary>
/// Looks over the shoulder of a replay: every command as it stands in the journal, and every event that the engine makes of it,
/// which are the bytes that went out when it was live. One thread, that of the replay.
/// </summary>
public abstract class ReplayObserver
{
    private RecordRingReader? _reader;

    /// <summary>A command was applied; its events follow.</summary>
    protected abstract void OnCommand(in RecordView command);

    protected abstract void OnEvent(in RingRecord record);

    /// <summary>All events of a command have been shown; the state is that after it.</summary>
    protected virtual void OnCommandEnd(VenueView view)
    {
    }

    /// <summary>The state after the last command shown was compared with what was recorded, and is the same.</summary>
    protected virtual void OnEqual()
    {
    }

    internal void TellEqual() => OnEqual();

    internal void Begin(EngineHost host) => _reader = new RecordRingReader(host.Outbound, gates: false);

    internal void Show(EngineHost host, in RecordView command)
    {
        OnCommand(in command);
        host.ShowEvents();
        while (_reader!.TryPeek(out var record))
        {
            OnEvent(in record);
            _reader.Advance();
        }

        _reader.Release();
        OnCommandEnd(host.Processor.View);
    }
}
