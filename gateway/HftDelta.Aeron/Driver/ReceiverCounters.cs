using HftDelta.Aeron.Frames;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// Counters of the receiver, which alone writes them. Every datagram that is not put to use is counted by the reason why.
/// </summary>
internal sealed class ReceiverCounters
{
    private readonly Counter[] _faults;

    public ReceiverCounters(AeronCounterAllocation allocate)
    {
        Datagrams = allocate("hftdelta_aeron_datagrams_total", "direction=received", CounterUnit.Count);
        Bytes = allocate("hftdelta_aeron_bytes_total", "direction=received", CounterUnit.Bytes);
        Frames = allocate("hftdelta_aeron_frames_total", "direction=received", CounterUnit.Count);
        Setups = allocate("hftdelta_aeron_setups_total", "direction=received", CounterUnit.Count);
        Heartbeats = allocate("hftdelta_aeron_heartbeats_total", "direction=received", CounterUnit.Count);
        StatusMessages = allocate("hftdelta_aeron_status_messages_total", "direction=sent", CounterUnit.Count);
        SetupsElicited = allocate("hftdelta_aeron_setups_elicited_total", "", CounterUnit.Count);
        Naks = allocate("hftdelta_aeron_naks_total", "direction=sent", CounterUnit.Count);
        Errors = allocate("hftdelta_aeron_errors_total", "direction=sent", CounterUnit.Count);
        RoundTripRequests = allocate("hftdelta_aeron_round_trip_requests_total", "direction=sent", CounterUnit.Count);
        ResponseSetups = allocate("hftdelta_aeron_response_setups_total", "direction=sent", CounterUnit.Count);
        Losses = allocate("hftdelta_aeron_losses_total", "", CounterUnit.Count);
        LostBytes = allocate("hftdelta_aeron_lost_bytes_total", "", CounterUnit.Bytes);
        GapsFilled = allocate("hftdelta_aeron_gaps_filled_total", "", CounterUnit.Count);
        ImagesRejected = allocate("hftdelta_aeron_images_ended_total", "reason=rejected", CounterUnit.Count);
        ImagesRevoked = allocate("hftdelta_aeron_images_ended_total", "reason=revoked", CounterUnit.Count);
        Duplicates = Drop(allocate, "duplicate");
        OverRuns = Drop(allocate, "over_run");
        UnderRuns = Drop(allocate, "under_run");
        NoInterest = Drop(allocate, "no_interest");
        NoImage = Drop(allocate, "no_image");
        Ended = Drop(allocate, "ended");
        Rejected = Drop(allocate, "rejected");
        ForeignSource = Drop(allocate, "foreign_source");
        SetupsRefused = Drop(allocate, "setup_refused");
        PendingRefused = Drop(allocate, "pending_refused");
        NotForReceivers = Drop(allocate, "not_for_receivers");
        Unasked = Drop(allocate, "unasked");
        DatagramsInvalid = allocate("hftdelta_aeron_invalid_datagrams_total", "socket=data", CounterUnit.Count);
        _faults = FaultCounters.Allocate(allocate, "hftdelta_aeron_frame_faults_total");
        Truncated = allocate("hftdelta_aeron_frame_faults_total", "fault=truncated", CounterUnit.Count);
        ShortSends = allocate("hftdelta_aeron_short_sends_total", "socket=data", CounterUnit.Count);
        SocketFailures = allocate("hftdelta_aeron_socket_failures_total", "direction=received", CounterUnit.Count);
    }

    public Counter Datagrams { get; }

    public Counter Bytes { get; }

    /// <summary>Frames of data and padding that were put into a term.</summary>
    public Counter Frames { get; }

    public Counter Setups { get; }

    public Counter Heartbeats { get; }

    public Counter StatusMessages { get; }

    /// <summary>How often a stream without an image was asked for its SETUP.</summary>
    public Counter SetupsElicited { get; }

    public Counter Naks { get; }

    /// <summary>How often senders were told that their stream is refused.</summary>
    public Counter Errors { get; }

    public Counter RoundTripRequests { get; }

    public Counter ResponseSetups { get; }

    /// <summary>Gaps that were found.</summary>
    public Counter Losses { get; }

    public Counter LostBytes { get; }

    /// <summary>Gaps of unreliable streams that were skipped.</summary>
    public Counter GapsFilled { get; }

    /// <summary>Streams that the application refused, or whose frames contradicted each other.</summary>
    public Counter ImagesRejected { get; }

    /// <summary>Streams that their publisher took back.</summary>
    public Counter ImagesRevoked { get; }

    public Counter Duplicates { get; }

    /// <summary>Data further ahead than there is room for.</summary>
    public Counter OverRuns { get; }

    /// <summary>Data that was read long ago.</summary>
    public Counter UnderRuns { get; }

    /// <summary>Data that nobody subscribed to.</summary>
    public Counter NoInterest { get; }

    /// <summary>Data of a session whose SETUP is waited for, whose image is being made, or which is not taken up again.</summary>
    public Counter NoImage { get; }

    /// <summary>Data of a stream that has ended.</summary>
    public Counter Ended { get; }

    /// <summary>Data of a stream that the application refused.</summary>
    public Counter Rejected { get; }

    /// <summary>Data of a session from another address than its own.</summary>
    public Counter ForeignSource { get; }

    /// <summary>SETUPs with longer terms or datagrams than allowed, or beyond the number of images.</summary>
    public Counter SetupsRefused { get; }

    /// <summary>Data of unknown sessions beyond the number that is asked for a SETUP at once.</summary>
    public Counter PendingRefused { get; }

    /// <summary>Frames that only senders take.</summary>
    public Counter NotForReceivers { get; }

    /// <summary>Answers to what was not asked.</summary>
    public Counter Unasked { get; }

    /// <summary>Datagrams with a fault, of whatever kind.</summary>
    public Counter DatagramsInvalid { get; }

    /// <summary>Datagrams longer than any that a sender may send.</summary>
    public Counter Truncated { get; }

    public Counter ShortSends { get; }

    public Counter SocketFailures { get; }

    /// <summary>A datagram that breaks the rules of its frame.</summary>
    public void Count(FrameFault fault)
    {
        DatagramsInvalid.Increment();
        _faults[(int)fault - 1].Increment();
    }

    private static Counter Drop(AeronCounterAllocation allocate, string reason) =>
        allocate("hftdelta_aeron_dropped_datagrams_total", $"reason={reason}", CounterUnit.Count);
}
