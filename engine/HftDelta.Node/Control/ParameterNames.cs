using HftDelta.Engine.Governance;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>What people call parameters, what they belong to and what they count. Pure.</summary>
internal static class ParameterNames
{
    /// <summary>A number that this version does not know stays a number.</summary>
    public static string Of(ushort parameter) =>
        Enum.IsDefined((ParameterId)parameter) ? ((ParameterId)parameter).ToString() : parameter == 0 ? "" : $"{parameter}";

    /// <summary>As in <c>--fee-schedule</c>.</summary>
    public static string Of(ParameterScope scope) => scope switch
    {
        ParameterScope.Underlying => "underlying",
        ParameterScope.Instrument => "instrument",
        ParameterScope.FeeSchedule => "fee schedule",
        ParameterScope.Asset => "asset",
        _ => "venue",
    };

    public static string Of(ParameterUnit unit) => unit switch
    {
        ParameterUnit.Ticks => "ticks",
        ParameterUnit.PartsPerMillion => "ppm",
        ParameterUnit.PartsPerBillion => "ppb",
        ParameterUnit.Nanos => "ns",
        ParameterUnit.Lots => "lots",
        ParameterUnit.Orders => "orders",
        ParameterUnit.Sources => "sources",
        ParameterUnit.SourceBits => "source bits",
        ParameterUnit.Atoms => "atoms",
        ParameterUnit.Intervals => "intervals",
        ParameterUnit.Tiers => "tiers",
        ParameterUnit.Times => "times",
        ParameterUnit.FeeSchedule => "fee schedule",
        _ => "",
    };

    /// <summary>What a parameter belongs to; empty when there is no such parameter.</summary>
    public static string OwnerOf(ushort parameter) =>
        ParameterCatalog.TryFind((ParameterId)parameter, out var facts) ? Of(facts.Scope) : "";

    public static string UnitOf(ushort parameter) =>
        ParameterCatalog.TryFind((ParameterId)parameter, out var facts) ? Of(facts.Unit) : "";

    /// <summary>As in "underlying 1", "fee schedule 2 row 3", "every instrument".</summary>
    public static string Subject(string owner, uint scope, uint row) =>
        owner switch
        {
            "" => $"{scope}",
            "venue" => "the venue",
            _ => scope == 0 ? $"every {owner}" : $"{owner} {scope}",
        }
        + (row > 0 ? $" row {row}" : "");
}
