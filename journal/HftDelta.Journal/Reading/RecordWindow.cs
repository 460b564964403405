using HftDelta.Primitives.Records;

namespace HftDelta.Journal.Reading;

/// <summary>
/// Reads a journal some records ahead of whoever applies them, who then can ask the memory for what they will touch. All that
/// it holds lies in one mapped segment: it goes on to the next only when everything was taken. Owner: the reader's thread.
/// </summary>
public sealed unsafe class RecordWindow(JournalReader reader)
{
    /// <summary>Records that are held at most. A power of two.</summary>
    public const int CountMax = 8;

    private readonly nint[] _held = new nint[CountMax];
    private long _read;
    private long _taken;

    /// <summary>Shows a record that was not shown yet; it is taken later, in its turn.</summary>
    /// <returns>False when as many as may be are held, or the segment or the journal ends here.</returns>
    public bool TryShowNext(out RecordView record)
    {
        record = default;
        if (_read - _taken == CountMax)
        {
            return false;
        }

        var isThere = _read == _taken ? reader.TryRead(out record) : reader.TryReadHere(out record);
        if (isThere)
        {
            _held[_read++ & (CountMax - 1)] = (nint)record.Pointer;
        }

        return isThere;
    }

    /// <summary>Hands out the oldest that was shown; valid until the next one is shown.</summary>
    /// <returns>False when none is held.</returns>
    public bool TryTake(out RecordView record)
    {
        if (_read == _taken)
        {
            record = default;
            return false;
        }

        record = new RecordView((RecordEnvelope*)_held[_taken++ & (CountMax - 1)]);
        return true;
    }
}
