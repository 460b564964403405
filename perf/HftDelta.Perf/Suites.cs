using HftDelta.Perf.Books;
using HftDelta.Perf.Codecs;
using HftDelta.Perf.Greeks;
using HftDelta.Perf.Journals;
using HftDelta.Perf.Network;
using HftDelta.Perf.Pipeline;
using HftDelta.Perf.Recovery;
using HftDelta.Perf.Rings;
using HftDelta.Perf.Runtimes;
using HftDelta.Perf.Soak;
using HftDelta.Perf.State;

namespace HftDelta.Perf;

/// <summary>One suite.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Summary">What it is about.</param>
/// <param name="Run">Measures.</param>
/// <param name="Setting">What stands beside its tables.</param>
/// <param name="IsOnDemand">Only where it is named: it takes longer than all others.</param>
public sealed record Suite(
    string Name, string Summary, Func<SuiteOptions, SuiteResult> Run, SuiteSetting? Setting = null,
    bool IsOnDemand = false);

/// <summary>All suites, in the order in which they run.</summary>
public static class Suites
{
    public static readonly IReadOnlyList<Suite> All =
    [
        new("ring", "messages a second in six shapes and round trips, against bare rings and the LMAX Disruptor", RingSuite.Run,
            SuiteSettings.Ring),
        new("kernel", "price and delta of one option in integers against doubles", KernelSuite.Run, SuiteSettings.Kernel),
        new("state-hash", "one record that changed, folded into the state hash, against a CRC32C", StateHashSuite.Run,
            SuiteSettings.StateHash),
        new("codec", "a new order encoded, validated and decoded, against a struct written by hand", CodecSuite.Run,
            SuiteSettings.Codec),
        new("book", "the price-time book on recorded and generated streams against a sorted set and lists", BookSuite.Run,
            SuiteSettings.Book),
        new("engine", "the core alone: client commands applied on one thread, against copies of their frames", EngineSuite.Run,
            SuiteSettings.Engine),
        new("command", "the recorded mix through the whole command path, against the book alone", CommandSuite.Run,
            SuiteSettings.Command),
        new("runtime", "the engine's work and start compiled at run time and ahead of time, in turns", RuntimeSuite.Run,
            SuiteSettings.Runtime),
        new("settlement", "a settlement tick and the install of new deltas, for each instrument", SettlementSuite.Run,
            SuiteSettings.Settlement),
        new("accounts", "settlement by the number of accounts, the touch of an account, a thousand results installed",
            AccountsSuite.Run, SuiteSettings.Accounts),
        new("recovery", "a snapshot of 100,000 accounts written and loaded; its journal replayed, against the core alone",
            RecoverySuite.Run, SuiteSettings.Recovery),
        new("pipeline", "a venue ring to ring: commands per second and latency at fixed rates", PipelineSuite.Run,
            SuiteSettings.Pipeline),
        new("storm", "orders while everything settles: an oracle at 10 Hz and 1 kHz, 500 options, 10,000 accounts",
            StormSuite.Run, SuiteSettings.Storm),
        new("scaling", "a command by accounts, instruments, resting orders, sessions, subscribers, each doubled; the exponent",
            ScalingSuite.Run, SuiteSettings.Scaling),
        new("journal", "appending and group commit, against bare copies and bare pwrite with fdatasync", JournalSuite.Run,
            SuiteSettings.Journal),
        new("aeron", "our Aeron on loopback: round trips and small messages one way, against bare sockets", AeronSuite.Run,
            SuiteSettings.Aeron),
        new("wire", "a venue and a client over UDP on loopback: latency at one rate, against bare sockets", WireSuite.Run,
            SuiteSettings.Wire),
        new("load", "a venue and a client over UDP by load, durability and replica, against bare sockets", LoadSuite.Run,
            SuiteSettings.Load),
        new("soak", "ten minutes at half load with oracle, replica and snapshots: flat memory, equal hashes, nothing lost",
            SoakSuite.Run, SuiteSettings.Soak, IsOnDemand: true),
    ];
}
