namespace HftDelta.Runtime.Agents;

/// <summary>
/// Something that runs by duty cycles: it owns its state, never blocks and never makes a thread. Which thread calls it, on
/// which core and how that thread waits is configuration; tests call <see cref="DoWork"/> by hand.
/// </summary>
public interface IAgent
{
    /// <summary>Short name for threads, counters and messages, such as <c>journal</c>.</summary>
    string RoleName { get; }

    /// <summary>Called once, on the agent's own thread, before the first duty cycle.</summary>
    void OnStart();

    /// <summary>One duty cycle.</summary>
    /// <returns>How much was done; 0 lets the thread idle.</returns>
    int DoWork();

    /// <summary>
    /// Called once, on the agent's own thread, after the last duty cycle. Not called after a duty cycle that threw: what
    /// the agent holds is then in doubt, and coming back from a killed process is the path that is tested.
    /// </summary>
    void OnClose();
}
