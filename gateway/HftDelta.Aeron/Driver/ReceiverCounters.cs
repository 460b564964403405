using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Driver;

/// <summary>Counters of the receiver, which alone writes them.</summary>
internal sealed class ReceiverCounters
{
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
        Losses = allocate("hftdelta_aeron_losses_total", "", CounterUnit.Count);
        LostBytes = allocate("hftdelta_aeron_lost_bytes_total", "", CounterUnit.Bytes);
        GapsFilled = allocate("hftdelta_aeron_gaps_filled_total", "", CounterUnit.Count);
        Duplicates = Drop(allocate, "duplicate");
        OverRuns = Drop(allocate, "over_run");
        UnderRuns = Drop(allocate, "under_run");
        NoInterest = Drop(allocate, "no_interest");
        ForeignSource = Drop(allocate, "foreign_source");
        SetupsRefused = Drop(allocate, "setup_refused");
        DatagramsInvalid = allocate("hftdelta_aeron_invalid_datagrams_total", "socket=data", CounterUnit.Count);
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

    /// <summary>Gaps that were found.</summary>
    public Counter Losses { get; }

    public Counter LostBytes { get; }

    /// <summary>Gaps of unreliable streams that were skipped.</summary>
    public Counter GapsFilled { get; }

    public Counter Duplicates { get; }

    /// <summary>Data further ahead than there is room for.</summary>
    public Counter OverRuns { get; }

    /// <summary>Data that was read long ago.</summary>
    public Counter UnderRuns { get; }

    /// <summary>Data that nobody subscribed to.</summary>
    public Counter NoInterest { get; }

    /// <summary>Data of a session from another address than its own.</summary>
    public Counter ForeignSource { get; }

    /// <summary>SETUPs with longer terms or datagrams than allowed, or beyond the number of images.</summary>
    public Counter SetupsRefused { get; }

    public Counter DatagramsInvalid { get; }

    public Counter ShortSends { get; }

    public Counter SocketFailures { get; }

    private static Counter Drop(AeronCounterAllocation allocate, string reason) =>
        allocate("hftdelta_aeron_dropped_datagrams_total", $"reason={reason}", CounterUnit.Count);
}
