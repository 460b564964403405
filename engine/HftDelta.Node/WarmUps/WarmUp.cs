using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace HftDelta.Node.WarmUps;

/// <summary>What a warm-up did.</summary>
/// <param name="Commands">Applied in the throwaway venue.</param>
/// <param name="Fills">Of its two accounts.</param>
/// <param name="Cancels">The same.</param>
/// <param name="Refusals">Requests that it refused.</param>
/// <param name="Methods">Compiled meanwhile, for the first time or again.</param>
/// <param name="Elapsed">How long it took.</param>
internal readonly record struct WarmUpResult(
    long Commands, long Fills, long Cancels, long Refusals, long Methods, TimeSpan Elapsed)
{
    /// <summary>For the operator.</summary>
    public string Words => string.Create(
        CultureInfo.InvariantCulture,
        $"warmed up: {Commands:N0} synthetic commands in {Elapsed.TotalSeconds:0.0} s, {Methods:N0} methods compiled");
}

/// <summary>
/// Runs synthetic orders through a throwaway venue before the doors open, so that the compiler's last tier with what it has
/// learnt of the branches is in place before the first client. The compiler begins with a tier only when nothing new was
/// called for a tenth of a second, so bursts and pauses alternate. Touches nothing of the venue that opens afterwards: its
/// journal lies in a temporary directory, which is deleted. One thread.
/// </summary>
internal static class WarmUp
{
    /// <summary>Twice the runtime's delay before it compiles anew what was called often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(80);

    /// <param name="time">About as long; at least one round is run.</param>
    /// <param name="parent">Where its directory lies while it runs.</param>
    /// <param name="end">Ends it before its time, with what was done until then.</param>
    public static WarmUpResult Run(TimeSpan time, string parent, CancellationToken end)
    {
        var begun = Stopwatch.GetTimestamp();
        var methods = JitInfo.GetCompiledMethodCount();
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"hftdelta-warm-up-{Guid.NewGuid():N}")).FullName;
        try
        {
            using var venue = new WarmUpVenue(folder);
            do
            {
                RunBurst(venue, Min(Burst, time - Stopwatch.GetElapsedTime(begun)), end);
                var left = time - Stopwatch.GetElapsedTime(begun);
                if (left > TimeSpan.Zero)
                {
                    end.WaitHandle.WaitOne(Min(Pause, left));
                }
            }
            while (!end.IsCancellationRequested && Stopwatch.GetElapsedTime(begun) < time);
            return new WarmUpResult(
                venue.Commands,
                venue.Fills,
                venue.Cancels,
                venue.Refusals,
                JitInfo.GetCompiledMethodCount() - methods,
                Stopwatch.GetElapsedTime(begun));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void RunBurst(WarmUpVenue venue, TimeSpan time, CancellationToken end)
    {
        var begun = Stopwatch.GetTimestamp();
        do
        {
            venue.Round();
        }
        while (!end.IsCancellationRequested && Stopwatch.GetElapsedTime(begun) < time);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
