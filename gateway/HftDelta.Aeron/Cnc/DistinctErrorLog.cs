using System.Text;
using HftDelta.Primitives;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// Errors as Aeron's tools read them: each different one once, with how often and when it was first and last observed. Full is
/// full: further ones are only counted. Cold, for any thread.
/// </summary>
internal sealed unsafe class DistinctErrorLog(byte* start, int lengthBytes, object memory)
{
    public const int LengthOffset = 0;
    public const int ObservationsOffset = 4;
    public const int LastTimeOffset = 8;
    public const int FirstTimeOffset = 16;
    public const int TextOffset = 24;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _offsets = [];

    // Keeps the memory mapped.
    private readonly object _memory = memory;
    private int _end;
    private long _count;

    /// <summary>Observations in all, those that found no room among them.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <returns>True when it was not observed before.</returns>
    public bool Record(string words, long nowMillis)
    {
        Check.That(_memory is not null);
        lock (_gate)
        {
            Volatile.Write(ref _count, _count + 1);
            if (_offsets.TryGetValue(words, out var offset))
            {
                (*(int*)(start + offset + ObservationsOffset))++;
                Volatile.Write(ref *(long*)(start + offset + LastTimeOffset), nowMillis);
                return false;
            }

            Append(words, nowMillis);
            return true;
        }
    }

    private void Append(string words, long nowMillis)
    {
        var length = TextOffset + Encoding.UTF8.GetByteCount(words);
        if (length > lengthBytes - _end)
        {
            return;
        }

        var record = start + _end;
        Encoding.UTF8.GetBytes(words, new Span<byte>(record + TextOffset, length - TextOffset));
        *(int*)(record + ObservationsOffset) = 1;
        *(long*)(record + FirstTimeOffset) = nowMillis;
        *(long*)(record + LastTimeOffset) = nowMillis;

        // release: the length ends the record for readers.
        Volatile.Write(ref *(int*)(record + LengthOffset), length);
        _offsets.Add(words, _end);
        _end = Math.Min((_end + length + sizeof(long) - 1) / sizeof(long) * sizeof(long), lengthBytes);
    }
}
