namespace HftDelta.Perf;

/// <summary>What <c>hftdelta-bench</c> can refuse or fail at, by number.</summary>
internal static class BenchErrors
{
    public const int UsageError = 1001;
    public const int WriteError = 1008;
    public const int UnreadableResultsError = 1060;
    public const int CheckError = 1062;
    public const int NoRoomError = 1069;
}

/// <summary>Its exit codes; docs/exit-codes.md has the same.</summary>
internal static class BenchExit
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int BudgetMissed = 40;
    public const int Interrupted = 130;
}
