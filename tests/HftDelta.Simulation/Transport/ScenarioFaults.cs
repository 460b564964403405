using HftDelta.Simulation.Network;

namespace HftDelta.Simulation.Transport;

/// <summary>Makes the faults of a scenario happen and end. Owner: the run.</summary>
internal sealed class ScenarioFaults(
    TransportScenario scenario, SimulatedNetwork network, IReadOnlyList<TransportMachine> machines, WireAudit audit)
{
    private readonly bool[] _isActive = new bool[scenario.Faults.Length];
    private readonly bool[] _isOver = new bool[scenario.Faults.Length];
    private int _overCount;

    public void Turn(ulong nowNanos)
    {
        if (_overCount == _isOver.Length)
        {
            return;
        }

        var hasChanged = false;
        for (var index = 0; index < _isActive.Length; index++)
        {
            var fault = scenario.Faults[index];
            if (!_isActive[index] && !_isOver[index] && nowNanos >= fault.AtNanos)
            {
                _isActive[index] = true;
                hasChanged = true;
                Begin(fault);
            }

            if (_isActive[index] && nowNanos >= fault.AtNanos + fault.ForNanos)
            {
                _isActive[index] = false;
                _isOver[index] = true;
                _overCount++;
                hasChanged = true;
                End(fault);
            }
        }

        if (hasChanged)
        {
            audit.Excuse();
            SetLinks();
            SetPauses();
        }
    }

    private void Begin(FaultPlan fault)
    {
        if (fault.Kind == FaultKind.Kill)
        {
            machines[fault.Machine].Kill();
        }
        else if (fault.Kind == FaultKind.Restart)
        {
            machines[fault.Machine].End();
        }
    }

    private void End(FaultPlan fault)
    {
        if (fault.Kind is FaultKind.Kill or FaultKind.Restart && !IsDown(fault.Machine))
        {
            machines[fault.Machine].Start();
        }
    }

    // Another fault may hold the machine down still.
    private bool IsDown(int machine)
    {
        for (var index = 0; index < _isActive.Length; index++)
        {
            var fault = scenario.Faults[index];
            if (_isActive[index] && fault.Machine == machine && fault.Kind is FaultKind.Kill or FaultKind.Restart)
            {
                return true;
            }
        }

        return false;
    }

    private void SetLinks()
    {
        network.ClearLinks();
        for (var index = 0; index < _isActive.Length; index++)
        {
            var fault = scenario.Faults[index];
            var machine = machines[fault.Machine].Host.Address;
            if (!_isActive[index])
            {
                continue;
            }

            if (fault.Kind == FaultKind.CutOneWay)
            {
                network.SetLink(machine, machines[fault.Peer].Host.Address, LinkConditions.Cut);
            }
            else if (fault.Kind == FaultKind.CutOff)
            {
                network.SetLink(machine, default, LinkConditions.Cut);
                network.SetLink(default, machine, LinkConditions.Cut);
            }
        }
    }

    private void SetPauses()
    {
        foreach (var machine in machines)
        {
            machine.IsPaused = IsActive(FaultKind.Pause, machine.Number);
            machine.AreReadersPaused = IsActive(FaultKind.ReadersPause, machine.Number);
        }
    }

    private bool IsActive(FaultKind kind, int machine)
    {
        for (var index = 0; index < _isActive.Length; index++)
        {
            if (_isActive[index] && scenario.Faults[index].Kind == kind && scenario.Faults[index].Machine == machine)
            {
                return true;
            }
        }

        return false;
    }
}
