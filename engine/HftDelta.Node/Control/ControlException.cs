namespace HftDelta.Node.Control;

/// <summary>A request that makes no sense to this venue: what is wrong, and what to do.</summary>
internal sealed class ControlException(string what, string next) : Exception(what)
{
    public string Next => next;
}
