using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway;

/// <summary>Who may write into an input ring.</summary>
[Flags]
public enum InputSources
{
    None = 0,
    Client = 1,
    Oracle = 2,
    Operator = 4,
    Risk = 8,
}

/// <summary>
/// One ring that ingress reads, and what its writer may send. Everything but the ring is fixed; the barrier that it waits at
/// belongs to the ingress agent.
/// </summary>
public sealed class IngressInput
{
    /// <param name="ring">The ring.</param>
    /// <param name="sources">Sources that its records may name.</param>
    /// <param name="output">The connection that it belongs to, whose session alone it may speak for; null: any session.</param>
    public IngressInput(FrameRing ring, InputSources sources, ConnectionOutput? output = null)
    {
        ArgumentNullException.ThrowIfNull(ring);
        Ring = ring;
        Sources = sources;
        Output = output;
    }

    public FrameRing Ring { get; }

    public InputSources Sources { get; }

    public ConnectionOutput? Output { get; }

    /// <summary>The barrier that nothing is read behind; none when the ring is read.</summary>
    internal InputBarrier Barrier;

    private bool _isCloseAsked;
    private bool _isClosed;

    /// <summary>Nothing is read from it any more, and the loss of its session is sequenced. Any thread.</summary>
    public bool IsClosed
    {
        get => Volatile.Read(ref _isClosed);
        internal set => Volatile.Write(ref _isClosed, value);
    }

    internal bool IsCloseAsked => Volatile.Read(ref _isCloseAsked);

    /// <summary>Its client leaves: ingress closes its session and then the input. Any thread.</summary>
    public void Close() => Volatile.Write(ref _isCloseAsked, true);

    internal bool Allows(RecordSource source) => source switch
    {
        RecordSource.Client => (Sources & InputSources.Client) != 0,
        RecordSource.Oracle => (Sources & InputSources.Oracle) != 0,
        RecordSource.Operator => (Sources & InputSources.Operator) != 0,
        RecordSource.Risk => (Sources & InputSources.Risk) != 0,
        _ => false,
    };
}

/// <summary>Where the answer to a barrier stands.</summary>
internal struct InputBarrier
{
    /// <summary>0: there is none.</summary>
    public long Number;

    /// <summary>The last command that was sequenced when it was read.</summary>
    public CommandSequence After;

    /// <summary>The slot through which egress must have released, once the engine has applied; -1 before.</summary>
    public long OutboundSlot;

    /// <summary>Lockstep: a quiet tick was sequenced for it, or was not due.</summary>
    public bool IsTimeTold;
}

/// <summary>The rings that ingress reads, in order. One thread adds; the ingress agent reads whole lists.</summary>
public sealed class InputTable
{
    private IngressInput[] _all = [];

    public void Add(IngressInput input) => Volatile.Write(ref _all, [.. _all, input]);

    /// <summary>Takes an input away that is closed: ingress may still see it in an older list, and leaves it alone.</summary>
    public void Remove(IngressInput input) => Volatile.Write(ref _all, [.. _all.Where(other => other != input)]);

    internal IngressInput[] All => Volatile.Read(ref _all);
}
