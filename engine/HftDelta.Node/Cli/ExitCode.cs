namespace HftDelta.Node.Cli;

/// <summary>What the process says to whoever started it; docs/exit-codes.md holds the same table.</summary>
public enum ExitCode
{
    Ok = 0,
    Bug = 1,
    Usage = 2,
    Unreachable = 3,
    Timeout = 4,
    Rejected = 5,
    NoSpace = 10,
    TornTailRepaired = 11,
    JournalCorrupt = 12,
    VersionMismatch = 13,
    SyncFailed = 14,
    SchemaIncompatible = 15,
    MalformedMessage = 16,
    AuthenticationFailed = 20,
    KeyProblem = 21,
    StateDivergence = 30,
    LedgerDisagreement = 31,
    NotReconciled = 32,
    CommandBroken = 33,
    BudgetMissed = 40,
    MachineUnfit = 41,
    Interrupted = 130,
}
