using HftDelta.Engine.Markets;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>
/// Reads and changes the parameters of instruments, which are their trading rules. They bind what comes after them; resting
/// orders stay as they are. Owner: the engine agent.
/// </summary>
internal sealed class InstrumentParameters(VenueState state, RulesCommands rules)
{
    public static long Read(in RulesRecord record, ParameterId parameter, uint row) => parameter switch
    {
        ParameterId.StaticBandPpm => record.StaticBandPpm,
        ParameterId.DynamicBandPpm => record.DynamicBandPpm,
        ParameterId.BandMinimumTicks => record.BandMinimumTicks,
        ParameterId.LotSize => record.LotSize,
        ParameterId.OrderLotsMax => record.OrderLotsMax,
        ParameterId.PositionLotsMax => record.PositionLotsMax,
        ParameterId.AccountOrdersMax => record.AccountOrdersMax,
        ParameterId.OpeningAuctionNanos => (long)record.OpeningAuctionNanos,
        ParameterId.VolatilityAuctionNanos => (long)record.VolatilityAuctionNanos,
        ParameterId.IncrementFromPrice => row < record.IncrementCount ? record.Increments[(int)row].FromPrice : 0,
        ParameterId.Increment => row < record.IncrementCount ? record.Increments[(int)row].Increment : 0,
        _ => 0,
    };

    /// <summary>Whether the instrument, which is live, can have this value beside its others.</summary>
    public bool CanHave(in ParameterKey key, long value)
    {
        var changed = state.Markets.Rules.Read(key.Scope);
        return TrySet(ref changed, key, value) && rules.CanSet(key.Scope, changed);
    }

    /// <summary>A value that it can have.</summary>
    public void Set(in ParameterKey key, long value)
    {
        var changed = state.Markets.Rules.Read(key.Scope);
        TrySet(ref changed, key, value);
        rules.Set(key.Scope, changed);
    }

    private static bool TrySet(ref RulesRecord record, in ParameterKey key, long value)
    {
        switch (key.Kind)
        {
            case ParameterId.StaticBandPpm: record.StaticBandPpm = (uint)value; return true;
            case ParameterId.DynamicBandPpm: record.DynamicBandPpm = (uint)value; return true;
            case ParameterId.BandMinimumTicks: record.BandMinimumTicks = (uint)value; return true;
            case ParameterId.LotSize: record.LotSize = value; return true;
            case ParameterId.OrderLotsMax: record.OrderLotsMax = value; return true;
            case ParameterId.PositionLotsMax: record.PositionLotsMax = value; return true;
            case ParameterId.AccountOrdersMax: record.AccountOrdersMax = (uint)value; return true;
            case ParameterId.OpeningAuctionNanos: record.OpeningAuctionNanos = (ulong)value; return true;
            case ParameterId.VolatilityAuctionNanos: record.VolatilityAuctionNanos = (ulong)value; return true;
            case ParameterId.IncrementFromPrice: return TrySetFromPrice(ref record, key.Row, value);
            case ParameterId.Increment when key.Row < record.IncrementCount:
                record.Increments[(int)key.Row].Increment = value;
                return true;
            default: return false;
        }
    }

    /// <summary>The row behind the last one is a new one, with an increment of 1; the price 0 takes the last one away.</summary>
    private static bool TrySetFromPrice(ref RulesRecord record, uint row, long value)
    {
        if (value == 0)
        {
            if (row + 1 != record.IncrementCount)
            {
                return false;
            }

            record.Increments[(int)row] = default;
            record.IncrementCount = row;
            return true;
        }

        if (row > record.IncrementCount)
        {
            return false;
        }

        if (row == record.IncrementCount)
        {
            record.Increments[(int)row].Increment = 1;
            record.IncrementCount++;
        }

        record.Increments[(int)row].FromPrice = value;
        return true;
    }
}
