using System.Runtime.InteropServices;

namespace HftDelta.Node.Cli;

/// <summary>
/// Asks a verb that runs for long to end in order: Ctrl-C, SIGTERM, or, for a child of the demonstration, the end of its
/// standard input, which also comes when its parent dies. The first asks; the second Ctrl-C or SIGTERM ends the process.
/// </summary>
internal sealed class EndRequest : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly bool _isSupervised;
    private int _isInterrupted;

    /// <param name="isSupervised">A parent decides: standard input is watched, and Ctrl-C is left to the parent.</param>
    public EndRequest(bool isSupervised)
    {
        _isSupervised = isSupervised;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate);
        if (isSupervised)
        {
            new Thread(WatchInput) { Name = "standard input", IsBackground = true }.Start();
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>A parent runs it.</summary>
    public bool IsSupervised => _isSupervised;

    /// <summary>It was Ctrl-C.</summary>
    public bool IsInterrupted => Volatile.Read(ref _isInterrupted) != 0;

    /// <summary>How the verb ends when it was asked to and nothing failed.</summary>
    public ExitCode ExitCode => IsInterrupted ? ExitCode.Interrupted : ExitCode.Ok;

    /// <summary>Waits until the end is asked for or the time is over.</summary>
    /// <returns>Whether it was asked for.</returns>
    public bool WaitFor(TimeSpan time) => Token.WaitHandle.WaitOne(time);

    public void Dispose()
    {
        // The source stays: a signal that is on its way may still cancel it.
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void OnInterrupt(PosixSignalContext context)
    {
        if (_isSupervised)
        {
            // A terminal sends it to everybody; the parent ends its children in order.
            context.Cancel = true;
        }
        else if (!_source.IsCancellationRequested)
        {
            context.Cancel = true;
            Volatile.Write(ref _isInterrupted, 1);
            _source.Cancel();
        }
    }

    private void OnTerminate(PosixSignalContext context)
    {
        if (!_source.IsCancellationRequested)
        {
            context.Cancel = true;
            _source.Cancel();
        }
    }

    private void WatchInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[64];
        try
        {
            while (input.Read(ignored) > 0)
            {
                // Only the end counts.
            }
        }
        catch (IOException)
        {
            // A pipe that breaks has ended as well.
        }

        _source.Cancel();
    }
}
