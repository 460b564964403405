using HftDelta.Engine.Collateral;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Reads and changes haircuts and limits of assets. What is held above a new limit stays; nothing is added to it. Owner: the
/// engine agent.
/// </summary>
internal sealed class AssetParameters(VenueState state)
{
    public static long Read(in AssetRecord record, ParameterId parameter) => parameter switch
    {
        ParameterId.AssetHaircutPpm => record.HaircutPpm,
        ParameterId.AssetVenueMaxAtoms => record.VenueMaxAtoms,
        _ => record.AccountMaxAtoms,
    };

    public bool CanHave(uint asset, ParameterId parameter, long value)
    {
        var changed = state.Assets.Read(asset);
        Set(ref changed, parameter, value);
        return AssetCommands.AreValid(changed);
    }

    /// <summary>A value that it can have.</summary>
    public void Set(uint asset, ParameterId parameter, long value)
    {
        Set(ref state.Assets.Write(asset), parameter, value);
        state.MarkVersion++;
    }

    private static void Set(ref AssetRecord record, ParameterId parameter, long value)
    {
        switch (parameter)
        {
            case ParameterId.AssetHaircutPpm: record.HaircutPpm = (uint)value; break;
            case ParameterId.AssetVenueMaxAtoms: record.VenueMaxAtoms = value; break;
            default: record.AccountMaxAtoms = value; break;
        }
    }
}
