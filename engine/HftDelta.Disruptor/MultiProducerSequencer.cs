using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Disruptor.Dsl;
using Disruptor.Util;

namespace Disruptor;

/// <summary>
/// Hands out slots to any number of producers. The cursor counts what is claimed; whether a claimed slot is published
/// stands in a flag per slot, which holds the number of the round in which it was last published. So producers publish in
/// any order and consumers read up to the first gap.
/// Invariants: no sequence is handed out twice; once consumers gate, no slot is written before they have read it.
/// </summary>
public sealed class MultiProducerSequencer : ISequencer
{
    private readonly Sequence _cursor = new();
    private readonly IWaitStrategy _waitStrategy;
    private readonly int[] _publishedRounds;
    private readonly int _bufferSize;
    private readonly int _indexShift;
    private readonly bool _isBlockingWaitStrategy;

    // Replaced as a whole by whoever adds or removes consumers; read by producers with acquire.
    private Sequence[] _gatingSequences = [];

    // Written by every producer; padded from the read-mostly fields above and from whatever object lies behind.
    private PaddedCache _cache;

    public MultiProducerSequencer(int bufferSize)
        : this(bufferSize, SequencerFactory.DefaultWaitStrategy())
    {
    }

    public MultiProducerSequencer(int bufferSize, IWaitStrategy waitStrategy)
    {
        ThrowHelper.ThrowIfNotPowerOfTwo(bufferSize);
        ArgumentNullException.ThrowIfNull(waitStrategy);
        _bufferSize = bufferSize;
        _waitStrategy = waitStrategy;
        _isBlockingWaitStrategy = waitStrategy.IsBlockingStrategy;
        _indexShift = BitOperations.Log2((uint)bufferSize);
        _publishedRounds = new int[bufferSize];
        Array.Fill(_publishedRounds, -1);
        _cache.GatingSequence = Sequence.InitialCursorValue;
    }

    public int BufferSize => _bufferSize;

    /// <summary>The last claimed sequence, published or not.</summary>
    public long Cursor => _cursor.Value;

    /// <summary>An indication only: another producer may claim the same slots a moment later.</summary>
    public bool HasAvailableCapacity(int requiredCapacity) => HasAvailableCapacity(requiredCapacity, _cursor.Value);

    public long GetRemainingCapacity()
    {
        var cursor = _cursor.Value;
        return _bufferSize - (cursor - DisruptorUtil.GetMinimumSequence(Volatile.Read(ref _gatingSequences), cursor));
    }

    public long Next() => NextInternal(1);

    public long Next(int n)
    {
        if ((uint)(n - 1) >= (uint)_bufferSize)
        {
            ThrowHelper.ThrowCountOutOfRange();
        }

        return NextInternal(n);
    }

    public bool TryNext(out long sequence) => TryNextInternal(1, out sequence);

    public bool TryNext(int n, out long sequence)
    {
        if ((uint)(n - 1) >= (uint)_bufferSize)
        {
            ThrowHelper.ThrowCountOutOfRange();
        }

        return TryNextInternal(n, out sequence);
    }

    /// <summary>Claims exactly this sequence, which is then to be published. Only for a ring that nobody reads yet.</summary>
    public void Claim(long sequence) => _cursor.SetValue(sequence);

    public void Publish(long sequence)
    {
        MarkPublished(sequence);
        if (_isBlockingWaitStrategy)
        {
            _waitStrategy.SignalAllWhenBlocking();
        }
    }

    public void Publish(long lo, long hi)
    {
        for (var sequence = lo; sequence <= hi; sequence++)
        {
            MarkPublished(sequence);
        }

        if (_isBlockingWaitStrategy)
        {
            _waitStrategy.SignalAllWhenBlocking();
        }
    }

    // Acquire: pairs with the release in MarkPublished, so the slot's bytes are visible once its flag is.
    public bool IsAvailable(long sequence) =>
        Volatile.Read(ref _publishedRounds[(int)(sequence & (_bufferSize - 1))]) == RoundOf(sequence);

#pragma warning disable CA1725 // Disruptor-net has this name here and the other in the interface.
    public long GetHighestPublishedSequence(long lowerBound, long availableSequence)
#pragma warning restore CA1725
    {
        for (var sequence = lowerBound; sequence <= availableSequence; sequence++)
        {
            if (!IsAvailable(sequence))
            {
                return sequence - 1;
            }
        }

        return availableSequence;
    }

