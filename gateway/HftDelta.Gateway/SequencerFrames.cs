using System.Runtime.InteropServices;
using HftDelta.Gateway.Security;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Gateway;

/// <summary>The commands that the sequencer gives by itself. Owner: the ingress agent.</summary>
internal sealed class SequencerFrames(RecordPublisher publisher, IngressCounters counters)
{
    /// <returns>False when the inbound ring is full.</returns>
    public bool TryTick(TickReason reason, TimeNanos now)
    {
        Span<byte> buffer = stackalloc byte[ClockTickDecoder.FrameLength];
        ClockTickEncoder.Wrap(buffer).SetReason(reason);
        if (!TryStage(buffer, now))
        {
            return false;
        }

        var counter = reason == TickReason.Quiet ? counters.QuietTicks : counters.PendingTicks;
        counter.Increment();
        return true;
    }

    public bool TryLead(TimeNanos now)
    {
        Span<byte> buffer = stackalloc byte[LeaderTermDecoder.FrameLength];
        LeaderTermEncoder.Wrap(buffer).SetTerm(publisher.Term)
            .SetFirstSequence((ulong)publisher.LastSequence.Value + 1);
        return TryStage(buffer, now);
    }

    public bool TryAdmit(bool isRefusing, TimeNanos now)
    {
        Span<byte> buffer = stackalloc byte[AdmissionChangeDecoder.FrameLength];
        AdmissionChangeEncoder.Wrap(buffer).SetIsRefusing(isRefusing ? (byte)1 : (byte)0);
        return TryStage(buffer, now);
    }

    public bool TryOpen(SessionHandle session, UInt128 id, Participant participant, bool cancelOnDisconnect, TimeNanos now)
    {
        Span<byte> buffer = stackalloc byte[SessionOpenedDecoder.FrameLength];
        Span<byte> idBytes = stackalloc byte[16];
        MemoryMarshal.Write(idBytes, in id);
        SessionOpenedEncoder.Wrap(buffer).SetSessionHandle(session.Value).SetAccountId(participant.Account.Value)
            .SetSessionId(idBytes).SetRoles((SessionRoles)participant.Roles)
            .SetCancelOnDisconnect(cancelOnDisconnect ? (byte)1 : (byte)0);
        return TryStage(buffer, now);
    }

    public bool TryClose(SessionHandle session, CloseReason reason, TimeNanos now)
    {
        Span<byte> buffer = stackalloc byte[SessionClosedDecoder.FrameLength];
        SessionClosedEncoder.Wrap(buffer).SetSessionHandle(session.Value).SetReason(reason);
        return TryStage(buffer, now);
    }

    private bool TryStage(ReadOnlySpan<byte> frame, TimeNanos now) =>
        publisher.TryStage(RecordSource.Sequencer, SessionHandle.None, now, frame);
}
