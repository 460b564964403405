namespace HftDelta.Engine.State;

/// <summary>
/// One kind of state record, read by id, for the state hash. Implement it on a small readonly struct that holds the
/// reference to the store: generic code over a struct is compiled for it alone and calls it directly.
/// Owner: the engine agent.
/// </summary>
public interface IStateRecords
{
    /// <summary>The longest encoding of any record.</summary>
    const int RecordLengthMaxBytes = 512;

    StateRecordType Type { get; }

    /// <summary>Every live record has an id below this; never above the capacity of its tracker.</summary>
    uint IdLimit { get; }

    /// <summary>
    /// Writes the record in its one canonical form: the same state gives the same bytes on every machine, so no padding
    /// that nobody wrote, no addresses, no caches that replay would not rebuild.
    /// </summary>
    /// <param name="id">Any id below the capacity of the tracker.</param>
    /// <param name="buffer">At least <see cref="RecordLengthMaxBytes"/> bytes of unknown content.</param>
    /// <param name="lengthBytes">Bytes written, when the record is live.</param>
    /// <returns>False when no live record has this id: it then counts for nothing.</returns>
    bool TryEncode(uint id, Span<byte> buffer, out int lengthBytes);

    /// <summary>Asks the memory for a record that will be encoded soon. May do nothing.</summary>
    void Prefetch(uint id);
}
