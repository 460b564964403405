using System.Text;
using HftDelta.Aeron.Counters;
using HftDelta.Runtime.Counters;
using HftDelta.Runtime.Time;

namespace HftDelta.Aeron.Cnc;

/// <summary>
/// The counters of an Aeron directory. A record is complete before its state says that it is in use; one that was given back is
/// used again a second later at the earliest, so that a tool never takes one counter for another. Cold, for any thread.
/// </summary>
internal sealed unsafe class CncCounters : CounterStore
{
    private readonly Lock _gate = new();
    private readonly Queue<FreeCounter> _free = new();
    private readonly CncFile _cnc;
    private readonly NanoClock _clock;
    private readonly Action<string> _onError;
    private int _count;

    public CncCounters(CncFile cnc, NanoClock clock, Action<string> onError)
    {
        _cnc = cnc;
        _clock = clock;
        _onError = onError;
    }

    /// <summary>Counters of the driver itself: those that were asked for by our names.</summary>
    public Counter AllocateDriver(string name, string label, CounterUnit unit)
    {
        var text = label.Length == 0 ? name : $"{name}{{{label}}}";
        return Allocate(new CounterDescription(CounterType.Driver, text, [])).AsCounter(text);
    }

    public override CounterSlot Allocate(in CounterDescription description)
    {
        lock (_gate)
        {
            var id = TakeId();
            if (id != CounterSlot.NoId)
            {
                return Describe(id, description);
            }
        }

        _onError($"WARN - all {_cnc.Sections.CounterCapacity} counters are in use: raise "
            + $"{nameof(AeronOptions.CounterValuesLengthBytes)}");
        return CounterSlot.Detached(description.Value);
    }

    public override void Free(CounterSlot slot)
    {
        if (slot.Id == CounterSlot.NoId)
        {
            return;
        }

        lock (_gate)
        {
            var record = Metadata(slot.Id);
            var deadline = NowMillis + CounterRecord.ReuseDelayMillis;
            *(long*)(record + CounterRecord.ReuseDeadlineOffset) = deadline;
            new Span<byte>(record + CounterRecord.KeyOffset, CounterRecord.KeyLengthBytesMax).Clear();

            // release: whoever sees it given back sees until when it stays so.
            Volatile.Write(ref *(int*)(record + CounterRecord.StateOffset), CounterRecord.Reclaimed);
            _free.Enqueue(new FreeCounter(slot.Id, deadline));
        }
    }

    private long NowMillis => (long)(_clock.Now.Value / 1_000_000);

    private byte* Metadata(int id) => _cnc.CounterMetadata + ((long)id * CounterRecord.MetadataLengthBytes);

    private byte* Value(int id) => _cnc.CounterValues + ((long)id * CounterRecord.ValueLengthBytes);

    private int TakeId()
    {
        if (_free.TryPeek(out var free) && NowMillis >= free.DeadlineMillis)
        {
            _free.Dequeue();
            return free.Id;
        }

        return _count < _cnc.Sections.CounterCapacity ? _count++ : CounterSlot.NoId;
    }

    private CounterSlot Describe(int id, in CounterDescription description)
    {
        var value = Value(id);
        *(long*)(value + CounterRecord.RegistrationIdOffset) = description.RegistrationId;
        *(long*)(value + CounterRecord.OwnerIdOffset) = description.OwnerId;
        *(long*)(value + CounterRecord.ReferenceIdOffset) = description.ReferenceId;
        Volatile.Write(ref *(long*)(value + CounterRecord.ValueOffset), description.Value);

        var record = Metadata(id);
        *(int*)(record + CounterRecord.TypeIdOffset) = (int)description.Type;
        *(long*)(record + CounterRecord.ReuseDeadlineOffset) = CounterRecord.NotFree;
        description.Key.CopyTo(new Span<byte>(record + CounterRecord.KeyOffset, CounterRecord.KeyLengthBytesMax));
        var label = description.Label.AsSpan(0, Math.Min(description.Label.Length, CounterRecord.LabelLengthBytesMax));
        *(int*)(record + CounterRecord.LabelLengthOffset) = Encoding.ASCII.GetBytes(
            label, new Span<byte>(record + CounterRecord.LabelOffset, CounterRecord.LabelLengthBytesMax));

        // release: whoever sees it in use sees the whole record.
        Volatile.Write(ref *(int*)(record + CounterRecord.StateOffset), CounterRecord.Allocated);
        return new CounterSlot(id, (long*)value, _cnc.Memory);
    }

    private readonly record struct FreeCounter(int Id, long DeadlineMillis);
}
