using HftDelta.Engine.Settlement;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Reads and changes the terms of the settlement pool. What was borrowed up to now costs what it cost by the old terms.
/// Owner: the engine agent.
/// </summary>
internal sealed class PoolParameters(VenueState state)
{
    public static long Read(in PoolRecord record, ParameterId parameter) => parameter switch
    {
        ParameterId.PoolShareOfClaimPpm => record.ShareOfClaimPpm,
        ParameterId.PoolCapAtoms => record.CapAtoms,
        ParameterId.PoolKinkPpm => record.KinkPpm,
        ParameterId.PoolIdleRatePpm => record.IdleRatePpm,
        ParameterId.PoolKinkRatePpm => record.KinkRatePpm,
        _ => record.FullRatePpm,
    };

    public bool CanHave(ParameterId parameter, long value)
    {
        var changed = state.Pool.Terms;
        Set(ref changed, parameter, value);
        return SettlementPool.CanHave(changed);
    }

    /// <summary>A value that it can have.</summary>
    public void Set(ParameterId parameter, long value)
    {
        var changed = state.Pool.Terms;
        Set(ref changed, parameter, value);
        state.SetPool(changed);
    }

    private static void Set(ref PoolRecord record, ParameterId parameter, long value)
    {
        switch (parameter)
        {
            case ParameterId.PoolShareOfClaimPpm: record.ShareOfClaimPpm = (uint)value; break;
            case ParameterId.PoolCapAtoms: record.CapAtoms = value; break;
            case ParameterId.PoolKinkPpm: record.KinkPpm = (uint)value; break;
            case ParameterId.PoolIdleRatePpm: record.IdleRatePpm = (uint)value; break;
            case ParameterId.PoolKinkRatePpm: record.KinkRatePpm = (uint)value; break;
            default: record.FullRatePpm = (uint)value; break;
        }
    }
}
