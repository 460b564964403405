namespace HftDelta.Node.Cli;

/// <summary>
/// Ctrl-C as a token: the first one asks the verb to end, which it does with exit code 130; the second ends the process.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    private readonly Action? _atOnce;

    /// <param name="atOnce">Last words at the second one.</param>
    public Interrupt(Action? atOnce = null)
    {
        _atOnce = atOnce;
        Console.CancelKeyPress += OnCancel;
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        _source.Dispose();
    }

    private void OnCancel(object? sender, ConsoleCancelEventArgs arguments)
    {
        if (!_source.IsCancellationRequested)
        {
            arguments.Cancel = true;
            _source.Cancel();
        }
        else
        {
            _atOnce?.Invoke();
        }
    }
}
