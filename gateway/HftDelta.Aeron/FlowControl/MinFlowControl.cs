using HftDelta.Aeron.Frames;

namespace HftDelta.Aeron.FlowControl;

/// <summary>
/// The slowest receiver decides: of all, or of those that send the group's tag. A receiver counts from its first status message
/// until it says goodbye, refuses the stream or is silent for too long. While fewer than the group needs are there, nothing
/// moves. Owner: the sender.
/// </summary>
/// <param name="groupTag">Which tag makes a receiver count; null for all.</param>
/// <param name="groupSizeMin">How many have to be there.</param>
/// <param name="receiverTimeoutNanos">How long one may be silent.</param>
/// <param name="retransmitWindowMultiple">See <see cref="SenderFlowControl.RetransmitLength"/>.</param>
internal sealed class MinFlowControl(long? groupTag, int groupSizeMin, long receiverTimeoutNanos, int retransmitWindowMultiple)
    : SenderFlowControl(retransmitWindowMultiple)
{
    // Ids come from the wire: their number is bounded. Those above it are served and hold nothing back.
    internal const int ReceiversMax = 256;

    private Receiver[] _receivers = new Receiver[4];
    private int _count;
    private bool _isSetupAskedByGroup;
    private long? _setupSenderLimit;
    private long _setupNanos;

    public override bool HasRequiredReceivers => _count >= groupSizeMin;

    public override int ReceiverCount => _count;

    public override long OnStatusMessage(in StatusMessageFrame status, long position, long senderLimit, long nowNanos)
    {
        var limit = position + status.ReceiverWindow;
        if (IsOfGroup(status.GroupTag))
        {
            var index = IndexOf(status.ReceiverId);
            if (index >= 0)
            {
                _receivers[index] = new Receiver(status.ReceiverId, limit, nowNanos, status.IsEndOfStream);
            }
            else if (!status.IsEndOfStream && IsWithReach(limit, status.ReceiverWindow, nowNanos))
            {
                Add(new Receiver(status.ReceiverId, limit, nowNanos, HasEnded: false));
            }
        }

        if (!HasRequiredReceivers)
        {
            return senderLimit;
        }

        return Math.Max(senderLimit, _count == 0 ? limit : LimitOfSlowest(nowNanos));
    }

    public override void OnSetupAsked(in StatusMessageFrame status) => _isSetupAskedByGroup |= IsOfGroup(status.GroupTag);

    // Whoever asked for the SETUP joins at the position that it tells: until its first status message the sender stays within
    // what was allowed then, or the newcomer would find itself left behind.
    public override void OnSetupSent(long senderLimit, long nowNanos)
    {
        if (_isSetupAskedByGroup && _count > 0)
        {
            _setupSenderLimit = senderLimit;
            _setupNanos = nowNanos;
        }

        _isSetupAskedByGroup = false;
    }

    public override void OnError(in ErrorFrame error)
    {
        var index = IsOfGroup(error.HasGroupTag ? error.GroupTag : null) ? IndexOf(error.ReceiverId) : -1;
        if (index >= 0)
        {
            _receivers[index] = _receivers[index] with { HasEnded = true };
        }
    }

    public override long OnIdle(long senderLimit, long nowNanos)
    {
        for (var index = _count - 1; index >= 0; index--)
        {
            ref var receiver = ref _receivers[index];
            if (receiver.HasEnded || nowNanos - receiver.LastNanos > receiverTimeoutNanos)
            {
                receiver = _receivers[--_count];
            }
        }

        return _count == 0 || !HasRequiredReceivers ? senderLimit : LimitOfSlowest(nowNanos);
    }

    private bool IsOfGroup(long? tag) => groupTag is null || tag == groupTag;

    // One that is further behind than its own window would stop all others until it has caught up.
    private bool IsWithReach(long limit, int window, long nowNanos) => _count == 0 || limit >= LimitOfSlowest(nowNanos) - window;

    private long LimitOfSlowest(long nowNanos)
    {
        if (_setupSenderLimit is not null && nowNanos - _setupNanos > receiverTimeoutNanos)
        {
            _setupSenderLimit = null;
        }

        var slowest = _setupSenderLimit ?? long.MaxValue;
        for (var index = 0; index < _count; index++)
        {
            slowest = Math.Min(slowest, _receivers[index].Limit);
        }

        return slowest;
    }

    private int IndexOf(long receiverId)
    {
        for (var index = 0; index < _count; index++)
        {
            if (_receivers[index].Id == receiverId)
            {
                return index;
            }
        }

        return -1;
    }

    private void Add(in Receiver receiver)
    {
        if (_count == ReceiversMax)
        {
            return;
        }

        if (_count == _receivers.Length)
        {
            Array.Resize(ref _receivers, _count * 2);
        }

        _receivers[_count++] = receiver;
        _setupSenderLimit = null;
    }

    private readonly record struct Receiver(long Id, long Limit, long LastNanos, bool HasEnded);
}
