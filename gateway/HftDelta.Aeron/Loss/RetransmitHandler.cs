namespace HftDelta.Aeron.Loss;

/// <summary>
/// Remembers the range that was sent again last, so that the NAKs that were on their way meanwhile do not send it once more.
/// Unicast has this one slot, which a gap elsewhere takes over. Owner: the sender.
/// </summary>
internal sealed class RetransmitHandler(long lingerNanos)
{
    private bool _isActive;
    private int _termId;
    private int _termOffset;
    private int _lengthBytes;
    private long _sentNanos;

    /// <returns>True when the range is to be sent; it counts as sent then.</returns>
    public bool OnNak(int termId, int termOffset, int lengthBytes, long nowNanos)
    {
        if (_isActive && nowNanos - _sentNanos > lingerNanos)
        {
            _isActive = false;
        }

        if (_isActive && termId == _termId && termOffset >= _termOffset && termOffset < _termOffset + _lengthBytes)
        {
            return false;
        }

        _isActive = true;
        _termId = termId;
        _termOffset = termOffset;
        _lengthBytes = lengthBytes;
        _sentNanos = nowNanos;
        return true;
    }
}
