namespace Disruptor.Util;

/// <summary>How far apart words of different writers stand.</summary>
internal static class Padding
{
    /// <summary>Two cache lines of 64 bytes: the unit in which neighbouring lines are prefetched.</summary>
    public const int Bytes = 128;
}
