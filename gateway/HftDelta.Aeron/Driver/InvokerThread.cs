namespace HftDelta.Aeron.Driver;

/// <summary>
/// Which thread drives the whole driver by <see cref="AeronDriver.Invoker"/>, and whether it is inside a turn: between two turns
/// that thread may do the sender's work. Written by that thread alone; any other that asks is told no, since what it sees is
/// never itself.
/// </summary>
internal sealed class InvokerThread
{
    private Thread? _thread;
    private bool _isInside;

    /// <summary>The caller is the thread that drives, and in none of the agents.</summary>
    public bool IsBetweenTurns => ReferenceEquals(Volatile.Read(ref _thread), Thread.CurrentThread) && !_isInside;

    public void BeginTurn()
    {
        _isInside = true;
        if (!ReferenceEquals(_thread, Thread.CurrentThread))
        {
            Volatile.Write(ref _thread, Thread.CurrentThread);
        }
    }

    public void EndTurn() => _isInside = false;

    /// <summary>No more turns.</summary>
    public void Leave() => Volatile.Write(ref _thread, null);
}
