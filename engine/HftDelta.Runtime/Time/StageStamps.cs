using System.Runtime.InteropServices;

namespace HftDelta.Runtime.Time;

/// <summary>Where a command is on its way. Each is stamped by one agent.</summary>
public enum Stage
{
    /// <summary>Ingress has the frame before it.</summary>
    Received,

    /// <summary>It is checked and lies in the inbound ring with its number.</summary>
    Sequenced,

    /// <summary>It lies in the journal; on the device only where egress has waited for that.</summary>
    Journaled,

    /// <summary>The engine begins with it.</summary>
    EngineBegun,

    /// <summary>The engine is done with it.</summary>
    EngineDone,

    /// <summary>It is safe, and egress takes up its first event.</summary>
    Released,

    /// <summary>It and what was gathered behind it lie where the client sees them next, or are handed to the transport.</summary>
    Sent,
}

/// <summary>All stamps of one command, in nanoseconds of the clock.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StageSample
{
    public long Command;
    public long Received;
    public long Sequenced;
    public long Journaled;
    public long EngineBegun;
    public long EngineDone;
    public long Released;
    public long Sent;
}

/// <summary>
/// Stamps of one command in so many at each stage of its way. Ingress begins an entry, each agent fills in its own words, and
/// egress hands the whole to whoever takes the samples. Each stage has memory of its own, so that no two agents write to one
/// cache line. A sample whose room was taken by a later one, or that finds the way out full, is dropped.
/// </summary>
public sealed unsafe class StageStamps : IDisposable
{
    private const int Entries = 256;
    private const int Samples = 1_024;
    private const int LineBytes = 128;
    private const int Stages = 7;

    private readonly NanoClock _clock;
    private readonly long _mask;
    private readonly long _residue;
    private readonly int _shift;

    // The commands that entries are of (written by ingress), then the stamps, stage by stage, a line apart.
    private readonly long* _memory;
    private readonly StageSample[] _samples = new StageSample[Samples];
    private Cursor _written;
    private Cursor _taken;

    /// <param name="clock">A real clock, also when the venue's is virtual.</param>
    /// <param name="sampleEvery">One command in so many is stamped; a power of two.</param>
    public StageStamps(NanoClock clock, int sampleEvery)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (!int.IsPow2(sampleEvery))
        {
            throw new ArgumentException("must be a power of two", nameof(sampleEvery));
        }

        _clock = clock;
        _mask = sampleEvery - 1;
        _residue = ResidueOf(sampleEvery);
        _shift = int.Log2(sampleEvery);
        SampleEvery = sampleEvery;
        var bytes = (nuint)((Stages + 1) * ((Entries * sizeof(long)) + LineBytes));
        _memory = (long*)NativeMemory.AlignedAlloc(bytes, LineBytes);
        NativeMemory.Clear(_memory, bytes);
    }

    public int SampleEvery { get; }

    private long NowNanos => (long)_clock.Now.Value;

    public bool IsSampled(long command) => (command & _mask) == _residue;

    /// <summary>
    /// Which of so many commands is sampled: one amid them, since at the round numbers the engine folds its state's hash, and
    /// what it does for all of them must not count as the time of one.
    /// </summary>
    public static long ResidueOf(int sampleEvery) => (sampleEvery - 1) / 2;

    /// <summary>When the frame was taken up that may become this command; 0 when that is not sampled.</summary>
    public long ReceivedNanos(long command) => IsSampled(command) ? NowNanos : 0;

    /// <summary>Begins the sample of a command, if it is one. The ingress agent's thread.</summary>
    public void Begin(long command, long receivedNanos)
    {
        if (!IsSampled(command))
        {
            return;
        }

        ref var of = ref CommandOf(command);
        Volatile.Write(ref of, 0);

        // A release orders what stands before it, so on arm64 the stamps below could be seen before the zero, and End would
        // take them for the entry's last command when it looks again. Behind a full barrier whoever read one of them sees the
        // zero too, and drops the sample; the barrier between the two looks in End is the other half.
        Thread.MemoryBarrier();
        Place(Stage.Received, command) = receivedNanos;
        Place(Stage.Sequenced, command) = NowNanos;
        Volatile.Write(ref of, command);
    }

    /// <summary>The agent that the stage belongs to; for a sampled command.</summary>
    public void Stamp(Stage stage, long command) => Volatile.Write(ref Place(stage, command), NowNanos);

    /// <summary>The last stamp, and the sample is complete. The egress agent's thread.</summary>
    public void End(long command)
    {
        if (Volatile.Read(ref CommandOf(command)) != command)
        {
            return;
        }

        var sample = new StageSample
        {
            Command = command,
            Received = Place(Stage.Received, command),
            Sequenced = Place(Stage.Sequenced, command),
            Journaled = Volatile.Read(ref Place(Stage.Journaled, command)),
            EngineBegun = Volatile.Read(ref Place(Stage.EngineBegun, command)),
            EngineDone = Volatile.Read(ref Place(Stage.EngineDone, command)),
            Released = Place(Stage.Released, command),
            Sent = NowNanos,
        };
        // The stamps are read before the entry is looked at again.
        Thread.MemoryBarrier();
        var written = _written.Value;
        if (Volatile.Read(ref CommandOf(command)) != command || written - Volatile.Read(ref _taken.Value) >= Samples)
        {
            return;
        }

        _samples[written & (Samples - 1)] = sample;
        Volatile.Write(ref _written.Value, written + 1);
    }

    /// <summary>Takes the next sample. One thread calls it.</summary>
    public bool TryTake(out StageSample sample)
    {
        var taken = _taken.Value;
        if (taken == Volatile.Read(ref _written.Value))
        {
            sample = default;
            return false;
        }

        sample = _samples[taken & (Samples - 1)];
        Volatile.Write(ref _taken.Value, taken + 1);
        return true;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private ref long CommandOf(long command) => ref _memory[Index(command)];

    private ref long Place(Stage stage, long command) =>
        ref _memory[(((int)stage + 1) * (Entries + (LineBytes / sizeof(long)))) + Index(command)];

    private int Index(long command) => (int)((command >> _shift) & (Entries - 1));

    /// <summary>One writer's word with nothing else near.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 2 * LineBytes)]
    private struct Cursor
    {
        [FieldOffset(LineBytes)]
        public long Value;
    }
}
