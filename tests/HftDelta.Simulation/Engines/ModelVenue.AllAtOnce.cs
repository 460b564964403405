using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Fill or kill and minimum quantity: what would be found is counted before the first fill (section 4).</summary>
public sealed partial class ModelVenue
{
    private static long NeededAtOnce(NewOrder terms) =>
        terms.TimeInForce == TimeInForce.FillOrKill ? terms.Quantity : terms.MinimumQuantity;

    private Broken CheckMakers(ModelInstrument instrument, NewOrder terms)
    {
        CountMakers(instrument, terms, out _, out var met);
        var most = instrument.IsStrategy ? _world.AllAtOnceStrategyMakersMax : _world.AllAtOnceMakersMax;
        return met > most ? new Broken(RejectCode.TooManyMakers, most) : default;
    }

    private bool HasEnough(ModelInstrument instrument, NewOrder terms)
    {
        CountMakers(instrument, terms, out var found, out _);
        return found >= NeededAtOnce(terms);
    }

    private void CountMakers(ModelInstrument instrument, NewOrder terms, out long found, out int met)
    {
        found = 0;
        met = 0;
        var needed = NeededAtOnce(terms);
        if (needed == 0)
        {
            return;
        }

        var price = EffectivePrice(instrument, terms);
        foreach (var (level, makers) in instrument.Book[Opposite(terms.Side)])
        {
            var isWithin = terms.Side == Side.Buy ? level <= price : level >= price;
            if (!isWithin || IsOutsideDynamicBand(instrument, level))
            {
                return;
            }

            // The queue as it would be taken: what is hidden comes back behind the others, part by part.
            var queue = new Queue<(ModelOrder Maker, long Shown, long Hidden)>(
                makers.Select(maker => (maker, maker.Shown, maker.Open - maker.Shown)));
            while (found < needed && queue.TryDequeue(out var next))
            {
                if (EndsAt(terms, next.Maker))
                {
                    return;
                }

                met++;
                found += IsCounted(terms, next.Maker) ? next.Shown : 0;
                if (next.Hidden > 0)
                {
                    var shown = Math.Min(next.Maker.Display, next.Hidden);
                    queue.Enqueue((next.Maker, shown, next.Hidden - shown));
                }
            }

            if (found >= needed)
            {
                return;
            }
        }
    }

    private bool IsCounted(NewOrder terms, ModelOrder maker) =>
        !maker.IsReduceOnly && !maker.IsProtected && !maker.IsKilled && !IsPrevented(terms, maker);

    /// <summary>Prevention ends the incoming order there.</summary>
    private bool EndsAt(NewOrder terms, ModelOrder maker) => IsPrevented(terms, maker) &&
        terms.SelfTradePrevention is SelfTradePrevention.CancelNewest or SelfTradePrevention.CancelBoth;

    private bool IsPrevented(NewOrder terms, ModelOrder maker)
    {
        var group = _accounts[terms.Account].Group;
        var isOwn = maker.Account == terms.Account || (group != 0 && group == _accounts[maker.Account].Group);
        return isOwn && terms.SelfTradePrevention != SelfTradePrevention.Off;
    }
}
