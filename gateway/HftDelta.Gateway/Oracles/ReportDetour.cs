using HftDelta.Gateway.Answers;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway.Oracles;

/// <summary>
/// The way of oracle reports through their verifier, as ingress sees it: a report goes out, and comes back with a verdict
/// before its request number is looked at. While a session has something out, all that it sends goes the same way, so its
/// requests keep their order. Owner: the ingress agent; the rings' other ends are the verifier's.
/// </summary>
public sealed class ReportDetour
{
    private readonly FrameRing _asked;
    private readonly FrameRing _judged;
    private readonly int[] _out;

    /// <param name="asked">To the verifier.</param>
    /// <param name="judged">From it.</param>
    /// <param name="sessionLimit">Session handles are below this.</param>
    public ReportDetour(FrameRing asked, FrameRing judged, int sessionLimit)
    {
        _asked = asked;
        _judged = judged;
        _out = new int[sessionLimit];
    }

    /// <summary>Frames that are out.</summary>
    public int Outstanding { get; private set; }

    internal RecordRingReader Judged => _judged.Reader;

    /// <summary>Whether a request of this session has to go this way.</summary>
    internal bool Takes(SessionHandle session, ushort templateId) =>
        templateId == OracleReportDecoder.TemplateId || _out[session.Value] != 0;

    /// <returns>False, with nothing done, when the verifier has too much to do already.</returns>
    internal bool TrySend(RecordSource source, in AnswerAddress from, ReadOnlySpan<byte> frame)
    {
        // Never sequenced as it is: the places of sequence and time say which connection it came from.
        var head = new RecordEnvelope
        {
            Sequence = from.Connection,
            TimeNanos = unchecked((uint)from.Slot),
            SessionHandle = from.Session,
            Source = source,
        };
        if (!_asked.TryWrite(in head, frame))
        {
            return false;
        }

        _out[from.Session]++;
        Outstanding++;
        return true;
    }

    internal static AnswerAddress AddressOf(in RecordEnvelope head) =>
        new((uint)head.Sequence, unchecked((int)(uint)head.TimeNanos), head.SessionHandle);

    internal static RejectCode VerdictOf(in RecordEnvelope head) => (RejectCode)head.Checksum;

    /// <summary>What is sequenced in place of a report that was refused.</summary>
    internal static int WriteDenied(Span<byte> buffer, ReadOnlySpan<byte> frame, RejectCode code)
    {
        var report = OracleReportDecoder.Trusted(frame);
        return OracleReportDeniedEncoder.Wrap(buffer).SetSessionHandle(report.Header.SessionHandle)
            .SetSourceId(report.SourceId).SetUnderlyingId(report.UnderlyingId).SetCode((ushort)code)
            .SetRequestSequence(report.Header.Sequence).SetSourceSequence(report.SourceSequence).EncodedLength;
    }

    /// <summary>The oldest frame that is back is done with.</summary>
    internal void Done(uint session)
    {
        _out[session]--;
        Outstanding--;
        _judged.Reader.Advance();
    }
}
