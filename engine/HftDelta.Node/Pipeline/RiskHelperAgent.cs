using HftDelta.Engine.Risk;
using HftDelta.Runtime.Agents;

namespace HftDelta.Node.Pipeline;

/// <summary>
/// A risk worker beside the first one: computes its part of each computation. Owner: its thread; it reads what is frozen until
/// it says that it is done, and writes the results of its own instruments.
/// </summary>
/// <param name="workspace">What is computed with.</param>
/// <param name="team">Where the first worker asks.</param>
/// <param name="place">From 1.</param>
public sealed class RiskHelperAgent(RiskWorkspace workspace, RiskTeam team, int place) : IAgent
{
    public string RoleName { get; } = $"risk-{place}";

    public void OnStart()
    {
    }

    /// <summary>Its part of one computation.</summary>
    public int DoWork()
    {
        if (!team.TryTake(place, out var underlying))
        {
            return 0;
        }

        workspace.ComputePart(underlying, place, team.Workers);
        team.Done(place);
        return 1;
    }

    public void OnClose()
    {
    }
}
