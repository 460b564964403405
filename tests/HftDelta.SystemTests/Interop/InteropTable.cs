using System.Collections.Concurrent;
using System.Globalization;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// What was run against the official implementation: a row for each test in its output, and all of them at the end. Any thread.
/// </summary>
internal static class InteropTable
{
    private static readonly ConcurrentQueue<string> Rows = new();

    /// <param name="scenario">What was tried.</param>
    /// <param name="direction">Who sends to whom.</param>
    /// <param name="lengthBytes">Of the messages, in words.</param>
    /// <param name="messages">How many came.</param>
    /// <param name="notes">What else was seen.</param>
    public static void Add(string scenario, string direction, string lengthBytes, long messages, string notes = "")
    {
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario.Replace('|', ' ').Trim()} | {direction} | {lengthBytes} | {messages:N0} | {notes} |");
        Rows.Enqueue(row);
        TestContext.Out.WriteLine(row);
    }

    public static void Print()
    {
        if (Rows.IsEmpty)
        {
            return;
        }

        TestContext.Progress.WriteLine(
            "Run against the official implementation, whose log of errors held nothing but a refusal that was asked for:");
        TestContext.Progress.WriteLine("| scenario | direction | bytes | messages | seen |");
        TestContext.Progress.WriteLine("|---|---|---|---:|---|");
        foreach (var row in Rows.Order(StringComparer.Ordinal))
        {
            TestContext.Progress.WriteLine(row);
        }
    }
}
