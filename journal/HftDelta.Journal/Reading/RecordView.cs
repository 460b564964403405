using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Reading;

/// <summary>
/// A record where it lies in the mapped segment: nothing is copied. Valid until the reader is asked for the next one.
/// </summary>
public readonly unsafe ref struct RecordView
{
    private readonly RecordEnvelope* _envelope;

    internal RecordView(RecordEnvelope* envelope) => _envelope = envelope;

    internal RecordEnvelope* Pointer => _envelope;

    public ref readonly RecordEnvelope Envelope => ref *_envelope;

    /// <summary>The SBE frame. Its length was proved by the reader.</summary>
    public ReadOnlySpan<byte> Frame => new((byte*)_envelope + RecordEnvelope.LengthBytes, _envelope->Length);

    public CommandSequence Sequence => new(_envelope->Sequence);

    public TimeNanos Time => new(_envelope->TimeNanos);
}
