using HftDelta.Runtime.Agents;

namespace HftDelta.Tests.Runtime.Agents;

/// <summary>An agent that writes down what is done to it, and throws where it is told to.</summary>
internal sealed class RecordingAgent(string name, List<string>? log = null) : IAgent
{
    private readonly List<string> _log = log ?? [];
    private long _cycles;

    public string RoleName => name;

    public IReadOnlyList<string> Log => _log;

    /// <summary>What a duty cycle returns.</summary>
    public Func<int> Work { get; init; } = () => 0;

    public Exception? ThrowOnStart { get; init; }

    public Exception? ThrowOnClose { get; init; }

    public long Cycles => Volatile.Read(ref _cycles);

    public string? StartThread { get; private set; }

    public int CloseThreadId { get; private set; }

    public int StartThreadId { get; private set; }

    /// <summary>Set after the first duty cycle.</summary>
    public ManualResetEventSlim Ran { get; } = new();

    /// <summary>Duty cycles are not written down: a thread runs far too many.</summary>
    public bool LogsCycles { get; init; } = true;

    public void OnStart()
    {
        _log.Add($"{name} start");
        StartThread = Thread.CurrentThread.Name;
        StartThreadId = Environment.CurrentManagedThreadId;
        if (ThrowOnStart is { } exception)
        {
            throw exception;
        }
    }

    public int DoWork()
    {
        Volatile.Write(ref _cycles, _cycles + 1);
        if (LogsCycles)
        {
            _log.Add($"{name} work");
        }

        var work = Work();
        Ran.Set();
        return work;
    }

    public void OnClose()
    {
        _log.Add($"{name} close");
        CloseThreadId = Environment.CurrentManagedThreadId;
        if (ThrowOnClose is { } exception)
        {
            throw exception;
        }
    }
}
