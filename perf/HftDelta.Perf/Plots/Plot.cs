namespace HftDelta.Perf.Plots;

/// <summary>How a line looks. What differs by colour differs by another sign as well.</summary>
internal enum LineStyle
{
    Solid,

    /// <summary>Floors.</summary>
    Dashed,

    /// <summary>Fits and limits.</summary>
    Dotted,

    /// <summary>No line: a bar from the bottom for each point.</summary>
    Bars,
}

/// <summary>A line of a plot. A point that is not a number breaks it.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Colour">Place in the palette, from 0.</param>
/// <param name="Style">How it is drawn.</param>
/// <param name="Points">In the order of x.</param>
internal sealed record PlotLine(string Name, int Colour, LineStyle Style, IReadOnlyList<PlotPoint> Points);

/// <param name="X">On the axis below.</param>
/// <param name="Y">On the axis at the left.</param>
/// <param name="Words">What a reader who points at it is told; a point without words has no mark.</param>
internal readonly record struct PlotPoint(double X, double Y, string? Words = null);

/// <summary>A picture of lines over two axes.</summary>
internal sealed record Plot(string Title, Axis Horizontal, Axis Vertical, IReadOnlyList<PlotLine> Lines);
