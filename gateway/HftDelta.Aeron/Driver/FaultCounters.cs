using HftDelta.Aeron.Frames;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Driver;

/// <summary>One counter for each way in which a datagram may break the rules of its frame.</summary>
internal static class FaultCounters
{
    /// <returns>In the order of <see cref="FrameFault"/>, without the first, which is none.</returns>
    public static Counter[] Allocate(AeronCounterAllocation allocate, string name) =>
    [
        .. Enum.GetValues<FrameFault>().Order().Where(static fault => fault != FrameFault.None).Select(fault =>
            allocate(name, $"fault={WordsOf(fault)}", CounterUnit.Count)),
    ];

    // "TooShort" is too_short.
    private static string WordsOf(FrameFault fault) =>
        string.Concat(fault.ToString().Select(static (letter, index) =>
            char.IsUpper(letter) && index > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
