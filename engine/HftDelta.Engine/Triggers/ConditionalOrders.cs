using System.Numerics;
using HftDelta.Engine.Orders;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Wire;

namespace HftDelta.Engine.Triggers;

/// <summary>
/// Stops that wait and orders that are pegged, by instrument, and what was observed for the stops. Owner: the engine agent.
/// An instrument without any costs one test. Invariants: an order is here from its acceptance until it is activated or ends; a
/// waiting stop is in no book; a pegged order is in its book unless it is counted as leaving.
/// </summary>
internal sealed class ConditionalOrders : IDisposable
{
    /// <summary>Trailing stops, and pegged orders, in one instrument: every price move looks at all of them.</summary>
    public const int PerInstrumentMax = 256;

    private const int WordBits = 64;

    private readonly OrderStore _orders;
    private readonly StopTree _tree;
    private readonly NativeSlab<InstrumentConditions> _conditions;
    private readonly HashedSlab<ObservedPrices, ObservedEncoding> _observed;
    private readonly NativeSlab<ulong> _occupied;
    private readonly NativeSlab<uint> _noted;

    public ConditionalOrders(OrderStore orders, EngineLimits limits)
    {
        _orders = orders;
        _tree = new StopTree(orders);
        _conditions = new NativeSlab<InstrumentConditions>(limits.Instruments + 1);
        _observed = new HashedSlab<ObservedPrices, ObservedEncoding>(limits.Instruments + 1);
        _occupied = new NativeSlab<ulong>((limits.Instruments / WordBits) + 1);
        _noted = new NativeSlab<uint>(limits.Instruments + 1);
    }

    /// <summary>Of all instruments together.</summary>
    public int Count { get; private set; }

    /// <summary>Instruments where the command has touched what may be triggered, in the order of the first touch.</summary>
    public int NotedCount { get; private set; }

    public uint NotedAt(int place) => _noted[place];

    public bool HasStops(uint instrument) => Count != 0 && _conditions[instrument].HasStops;

    public bool HasPegs(uint instrument) => Count != 0 && _conditions[instrument].Pegs.Count != 0;

    public ref InstrumentConditions Of(uint instrument) => ref _conditions[instrument];

    public ref readonly ObservedPrices Observed(uint instrument) => ref _observed.Read(instrument);

    public ref ObservedPrices Observe(uint instrument) => ref _observed.Write(instrument);

    /// <summary>The next instrument with conditional orders, by id; 0 behind the last.</summary>
    public uint Next(uint after)
    {
        var id = after + 1;
        for (var word = id / WordBits; Count != 0 && word < (uint)_occupied.Capacity; word++)
        {
            var bits = _occupied[word] & (word == id / WordBits ? ulong.MaxValue << (int)(id % WordBits) : ulong.MaxValue);
            if (bits != 0)
            {
                return (word * WordBits) + (uint)BitOperations.TrailingZeroCount(bits);
            }
        }

        return 0;
    }

    /// <summary>A stop that was accepted begins to wait.</summary>
    public void AddStop(uint slot, long markTicks)
    {
        ref readonly var hot = ref _orders.Slab.Hot(slot);
        Check.That(hot.Has(OrderFlags.Waits));
        var record = _orders.ExtraOf(slot);
        ref var conditions = ref Occupy(hot.Instrument.Value);
        if (!conditions.HasStops)
        {
            Observe(hot.Instrument.Value).MarkTicks = markTicks;
        }

        if (hot.OrderType() == OrderType.TrailingStop)
        {
            conditions.Trailing.Add(_orders.Extras, record);
            return;
        }

        ref var root = ref RootOf(ref conditions, record);
        root = _tree.Add(root, record);
        conditions.Stops++;
    }

    public void AddPeg(uint slot)
    {
        ref readonly var hot = ref _orders.Slab.Hot(slot);
        Occupy(hot.Instrument.Value).Pegs.Add(_orders.Extras, _orders.ExtraOf(slot));
    }

    /// <summary>An order that has an extra record is activated or ends.</summary>
    public void Remove(uint slot)
    {
        ref readonly var hot = ref _orders.Slab.Hot(slot);
        var isPegged = hot.Has(OrderFlags.IsPegged);
        if (!isPegged && !hot.Has(OrderFlags.Waits))
        {
            return;
        }

        var instrument = hot.Instrument.Value;
        ref var conditions = ref _conditions[instrument];
        if (isPegged)
        {
            conditions.Leaving -= hot.Has(OrderFlags.Waits) ? 1u : 0;
            conditions.Pegs.Remove(_orders.Extras, _orders.ExtraOf(slot));
        }
        else
        {
            RemoveStop(instrument, ref conditions, _orders.ExtraOf(slot));
        }

        Count--;
        if (conditions.IsEmpty)
        {
            _occupied[instrument / WordBits] &= ~(1UL << (int)(instrument % WordBits));
        }
    }

