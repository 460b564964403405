using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Storage;
using NUnit.Framework;

namespace HftDelta.Tests.Journal;

/// <summary>
/// Plays the sequencer: makes linked records whose bytes follow from their sequence, and appends them. Which bytes a record
/// must have can therefore be said without asking the journal.
/// </summary>
internal sealed class Scribe
{
    public const long SegmentBytes = SegmentLayout.SegmentBytesMin;
    public static readonly Guid Id = new("6f1c2a54-0b7e-4e0e-9a55-0d6f2f8f1a01");

    private readonly byte[] _frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private long _sequence;
    private uint _checksum;

    public Scribe(AppendableJournal journal)
    {
        Journal = journal;
        _sequence = journal.Writer.LastSequence.Value;
        _checksum = journal.LastChecksum;
    }

    public AppendableJournal Journal { get; }

    public long Sequence => _sequence;

    public static JournalOptions Options(DurabilityMode mode = DurabilityMode.Process) => new()
    {
        SegmentBytes = SegmentBytes,
        JournalId = Id,
        Durability = mode,
        RepairTornTail = true,
        Schemas = new JournalSchemas(1, 2, 3, 4),
    };

    public static Scribe Open(MappedStorage storage, DurabilityMode mode = DurabilityMode.Process) =>
        new(AppendableJournal.Open(storage, Options(mode)));

    /// <summary>A storage with a journal of so many records in it, killed.</summary>
    public static VirtualStorage Written(int records, int frameLength = 0)
    {
        var storage = new VirtualStorage();
        var scribe = Open(storage);
        scribe.AppendMany(records, frameLength);
        return storage.AfterKill();
    }

    /// <summary>The envelope and the frame that a sequence has.</summary>
    public static RecordEnvelope Make(long sequence, int frameLength, uint previousChecksum, Span<byte> frame)
    {
        new Noise((ulong)sequence).Fill(frame[..frameLength]);
        var envelope = new RecordEnvelope
        {
            Sequence = sequence,
            TimeNanos = 1_000 + (10 * (ulong)sequence),
            Term = 1,
            SessionHandle = (uint)sequence % 5,
            Length = (ushort)frameLength,
            Source = RecordSource.Client,
        };
        envelope.Checksum = RecordChecksum.Compute(previousChecksum, in envelope, frame[..frameLength]);
        return envelope;
    }

    /// <summary>The length that <see cref="AppendMany"/> gives to a record when none is asked for: 8 to 303 bytes.</summary>
    public static int LengthOf(long sequence) => 8 + new Noise((ulong)sequence * 31).Next(296);

    public bool TryAppend(int frameLength = 0)
    {
        var length = frameLength == 0 ? LengthOf(_sequence + 1) : frameLength;
        var envelope = Make(_sequence + 1, length, _checksum, _frame);
        if (!Journal.Writer.TryAppend(in envelope, _frame.AsSpan(0, length)))
        {
            return false;
        }

        _sequence++;
        _checksum = envelope.Checksum;
        return true;
    }

    /// <summary>Appends and lets the cold agent run whenever the writer waits for it.</summary>
    public void AppendMany(int records, int frameLength = 0)
    {
        for (var record = 0; record < records; record++)
        {
            var attempts = 0;
            while (!TryAppend(frameLength))
            {
                Assert.That(attempts++, Is.LessThan(5_000), "the next segment is never prepared");
                Journal.Preparer.DoWork();
            }
        }
    }

    /// <summary>Lets the cold agent do all that it can.</summary>
    public void Settle()
    {
        while (Journal.Preparer.DoWork() > 0)
        {
        }
    }

    public static void AssertRecords(MappedStorage storage, long last, int frameLength = 0)
    {
        using var reader = new HftDelta.Journal.Reading.JournalReader(storage, new CommandSequence(last));
        var frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
        var checksum = 0u;
        var sequence = 0L;
        while (reader.TryRead(out var record))
        {
            sequence++;
            var length = frameLength == 0 ? LengthOf(sequence) : frameLength;
            var expected = Make(sequence, length, checksum, frame);
            checksum = expected.Checksum;
            Assert.That(record.Envelope, Is.EqualTo(expected));
            Assert.That(record.Frame.SequenceEqual(frame.AsSpan(0, length)), Is.True, $"frame of record {sequence}");
        }

        Assert.That(sequence, Is.EqualTo(last));
    }

    public static RecoveryReport Examine(MappedStorage storage) => JournalRecovery.Examine(storage);
}
