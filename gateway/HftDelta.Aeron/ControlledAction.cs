namespace HftDelta.Aeron;

/// <summary>What a controlled poll does after a fragment.</summary>
public enum ControlledAction
{
    /// <summary>Goes on; the position is told at the end of the poll.</summary>
    Continue = 0,

    /// <summary>Tells the position up to and with this fragment, then goes on.</summary>
    Commit,

    /// <summary>Ends the poll behind this fragment.</summary>
    Break,

    /// <summary>Ends the poll before this fragment: it comes again next time.</summary>
    Abort,
}
