namespace HftDelta.Node.Statements;

/// <summary>
/// The cash that fills told, against one's own balance. Reports of one step all tell the cash after the whole step, so an own
/// balance that is built report by report must meet it at the last of them. One thread.
/// </summary>
internal sealed class ToldCash
{
    private bool _isOpen;
    private bool _isMet;

    /// <summary>Told last, in atoms.</summary>
    public long Expected { get; private set; }

    /// <summary>A fill told a cash.</summary>
    /// <param name="told">By the venue.</param>
    /// <param name="own">After the fill.</param>
    /// <returns>False: the step before never met what it told.</returns>
    public bool Take(long told, long own)
    {
        if (_isOpen && Expected != told && !_isMet)
        {
            _isOpen = false;
            return false;
        }

        _isOpen = true;
        Expected = told;
        _isMet = told == own;
        return true;
    }

    /// <summary>The step is over.</summary>
    /// <returns>False: it was not met.</returns>
    public bool End()
    {
        var isMet = !_isOpen || _isMet;
        _isOpen = false;
        return isMet;
    }
}
