using System.Runtime.CompilerServices;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;

namespace HftDelta.Engine.Strategies;

/// <summary>
/// The listed strategies, which strategies each instrument is a leg of, and what their orders have beyond others. A venue
/// without strategies has none of these tables: they are made with the first listing. Owner: the engine agent.
/// </summary>
internal sealed class StrategyTable(EngineLimits limits) : IDisposable
{
    /// <summary>An instrument is a leg of so many at most, so that a change of its book has bounded consequences.</summary>
    public const int StrategiesPerLeg = 16;

    private HashedSlab<StrategyRecord, StrategyEncoding>? _records;
    private HashedSlab<StrategyOrder, StrategyOrderEncoding>? _orders;

    // Follows from the records: of each leg its live strategies, in the order of their ids.
    private NativeSlab<LegUses>? _uses;

    /// <summary>Any strategy was ever listed.</summary>
    public bool Any => _records is not null;

    public ref readonly StrategyRecord Read(uint strategy) => ref _records!.Read(strategy);

    /// <summary>Of the order in a slot; zero if it is no strategy's.</summary>
    public ref readonly StrategyOrder ReadOrder(uint slot) => ref _orders!.Read(slot);

    public ref StrategyOrder WriteOrder(uint slot) => ref _orders!.Write(slot);

    /// <summary>Live strategies that an instrument is a leg of.</summary>
    public int UseCount(uint leg) => Any ? _uses![leg].Count : 0;

    /// <summary>One of them, by its place.</summary>
    public uint UseAt(uint leg, int place) => _uses![leg].Strategies[place];

    /// <summary>A newly listed strategy, whose id is above those of all others; its legs have room.</summary>
    public void Add(uint strategy, in StrategyRecord record)
    {
        _records ??= new HashedSlab<StrategyRecord, StrategyEncoding>(limits.Instruments + 1);
        _orders ??= new HashedSlab<StrategyOrder, StrategyOrderEncoding>(limits.Orders + 1);
        _uses ??= new NativeSlab<LegUses>(limits.Instruments + 1);
        _records.Write(strategy) = record;
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            ref var uses = ref _uses[record.Legs[leg]];
            Check.That(uses.Count < StrategiesPerLeg);
            uses.Strategies[uses.Count++] = strategy;
        }
    }

    /// <summary>An expired strategy no longer looks at its legs.</summary>
    public void Detach(uint strategy)
    {
        ref readonly var record = ref Read(strategy);
        for (var leg = 0; leg < record.LegCount; leg++)
        {
            ref var uses = ref _uses![record.Legs[leg]];
            var kept = 0;
            for (var place = 0; place < uses.Count; place++)
            {
                if (uses.Strategies[place] != strategy)
                {
                    uses.Strategies[kept++] = uses.Strategies[place];
                }
            }

            Check.That(kept == uses.Count - 1);
            uses.Count = kept;
        }
    }

    public void FoldInstruments(ref Hash256 sum) => _records?.FoldHash(ref sum);

    public void FoldOrders(ref Hash256 sum) => _orders?.FoldHash(ref sum);

    public Hash256 RecomputeInstruments() => _records?.RecomputeHash() ?? default;

    public Hash256 RecomputeOrders() => _orders?.RecomputeHash() ?? default;

    public void Dispose()
    {
        _records?.Dispose();
        _orders?.Dispose();
        _uses?.Dispose();
    }

    private struct LegUses
    {
        public int Count;
        public StrategyIds Strategies;
    }

    [InlineArray(StrategiesPerLeg)]
    private struct StrategyIds
    {
        private uint _first;
    }
}
