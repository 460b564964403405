using HftDelta.Perf.Pipeline;

namespace HftDelta.Perf;

/// <summary>What stands beside the tables of each suite, in one place so that they say it alike.</summary>
internal static class SuiteSettings
{
    private const string Closed = "closed: the next begins when the one before has ended";
    private const string ClosedCost = Closed + "; a cost, not latency under load";
    private const string Open = "open for latency, each from its intended time of sending; closed for throughput";

    public static readonly SuiteSetting Ring = new()
    {
        Loop = ClosedCost,
        Mix = "messages of two words, all of them checked",
        Threads = "two threads, each pinned to a core where that is permitted; more of them are not",
        Transport = "shared memory",
    };

    public static readonly SuiteSetting Kernel = new() { Loop = ClosedCost, Mix = "calls and puts, near and far" };

    public static readonly SuiteSetting StateHash = new() { Loop = ClosedCost, Mix = "records of 96 bytes" };

    public static readonly SuiteSetting Codec = new() { Loop = ClosedCost, Mix = "new orders" };

    public static readonly SuiteSetting Book = new() { Loop = ClosedCost, Mix = "recorded and generated streams, named below" };

    public static readonly SuiteSetting Engine = new() { Loop = ClosedCost, Mix = OrderFlow.Mix };

    public static readonly SuiteSetting Runtime = new()
    {
        Loop = ClosedCost,
        Mix = OrderFlow.Mix,
        Threads = "one in each process, not pinned; a process stands still while another has its turn",
    };

    public static readonly SuiteSetting Command = new()
    {
        Loop = ClosedCost,
        Mix = "the recorded stream named below, as commands of 1,000 accounts",
    };

    public static readonly SuiteSetting Settlement = new()
    {
        Loop = ClosedCost,
        Mix = "oracle reports, the computation they ask for, the marker that installs it",
    };

    public static readonly SuiteSetting Accounts = new()
    {
        Loop = ClosedCost,
        Mix = "oracle reports, and deposits to 64 accounts between two of them",
    };

    public static readonly SuiteSetting Recovery = new()
    {
        Loop = ClosedCost,
        Mix = "a market of 100,000 accounts as it was recorded",
        Durability = "the snapshot is synced; the journal is read",
    };

    public static readonly SuiteSetting Pipeline = new()
    {
        Loop = Open,
        Rate = "in the labels; throughput as fast as the venue takes it",
        Mix = OrderFlow.Mix,
        Durability = "process: appended to a mapped file before it is answered, not synced",
        Threads = "the venue's as the labels say and one client thread, not pinned",
        Transport = "rings within the process",
    };

    public static readonly SuiteSetting Journal = new()
    {
        Loop = ClosedCost,
        Mix = "records of 128 bytes, in groups named in the labels",
        Durability = "process (appending) and disk (group commit), as the labels say",
    };

    public static readonly SuiteSetting Aeron = new()
    {
        Loop = ClosedCost + "; one way: as much as the window lets go",
        Mix = "messages of 32 and 288 bytes",
        Threads = "two threads, a driver with each; pinned where the notes say so",
        Transport = "UDP on loopback: no wire, no switch, no card",
    };

    public static readonly SuiteSetting Wire = new()
    {
        Loop = Open,
        Rate = "in the labels",
        Mix = "50 % passive orders, 40 % cancels, 10 % that cross, of one client on a perpetual and 8 options",
        Durability = "process: appended to a mapped file before it is answered, not synced",
        Threads = "the venue's one and the client's, not pinned",
        Transport = "UDP on loopback: no wire, no switch, no card",
    };

    public static readonly SuiteSetting Load = new()
    {
        Loop = "open, each from its intended time of sending; the maximum is closed",
        Rate = "10, 50, 80 and 95 % of the maximum of the same venue, as the labels say",
        Mix = Wire.Mix,
        Durability = "process: in mapped memory before it is answered; disk: synced before; as the labels say",
        Threads = "the venue's and the client's, with a replica one more process; not pinned",
        Transport = Wire.Transport,
    };

    public static readonly SuiteSetting Soak = new()
    {
        Loop = "open, each from its intended time of sending; the maximum is closed",
        Rate = "half of the maximum of the same venue; oracle reports at 10 a second",
        Mix = Wire.Mix,
        Durability = Pipeline.Durability,
        Threads = "the venue's, the client, the oracle, and the replica as a process of its own; not pinned",
        Transport = Wire.Transport,
    };

    public static readonly SuiteSetting Storm = new()
    {
        Loop = "open, each from its intended time of sending",
        Rate = "20,000 orders and cancels a second; oracle reports at 10 and 1,000 a second",
        Mix = OrderFlow.Mix,
        Durability = Pipeline.Durability,
        Threads = "the venue's one, its risk worker, the client, the oracle; not pinned",
        Transport = Pipeline.Transport,
    };

    public static readonly SuiteSetting Scaling = new()
    {
        Loop = ClosedCost,
        Mix = "an order that rests and its cancel, by 64 accounts in 16 books",
    };
}
