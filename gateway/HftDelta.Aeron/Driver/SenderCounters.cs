using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Counters of the sender, which alone writes them. Every control frame that is not put to use is counted by the reason why.
/// </summary>
internal sealed class SenderCounters
{
    private readonly Counter[] _faults;

    public SenderCounters(AeronCounterAllocation allocate)
    {
        Datagrams = allocate("hftdelta_aeron_datagrams_total", "direction=sent", CounterUnit.Count);
        Bytes = allocate("hftdelta_aeron_bytes_total", "direction=sent", CounterUnit.Bytes);
        Frames = allocate("hftdelta_aeron_frames_total", "direction=sent", CounterUnit.Count);
        Setups = allocate("hftdelta_aeron_setups_total", "direction=sent", CounterUnit.Count);
        Heartbeats = allocate("hftdelta_aeron_heartbeats_total", "direction=sent", CounterUnit.Count);
        StatusMessages = allocate("hftdelta_aeron_status_messages_total", "direction=received", CounterUnit.Count);
        StatusMessagesRefused = allocate("hftdelta_aeron_status_messages_refused_total", "", CounterUnit.Count);
        Naks = allocate("hftdelta_aeron_naks_total", "direction=received", CounterUnit.Count);
        Retransmits = allocate("hftdelta_aeron_retransmits_total", "", CounterUnit.Count);
        RetransmitOverflows = allocate("hftdelta_aeron_retransmit_overflows_total", "", CounterUnit.Count);
        RetransmittedBytes = allocate("hftdelta_aeron_retransmitted_bytes_total", "", CounterUnit.Bytes);
        FlowControlLimits = allocate("hftdelta_aeron_flow_control_limits_total", "", CounterUnit.Count);
        ShortSends = allocate("hftdelta_aeron_short_sends_total", "", CounterUnit.Count);
        PeerUnreachable = allocate("hftdelta_aeron_peer_unreachable_total", "", CounterUnit.Count);
        SendFailures = allocate("hftdelta_aeron_socket_failures_total", "direction=sent", CounterUnit.Count);
        Errors = allocate("hftdelta_aeron_error_frames_total", "direction=received", CounterUnit.Count);
        DestinationsRefused = allocate("hftdelta_aeron_destinations_refused_total", "", CounterUnit.Count);
        NoPublication = Drop(allocate, "no_publication");
        NotForSenders = Drop(allocate, "not_for_senders");
        NaksOutside = Drop(allocate, "nak_outside");
        NaksCovered = Drop(allocate, "nak_covered");
        Unasked = Drop(allocate, "unasked");
        DatagramsInvalid = allocate("hftdelta_aeron_invalid_datagrams_total", "socket=control", CounterUnit.Count);
        _faults = FaultCounters.Allocate(allocate, "hftdelta_aeron_control_frame_faults_total");
        Truncated = allocate("hftdelta_aeron_control_frame_faults_total", "fault=truncated", CounterUnit.Count);
    }

    public Counter Datagrams { get; }

    public Counter Bytes { get; }

    /// <summary>Frames of data and padding; a long message is several.</summary>
    public Counter Frames { get; }

    public Counter Setups { get; }

    public Counter Heartbeats { get; }

    public Counter StatusMessages { get; }

    /// <summary>Status messages that name a place the stream cannot be at.</summary>
    public Counter StatusMessagesRefused { get; }

    public Counter Naks { get; }

    /// <summary>NAKs that were answered.</summary>
    public Counter Retransmits { get; }

    /// <summary>NAKs that were not answered because too many ranges were under way.</summary>
    public Counter RetransmitOverflows { get; }

    public Counter RetransmittedBytes { get; }

    /// <summary>How often a sender had data and its receiver no room for it.</summary>
    public Counter FlowControlLimits { get; }

    /// <summary>Datagrams that the system had no room for; they are sent later.</summary>
    public Counter ShortSends { get; }

    /// <summary>How often the network told that nobody listens at the peer's address.</summary>
    public Counter PeerUnreachable { get; }

    public Counter SendFailures { get; }

    /// <summary>Receivers that refused a stream.</summary>
    public Counter Errors { get; }

    /// <summary>Receivers that announced themselves when there were too many.</summary>
    public Counter DestinationsRefused { get; }

    /// <summary>Control frames of streams that are not sent here.</summary>
    public Counter NoPublication { get; }

    /// <summary>Frames that only receivers take, and those that nobody does.</summary>
    public Counter NotForSenders { get; }

    /// <summary>NAKs for what was never sent, or so long ago that it may be blanked.</summary>
    public Counter NaksOutside { get; }

    /// <summary>NAKs for what is under way or was sent again a moment ago.</summary>
    public Counter NaksCovered { get; }

    /// <summary>Answers to what was not asked, and refusals by receivers that were not there.</summary>
    public Counter Unasked { get; }

    /// <summary>Datagrams with a fault, of whatever kind.</summary>
    public Counter DatagramsInvalid { get; }

    /// <summary>Datagrams longer than any control frame.</summary>
    public Counter Truncated { get; }

    /// <summary>A datagram that breaks the rules of its frame.</summary>
    public void Count(FrameFault fault)
    {
        DatagramsInvalid.Increment();
        _faults[(int)fault - 1].Increment();
    }

    /// <summary>What became of a datagram: its length, or one of <see cref="DatagramResult"/>.</summary>
    public void CountSent(int sent, int lengthBytes)
    {
        if (sent == lengthBytes)
        {
            Datagrams.Increment();
            Bytes.Add(sent);
        }
        else
        {
            CountFailure(sent);
        }
    }

    public void CountSentBatch(int sent, ReadOnlySpan<int> lengthsBytes)
    {
        if (sent <= 0)
        {
            CountFailure(sent);
            return;
        }

        var sum = 0L;
        foreach (var length in lengthsBytes[..sent])
        {
            sum += length;
        }

        Datagrams.Add(sent);
        Bytes.Add(sum);
    }

    public void CountFailure(int result)
    {
        var counter = result switch
        {
            DatagramResult.WouldBlock => ShortSends,
            DatagramResult.PeerUnreachable => PeerUnreachable,
            _ => SendFailures,
        };
        counter.Increment();
    }

    private static Counter Drop(AeronCounterAllocation allocate, string reason) =>
        allocate("hftdelta_aeron_dropped_control_datagrams_total", $"reason={reason}", CounterUnit.Count);
}
