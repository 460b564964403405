namespace HftDelta.Perf.Plots;

/// <param name="Value">In the axis's own unit.</param>
/// <param name="Label">What stands there; empty for a minor one.</param>
internal readonly record struct AxisTick(double Value, string Label)
{
    public bool IsMajor => Label.Length > 0;
}
