using System.Globalization;
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

    /// <summary>Told in the operator's words, once for each change.</summary>
    public required Action<string> Tell { get; init; }
}

/// <summary>
/// Watches whether the journal has room to go on. A refusal of the disk is told when it begins and when it is over; while the
/// current segment lasts nothing else happens. Once that is full the journal stands still, the rings fill and no input is
/// taken; after a stated time of that the process ends. What was acknowledged is in the journal all the while. Owner: the
/// monitor's thread.
/// </summary>
public sealed class JournalRoomWatch
{
    private const double NanosPerSecond = 1e9;

    private readonly JournalRoomWiring _wiring;
    private bool _isRefused;
    private bool _isStalled;
    private ulong _stalledSince;
    private long _consumed;

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