    /// <summary>The stop that is activated next among those that an instrument's sources have reached.</summary>
    /// <returns>Its slot, or 0.</returns>
    public uint FindTriggered(uint instrument)
    {
        ref readonly var conditions = ref _conditions[instrument];
        ref readonly var observed = ref _observed.Read(instrument);
        for (var source = TriggerSource.LastTrade; source <= TriggerSource.Oracle; source++)
        {
            if (!observed.HasSeen(source))
            {
                continue;
            }

            var range = observed.Ranges[(int)source - 1];
            var record = _tree.First(conditions.Roots[StopRoots.PlaceOf(source, isSell: false)]);
            if (record == 0 || _orders.Extras[record].TriggerPrice > range.High)
            {
                record = _tree.First(conditions.Roots[StopRoots.PlaceOf(source, isSell: true)]);
                record = record != 0 && _orders.Extras[record].TriggerPrice >= range.Low ? record : 0;
            }

            record = record != 0 || conditions.Marked == 0 ? record : FindMarked(conditions, source);
            if (record != 0)
            {
                return _orders.Extras[record].Order;
            }
        }

        return 0;
    }

    /// <summary>Any stop that waits in the instrument, in the order of the trees; 0 when there is none.</summary>
    public uint FindAny(uint instrument)
    {
        ref readonly var conditions = ref _conditions[instrument];
        for (var place = 0; place < StopRoots.Count; place++)
        {
            if (conditions.Roots[place] != 0)
            {
                return _orders.Extras[_tree.First(conditions.Roots[place])].Order;
            }
        }

        return conditions.Trailing.Head == 0 ? 0 : _orders.Extras[conditions.Trailing.Head].Order;
    }

    /// <summary>What may be triggered in the instrument is looked at before or after the command itself.</summary>
    public void Note(uint instrument)
    {
        if (_conditions[instrument].IsNoted == 0)
        {
            _conditions[instrument].IsNoted = 1;
            _noted[NotedCount++] = instrument;
        }
    }

    public void ForgetNoted()
    {
        while (NotedCount > 0)
        {
            _conditions[_noted[--NotedCount]].IsNoted = 0;
        }
    }

    public void FoldHash(ref Hash256 sum) => _observed.FoldHash(ref sum);

    public Hash256 RecomputeHash() => _observed.RecomputeHash();

    public void Dispose()
    {
        _conditions.Dispose();
        _observed.Dispose();
        _occupied.Dispose();
        _noted.Dispose();
    }

    private ref InstrumentConditions Occupy(uint instrument)
    {
        Count++;
        _occupied[instrument / WordBits] |= 1UL << (int)(instrument % WordBits);
        return ref _conditions[instrument];
    }

    private ref uint RootOf(ref InstrumentConditions conditions, uint record)
    {
        ref readonly var extra = ref _orders.Extras[record];
        return ref conditions.Roots[StopRoots.PlaceOf(extra.TriggerSource, extra.IsSell != 0)];
    }

    private void RemoveStop(uint instrument, ref InstrumentConditions conditions, uint record)
    {
        if (_orders.Slab.Hot(_orders.Extras[record].Order).OrderType() == OrderType.TrailingStop)
        {
            conditions.Marked -= _orders.Extras[record].IsMarked;
            conditions.Trailing.Remove(_orders.Extras, record);
        }
        else
        {
            ref var root = ref RootOf(ref conditions, record);
            root = _tree.Remove(root, record);
            conditions.Stops--;
        }

        if (!conditions.HasStops)
        {
            ref var observed = ref Observe(instrument);
            observed.Forget();
            observed.MarkTicks = 0;
        }
        else if (Observed(instrument).Seen != 0)
        {
            // It may have been the last one that was triggered.
            Note(instrument);
        }
    }

    private uint FindMarked(in InstrumentConditions conditions, TriggerSource source)
    {
        var record = conditions.Trailing.Head;
        while (record != 0 &&
            (_orders.Extras[record].IsMarked == 0 || _orders.Extras[record].TriggerSource != source))
        {
            record = _orders.Extras[record].Next;
        }

        return record;
    }
}
