using System.Globalization;
using Disruptor;
using HftDelta.Gateway;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Writing;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Pipeline;

/// <summary>What the watch looks at and what it does about it.</summary>
public sealed record JournalRoomWiring
{
    public required JournalAgent Journal { get; init; }

    public required SegmentPreparer Preparer { get; init; }

    /// <summary>Real time, also where the venue's is virtual: the operator waits in it.</summary>
    public required NanoClock Clock { get; init; }

    /// <summary>The journal may stand still for so long.</summary>
    public required TimeSpan StallMax { get; init; }

    /// <summary>Switched while new orders are to be refused; null: they are taken until the journal stands still.</summary>
    public AdmissionSwitch? Admission { get; init; }

    /// <summary>
    /// With no more room than this, and none to be had, what would be refused is not taken any more; 0: it always is.
    /// </summary>
    public long CancelReserveBytes { get; init; }

    /// <summary>How long the device may owe a sync before new orders are refused.</summary>
    public TimeSpan SyncLagMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Last sequence in the journal.</summary>
    public required Sequence Appended { get; init; }

    /// <summary>Last sequence that is durable.</summary>
    public required Sequence Durable { get; init; }

    /// <summary>Told in the operator's words, once for each change.</summary>
    public required Action<string> Tell { get; init; }
}

/// <summary>
/// Watches whether the journal has room to go on. A refusal of the disk is told when it begins and when it is over; while the
/// current segment lasts new orders are refused, so that what is left of it serves cancels; the same when the device is behind
/// with its syncs. A refusal takes room too: from the reserve on what would be refused is not taken. Once the segment is full
/// the journal stands still, the rings fill and no input is taken; after a stated time of that the process ends. What was
/// acknowledged is in the journal all the while. Owner: the monitor's thread.
/// </summary>
public sealed class JournalRoomWatch
{
    private const double NanosPerSecond = 1e9;

    private readonly JournalRoomWiring _wiring;
    private bool _isRefused;
    private bool _isStalled;
    private ulong _stalledSince;
    private long _consumed;
    private long _durable = -1;
    private ulong _behindSince;
    private ulong _lookedAt;
    private bool _isBehind;
    private bool _isReserveTold;

    public JournalRoomWatch(JournalRoomWiring wiring)
    {
        ArgumentNullException.ThrowIfNull(wiring);
        _wiring = wiring;
    }

    /// <exception cref="JournalException">The journal has stood still for too long: the process must end.</exception>
    public void Look()
    {
        var refusal = _wiring.Preparer.LastRefusal;
        if (refusal is not null && !_isRefused)
        {
            _wiring.Tell(refusal.ToOperatorText("warning"));
        }

        _isRefused |= refusal is not null;
        var isBehind = IsBehind();
        if (isBehind != _isBehind)
        {
            _isBehind = isBehind;
            _wiring.Tell(isBehind
                ? BehindWords()
                : $"HD{(int)JournalFault.SyncBehind} is over: the device keeps up with its syncs again.");
        }

        if (_wiring.Admission is { } admission)
        {
            admission.IsRefusing = refusal is not null || isBehind;
            admission.IsHolding = _wiring.CancelReserveBytes > 0 && refusal is not null
                && _wiring.Preparer.RoomBytes <= _wiring.CancelReserveBytes;
            TellReserve(admission.IsHolding);
        }

        if (_wiring.Journal.IsStalled)
        {
            LookAtStall(refusal);
        }
        else
        {
            _isStalled = false;
        }

        if (_isRefused && refusal is null && !_isStalled)
        {
            _isRefused = false;
            _wiring.Tell($"HD{(int)JournalFault.NoSpace} is over: there is room for the next segment, the journal goes on.");
        }
    }

    /// <summary>Whether something in the journal has waited for its sync for too long.</summary>
    private bool IsBehind()
    {
        var durable = _wiring.Durable.Value;
        var now = _wiring.Clock.Now.Value;
        var lagMax = (ulong)(_wiring.SyncLagMax.TotalSeconds * NanosPerSecond);

        // Whoever has not looked for so long stood still itself, and the device with it for all that is known.
        var hasStoodStill = now - _lookedAt > lagMax / 2;
        _lookedAt = now;
        if (durable != _durable || _wiring.Appended.Value <= durable || hasStoodStill)
        {
            _durable = durable;
            _behindSince = now;
        }

        return now - _behindSince >= lagMax;
    }

    private void TellReserve(bool isHolding)
    {
        if (isHolding && !_isReserveTold)
        {
            _wiring.Tell(
                $"warning HD{(int)JournalFault.NoSpace}: the journal's last {_wiring.CancelReserveBytes:N0} bytes are kept for "
                + "cancels and for what operators do.\n"
                + "  new orders are not taken any more and wait at the client; cancels are served.\n"
                + "  next: free space on the device; it goes on by itself.");
        }

        _isReserveTold = isHolding;
    }

    private string BehindWords() =>
        $"warning HD{(int)JournalFault.SyncBehind}: the device has confirmed nothing for "
        + $"{_wiring.SyncLagMax.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s "
        + $"(durable is record {_durable:N0}).\n"
        + "  new orders are refused, cancels are served; nothing is acknowledged until it answers.\n"
        + "  next: look at the device; it goes on by itself.";

    private void LookAtStall(JournalException? refusal)
    {
        var now = _wiring.Clock.Now.Value;
        var consumed = _wiring.Journal.Consumed.Value;
        if (!_isStalled || consumed != _consumed)
        {
            _stalledSince = now;
            _consumed = consumed;
            if (!_isStalled && refusal is not null)
            {
                TellStall();
            }

            _isStalled = true;
        }

        if (now - _stalledSince >= (ulong)(_wiring.StallMax.TotalSeconds * NanosPerSecond))
        {
            throw TooLong(refusal);
        }
    }

    private void TellStall() => _wiring.Tell(
        $"warning HD{(int)JournalFault.NoSpace}: the journal stands still: its segment is full and there is no room for the "
        + "next.\n  no new input is taken; what was acknowledged is safe.\n"
        + $"  next: free space on the device within {Seconds()} s; then this process ends.");

    private JournalException TooLong(JournalException? refusal)
    {
        var cause = refusal?.InnerException?.Message ?? "the next segment is not ready";
        return new JournalException(
            JournalFault.NoSpace,
            $"the journal has stood still for {Seconds()} s: {cause}\n"
            + "  everything that was acknowledged is in the journal; what it could not take was never acknowledged.\n"
            + "  next: free space on the device, then start again.",
            refusal);
    }

    private string Seconds() => _wiring.StallMax.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
