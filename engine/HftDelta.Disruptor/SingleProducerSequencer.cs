using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Disruptor.Dsl;
using Disruptor.Util;

namespace Disruptor;

/// <summary>
/// Hands out slots to one producer. Owner: the producing thread, which alone calls Next, TryNext, HasAvailableCapacity,
/// GetRemainingCapacity, Claim and Publish; everything else may be called by anyone.
/// Invariants: cursor &lt;= last claimed &lt;= cursor + BufferSize; no claimed slot is one that a gating consumer has yet to
/// read; the cursor moves only in Publish, so a claim never shows a slot that is not filled.
/// </summary>
public sealed class SingleProducerSequencer : ISequencer
{
    /// <summary>No sequence that is ever claimed.</summary>
    internal const long NotClaimed = long.MinValue;

    private readonly Sequence _cursor = new();
    private readonly IWaitStrategy _waitStrategy;
    private readonly int _bufferSize;
    private readonly bool _isBlockingWaitStrategy;

    // Replaced as a whole by whoever adds or removes consumers; read by the producer with acquire.
    private Sequence[] _gatingSequences = [];

    // Written by the producer alone, padded from the read-mostly fields above and from whatever object lies behind.
    private PaddedSequences _producer;

    public SingleProducerSequencer(int bufferSize)
        : this(bufferSize, SequencerFactory.DefaultWaitStrategy())
    {
    }

    public SingleProducerSequencer(int bufferSize, IWaitStrategy waitStrategy)
    {
        ThrowHelper.ThrowIfNotPowerOfTwo(bufferSize);
        ArgumentNullException.ThrowIfNull(waitStrategy);
        _bufferSize = bufferSize;
        _waitStrategy = waitStrategy;
        _isBlockingWaitStrategy = waitStrategy.IsBlockingStrategy;
        _producer.NextValue = Sequence.InitialCursorValue;
        _producer.GatingSequenceCache = Sequence.InitialCursorValue;
    }

    public int BufferSize => _bufferSize;

    /// <summary>The last published sequence.</summary>
    public long Cursor => _cursor.Value;

    /// <summary>
    /// Whether the <paramref name="requiredCapacity"/> slots after the last claimed one are free. Called by the producer,
    /// <c>true</c> is a proof: each of those slots has been read by every gating consumer, no consumer reads them again
    /// before they are published, and it stays so until the producer itself claims. The producer may therefore write into
    /// them first and then claim and publish exactly as many as it used.
    /// </summary>
    /// <remarks>
    /// The proof: a slot of sequence s was last used by s - BufferSize; that is at most the smallest gating sequence, which
    /// was read with acquire from a consumer that released it after its last read of the slot; gating sequences only grow;
    /// a consumer added meanwhile starts at or after the cursor that the answer was measured against.
    /// </remarks>
    public bool HasAvailableCapacity(int requiredCapacity) => HasCapacityAfter(_producer.NextValue, requiredCapacity);

    public long GetRemainingCapacity() => _bufferSize - (_producer.NextValue - RefreshGatingSequence());

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
    public void Claim(long sequence) => _producer.NextValue = sequence;

    public void Publish(long sequence)
    {
        // Release: the slot's bytes, written before, are visible to whoever sees this cursor with acquire.
        _cursor.SetValue(sequence);
        if (_isBlockingWaitStrategy)
        {
            _waitStrategy.SignalAllWhenBlocking();
        }
    }

    public void Publish(long lo, long hi) => Publish(hi);

    public bool IsAvailable(long sequence)
    {
        var cursor = _cursor.Value;
        return sequence <= cursor && sequence > cursor - _bufferSize;
    }

    /// <summary>With one producer everything up to the cursor is published in order.</summary>
    public long GetHighestPublishedSequence(long nextSequence, long availableSequence) => availableSequence;

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

    /// <summary>Whether so many slots are free by what this producer has last seen; it does not look again.</summary>
    internal bool HasCachedCapacity(int requiredCapacity) =>
        IsWithinCache(_producer.NextValue, requiredCapacity, _producer.GatingSequenceCache);

    /// <summary>Claims slots that are free by what this producer has last seen, else answers NotClaimed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long ClaimCached(int n)
    {
        // Read once: a second read would wait for the first one's store, in a loop that does little else.
        var nextValue = _producer.NextValue;
        if (!IsWithinCache(nextValue, n, _producer.GatingSequenceCache))
        {
            return NotClaimed;
        }

        _producer.NextValue = nextValue + n;
        return nextValue + n;
    }

    /// <summary>Publishes where no consumer sleeps that would have to be woken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPublishQuietly(long sequence)
    {
        if (_isBlockingWaitStrategy)
        {
            return false;
        }

        // Release, as in Publish.
        _cursor.SetValue(sequence);
        return true;
    }

    internal long NextInternal(int n)
    {
        var nextValue = _producer.NextValue;
        if (!HasCapacityAfter(nextValue, n))
        {
            WaitForCapacity(n);
        }

        _producer.NextValue = nextValue + n;
        return nextValue + n;
    }

    internal bool TryNextInternal(int n, out long sequence)
    {
        // Read once: a second read would wait for the first one's store, in a loop that does little else.
        var nextValue = _producer.NextValue;
        if (!HasCapacityAfter(nextValue, n))
        {
            sequence = 0;
            return false;
        }

        _producer.NextValue = nextValue + n;
        sequence = nextValue + n;
        return true;
    }

    // The cached minimum was read with acquire by this thread, and gating sequences only grow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWithinCache(long nextValue, int requiredCapacity, long cached) =>
        nextValue + requiredCapacity - _bufferSize <= cached && cached <= nextValue;

    private bool HasCapacityAfter(long nextValue, int requiredCapacity) =>
        IsWithinCache(nextValue, requiredCapacity, _producer.GatingSequenceCache)
        || nextValue + requiredCapacity - _bufferSize <= RefreshGatingSequence();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WaitForCapacity(int n)
    {
        var spinWait = default(AggressiveSpinWait);
        do
        {
            spinWait.SpinOnce();
        }
        while (!HasAvailableCapacity(n));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long RefreshGatingSequence()
    {
        var cursor = _cursor.Value;

        // Full barrier between the cursor that this producer wrote and the read of the list: the other half of the Dekker
        // pair in SequenceGroups.AddSequences. Without it the store of the cursor could still sit in the store buffer
        // while an old list is read, and a consumer added just now would start behind the slots declared free here.
        Interlocked.MemoryBarrier();

        // Acquire on the list, and on each sequence: a consumer releases its sequence after its last read of the slot, so
        // the producer's writes into that slot come after those reads. The cursor is the bound: what is claimed and not
        // yet published is nobody's to overwrite, gated or not.
        var minimum = DisruptorUtil.GetMinimumSequence(Volatile.Read(ref _gatingSequences), cursor);
        _producer.GatingSequenceCache = minimum;
        return minimum;
    }

    /// <summary>The producer's own words with two cache lines free on either side.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Padding.Bytes + 16 + Padding.Bytes)]
    private struct PaddedSequences
    {
        /// <summary>The last claimed sequence.</summary>
        [FieldOffset(Padding.Bytes)]
        public long NextValue;

        /// <summary>The smallest gating sequence when it was last looked at: a lower bound of what it is now.</summary>
        [FieldOffset(Padding.Bytes + 8)]
        public long GatingSequenceCache;
    }
}