    public void AddGatingSequences(params Sequence[] gatingSequences) =>
        SequenceGroups.AddSequences(ref _gatingSequences, this, gatingSequences);

    public bool RemoveGatingSequence(Sequence sequence) => SequenceGroups.RemoveSequence(ref _gatingSequences, sequence);

    public long GetMinimumSequence() =>
        DisruptorUtil.GetMinimumSequence(Volatile.Read(ref _gatingSequences), _cursor.Value);

    public SequenceBarrier NewBarrier(SequenceWaiterOwner owner, params Sequence[] sequencesToTrack)
    {
        var dependentSequences = new DependentSequenceGroup(_cursor, sequencesToTrack);
        return new SequenceBarrier(this, _waitStrategy.NewSequenceWaiter(owner, dependentSequences), dependentSequences);
    }

    public ValueEventPoller<T> NewPoller<T>(IValueDataProvider<T> provider, params Sequence[] gatingSequences)
        where T : struct =>
        EventPoller.Create(provider, this, new Sequence(), _cursor, gatingSequences);

    internal long NextInternal(int n)
    {
        // The addition is a full barrier: it hands out each sequence once, and it orders the moved cursor before the read
        // of the gating list, the producer's half of the Dekker pair in SequenceGroups.AddSequences.
        var next = _cursor.AddAndGet(n);
        var current = next - n;
        var wrapPoint = next - _bufferSize;

        // Acquire: whoever wrote the cached minimum had read it from the consumers with acquire, and wrote it with release.
        var cached = Volatile.Read(ref _cache.GatingSequence);
        if (wrapPoint > cached || cached > current)
        {
            WaitForCapacity(wrapPoint, current);
        }

        return next;
    }

    internal bool TryNextInternal(int n, out long sequence)
    {
        long current;
        do
        {
            current = _cursor.Value;
            if (!HasAvailableCapacity(n, current))
            {
                sequence = 0;
                return false;
            }
        }
        while (!_cursor.CompareAndSet(current, current + n));

        sequence = current + n;
        return true;
    }

    private bool HasAvailableCapacity(int requiredCapacity, long cursor)
    {
        var wrapPoint = cursor + requiredCapacity - _bufferSize;

        // Acquire, as in NextInternal.
        var cached = Volatile.Read(ref _cache.GatingSequence);
        if (wrapPoint <= cached && cached <= cursor)
        {
            return true;
        }

        // Acquire on the list: a consumer missed here was added after the cursor read before, and starts at or after it.
        var minimum = DisruptorUtil.GetMinimumSequence(Volatile.Read(ref _gatingSequences), cursor);
        StoreCache(minimum);
        return wrapPoint <= minimum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitForCapacity(long wrapPoint, long current)
    {
        var spinWait = default(AggressiveSpinWait);
        while (true)
        {
            // Acquire on the list and on each sequence: the consumers' last reads of the slot come before our writes.
            var minimum = DisruptorUtil.GetMinimumSequence(Volatile.Read(ref _gatingSequences), current);
            if (wrapPoint <= minimum)
            {
                StoreCache(minimum);
                return;
            }

            spinWait.SpinOnce();
        }
    }

    // Release: hands the acquire of the consumers' sequences on to the producers that read the cache. A slower producer may
    // put an older, smaller value back; that costs another look at the consumers and is never unsafe.
    private void StoreCache(long minimum) => Volatile.Write(ref _cache.GatingSequence, minimum);

    // Release: the slot's bytes come before its flag.
    private void MarkPublished(long sequence) =>
        Volatile.Write(ref _publishedRounds[(int)(sequence & (_bufferSize - 1))], RoundOf(sequence));

    /// <summary>How often the ring had gone round; two rounds with the same 32 bits are 4 billion rounds apart.</summary>
    private int RoundOf(long sequence) => (int)((ulong)sequence >> _indexShift);

    /// <summary>One word that producers share, with two cache lines free on either side.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Padding.Bytes + 8 + Padding.Bytes)]
    private struct PaddedCache
    {
        /// <summary>The smallest gating sequence when a producer last looked: a lower bound of what it is now.</summary>
        [FieldOffset(Padding.Bytes)]
        public long GatingSequence;
    }
}
