using Disruptor;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway;

/// <summary>Where a publisher goes on: after the last record of the journal, in a new term.</summary>
/// <param name="LastSequence">The last record; none at the beginning of a journal.</param>
/// <param name="LastTime">Its time.</param>
/// <param name="LastChecksum">Its checksum; <see cref="RecordChecksum.Genesis"/> at the beginning.</param>
/// <param name="Term">The term of what is published from now on.</param>
public readonly record struct PublisherStart(
    CommandSequence LastSequence, TimeNanos LastTime, uint LastChecksum, uint Term);

/// <summary>
/// The only producer of the inbound ring: gives each record its sequence, its time and its checksum, and lays it into
/// consecutive slots. Never waits. Owner: the ingress agent.
/// Invariants: sequences without gaps; time never before that of the record before; each checksum seeded by the last.
/// </summary>
public sealed unsafe class RecordPublisher
{
    private readonly RecordRingWriter _writer;
    private readonly uint _term;
    private long _lastSequence;
    private ulong _lastTimeNanos;
    private uint _lastChecksum;

    public RecordPublisher(UnmanagedRingBuffer<RecordSlot> ring, in PublisherStart start)
    {
        ArgumentNullException.ThrowIfNull(ring);
        Check.That(start.Term > 0);
        _writer = new RecordRingWriter(ring);
        _term = start.Term;
        _lastSequence = start.LastSequence.Value;
        _lastTimeNanos = start.LastTime.Value;
        _lastChecksum = start.LastChecksum;
    }

    /// <summary>The last record that was staged or published.</summary>
    public CommandSequence LastSequence => new(_lastSequence);

    public TimeNanos LastTime => new(_lastTimeNanos);

    public uint LastChecksum => _lastChecksum;

    public uint Term => _term;

    /// <summary>
    /// Writes the next record; consumers see it after <see cref="Publish"/>. Its time is <paramref name="now"/>, or that of
    /// the record before when the clock stands behind it.
    /// </summary>
    /// <returns>False, with nothing changed, when the ring is full.</returns>
    public bool TryStage(RecordSource source, SessionHandle session, TimeNanos now, ReadOnlySpan<byte> frame)
    {
        Check.That(frame.Length > 0);
        var record = _writer.TryReserve(frame.Length);
        if (record == null)
        {
            return false;
        }

        var timeNanos = now.Value > _lastTimeNanos ? now.Value : _lastTimeNanos;
        *record = new RecordEnvelope
        {
            Sequence = _lastSequence + 1,
            TimeNanos = timeNanos,
            Term = _term,
            SessionHandle = session.Value,
            Length = (ushort)frame.Length,
            Source = source,
        };
        frame.CopyTo(new Span<byte>((byte*)record + RecordEnvelope.LengthBytes, frame.Length));
        record->Checksum = RecordChecksum.Compute(_lastChecksum, in *record, frame);
        _lastChecksum = record->Checksum;
        _lastSequence++;
        _lastTimeNanos = timeNanos;
        _writer.Commit();
        return true;
    }

    /// <summary>Shows everything that was staged, at once.</summary>
    public void Publish() => _writer.Publish();

    /// <summary>Writes the next record and shows it.</summary>
    /// <returns>False, with nothing changed, when the ring is full.</returns>
    public bool TryPublish(RecordSource source, SessionHandle session, TimeNanos now, ReadOnlySpan<byte> frame)
    {
        if (!TryStage(source, session, now, frame))
        {
            return false;
        }

        Publish();
        return true;
    }
}
