namespace HftDelta.Aeron.Loss;

/// <summary>
/// A receiver window that grows and shrinks with what the way lets through, by the CUBIC function of RFC 9438, counted in
/// datagrams: at a loss it gives a fifth away, then comes back to where the loss was, slowly around that place and quickly away
/// from it. Owner: the receiver.
/// </summary>
internal sealed class CubicWindow
{
    private const int FirstDatagrams = 10;
    private const double Steepness = 0.4;
    private const double Decrease = 0.2;
    private const double NanosPerSecond = 1e9;
    private const long RoundTripIntervalNanos = 10_000_000;
    private const long RoundTripTimeoutNanos = 1_000_000_000;

    private readonly int _mtuLengthBytes;
    private readonly int _datagramsMax;
    private readonly bool _measures;
    private int _datagrams;
    private int _datagramsAtLoss;
    private double _secondsToPlateau;
    private long _lossNanos;
    private long _updateNanos;
    private long _requestNanos;
    private bool _isRequestOut;

    public CubicWindow(int mtuLengthBytes, int windowLengthBytesMax, bool measures, long roundTripNanos, long nowNanos)
    {
        _mtuLengthBytes = mtuLengthBytes;
        _datagramsMax = Math.Max(1, windowLengthBytesMax / mtuLengthBytes);
        _measures = measures;
        _datagrams = Math.Min(FirstDatagrams, _datagramsMax);
        _lossNanos = nowNanos;
        _updateNanos = nowNanos;
        _requestNanos = nowNanos - RoundTripIntervalNanos;
        RoundTripNanos = roundTripNanos;
        SetPlateau(_datagramsMax);
    }

    public int LengthBytes => _datagrams * _mtuLengthBytes;

    /// <summary>How long a round trip takes, as measured last; an assumption until then.</summary>
    public long RoundTripNanos { get; private set; }

    /// <summary>A loss was found, or time has passed.</summary>
    /// <returns>True when the sender has to hear of the window at once: it shrank.</returns>
    public bool OnProgress(bool isLoss, long nowNanos)
    {
        if (isLoss)
        {
            SetPlateau(_datagrams);
            _datagrams = Math.Max(1, (int)(_datagrams * (1 - Decrease)));
            _lossNanos = nowNanos;
            return true;
        }

        if (_datagrams < _datagramsMax && nowNanos - _updateNanos > RoundTripNanos)
        {
            _updateNanos = nowNanos;
            var seconds = ((nowNanos - _lossNanos) / NanosPerSecond) - _secondsToPlateau;
            var growth = (int)Math.Clamp(Steepness * seconds * seconds * seconds, -_datagramsMax, _datagramsMax);
            _datagrams = Math.Clamp(_datagramsAtLoss + growth, 1, _datagramsMax);
        }

        return false;
    }

    /// <summary>One request at a time is out; one that was lost is given up after a second.</summary>
    public bool IsRequestDue(long nowNanos) =>
        _measures && nowNanos - _requestNanos >= (_isRequestOut ? RoundTripTimeoutNanos : RoundTripIntervalNanos);

    public void OnRequestSent(long nowNanos)
    {
        _requestNanos = nowNanos;
        _isRequestOut = true;
    }

    /// <returns>False for an answer to nothing that was asked.</returns>
    public bool OnAnswer(long echoNanos, long receptionDeltaNanos, long nowNanos)
    {
        var trip = nowNanos - echoNanos;
        if (!_isRequestOut || echoNanos != _requestNanos || receptionDeltaNanos < 0 || receptionDeltaNanos > trip)
        {
            return false;
        }

        _isRequestOut = false;
        RoundTripNanos = trip - receptionDeltaNanos;
        return true;
    }

    private void SetPlateau(int datagrams)
    {
        _datagramsAtLoss = datagrams;
        _secondsToPlateau = Math.Cbrt(datagrams * Decrease / Steepness);
    }
}
