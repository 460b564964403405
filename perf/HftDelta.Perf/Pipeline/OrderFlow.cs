using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Units;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// A stream of encoded client commands: first orders that fill the books, then the mix that is measured. Made once, read by
/// every run that is compared.
/// </summary>
internal sealed class OrderFlow(
    NativeSlab<FlowCommand> commands, int prefillCount, double eventsPerCommand, TimeNanos begin) : IDisposable
{
    /// <summary>How often each kind comes, of 100.</summary>
    public const int PassiveShare = 50;

    public const int CancelShare = 40;

    /// <summary>How it is made, in words for the reader of a table.</summary>
    public const string Mix =
        "50 % passive orders within 32 ticks of the middle, 40 % cancels, 10 % aggressive orders (immediate or cancel), 1 to 10 "
        + "lots, 4 accounts, half on a perpetual and half on 8 options, 4,096 orders resting at the start";

    /// <summary>All commands, those of <see cref="PrefillCount"/> included.</summary>
    public int Count => commands.Capacity;

    /// <summary>Venue time at which it begins; options are listed for a month from then.</summary>
    public TimeNanos Begin => begin;

    public int PrefillCount => prefillCount;

    /// <summary>Events of the engine for each command after the first ones, in the order in which they were made.</summary>
    public double EventsPerCommand => eventsPerCommand;

    public ref readonly FlowCommand this[int index] => ref commands[index];

    public void Dispose() => commands.Dispose();
}
