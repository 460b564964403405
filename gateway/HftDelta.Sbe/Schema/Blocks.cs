namespace HftDelta.Sbe.Schema;

/// <summary>Limits of what the compiler lays out; far above any schema in use, low enough that no sum overflows.</summary>
internal static class Blocks
{
    public const int LongestBlock = 1 << 24;
}
