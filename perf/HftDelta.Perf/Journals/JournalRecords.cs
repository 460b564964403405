using HftDelta.Primitives.Records;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Perf.Journals;

/// <summary>Linked records of one size, as the sequencer would hand them over. Made before anything is measured.</summary>
internal sealed class JournalRecords
{
    public const int FrameBytes = 96;
    public const int RecordBytes = RecordEnvelope.LengthBytes + FrameBytes;

    private const int FrameCount = 256;
    private readonly RecordEnvelope[] _envelopes;
    private readonly byte[] _frames = new byte[FrameCount * FrameBytes];

    public JournalRecords(int count)
    {
        _envelopes = new RecordEnvelope[count];
        var random = new SplitMix64(1);
        for (var index = 0; index < _frames.Length; index++)
        {
            _frames[index] = (byte)random.Next();
        }

        var checksum = RecordChecksum.Genesis;
        for (var record = 0; record < count; record++)
        {
            ref var envelope = ref _envelopes[record];
            envelope = new RecordEnvelope
            {
                Sequence = record + 1,
                TimeNanos = 1_000 + (ulong)record,
                Term = 1,
                SessionHandle = 1,
                Length = FrameBytes,
                Source = RecordSource.Client,
            };
            envelope.Checksum = RecordChecksum.Compute(checksum, in envelope, FrameOf(record));
            checksum = envelope.Checksum;
        }
    }

    public int Count => _envelopes.Length;

    public ref readonly RecordEnvelope EnvelopeOf(int record) => ref _envelopes[record];

    public ReadOnlySpan<byte> FrameOf(int record) => _frames.AsSpan(record % FrameCount * FrameBytes, FrameBytes);
}
