using System.Buffers.Binary;
using System.Diagnostics;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// The least that a settlement tick can be: one multiply-add in 128 bits for each instrument over a plain array, and what is
/// told of it written out, 40 bytes each. No margin, no events, no hash. One thread.
/// </summary>
internal sealed class SettlementFloor(int instruments)
{
    private const int EntryBytes = 40;

    private readonly Int128[] _indices = new Int128[instruments];
    private readonly long[] _deltas = [.. Enumerable.Range(1, instruments).Select(id => id * 1_234_567L)];
    private readonly byte[] _entries = new byte[instruments * EntryBytes];
    private long _price = FlowMarket.Price;

    public double Nanos(long moveTicks)
    {
        var began = Stopwatch.GetTimestamp();
        for (var id = 0; id < _indices.Length; id++)
        {
            _indices[id] += (Int128)_deltas[id] * moveTicks;
            var entry = _entries.AsSpan(id * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteInt64LittleEndian(entry, id);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], _price);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], _deltas[id]);
            BinaryPrimitives.WriteInt128LittleEndian(entry[24..], _indices[id]);
        }

        _price += moveTicks;

        // At least 1: the clock may not have moved over ten instruments, and a ratio is taken.
        return Math.Max(1, Pace.Nanos(began, Stopwatch.GetTimestamp()));
    }
}
