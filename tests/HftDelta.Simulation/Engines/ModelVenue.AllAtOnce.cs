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
        return met > _world.AllAtOnceMakersMax
            ? new Broken(RejectCode.TooManyMakers, _world.AllAtOnceMakersMax)
            : default;
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
        var price = EffectivePrice(instrument, terms);
        foreach (var maker in instrument.Book.InOrder(Opposite(terms.Side)))
        {
            var isWithin = terms.Side == Side.Buy ? maker.Price <= price : maker.Price >= price;
            if (found >= needed || !isWithin || IsOutsideDynamicBand(instrument, maker.Price))
            {
                return;
            }

            met++;
            if (!IsCounted(terms, maker))
            {
                continue;
            }

            var used = Math.Min(needed - found, maker.Open);
            found += used;
            met += Refreshes(maker, used);
        }
    }

    private bool IsCounted(NewOrder terms, ModelOrder maker)
    {
        var group = _accounts[terms.Account].Group;
        var isOwn = maker.Account == terms.Account || (group != 0 && group == _accounts[maker.Account].Group);
        return !maker.IsReduceOnly && !maker.IsProtected &&
            !(isOwn && terms.SelfTradePrevention != SelfTradePrevention.Off);
    }

    /// <summary>How often a maker shows a next part until so many of its lots are filled.</summary>
    private static int Refreshes(ModelOrder maker, long lots) => lots <= maker.Shown
        ? 0
        : (int)((lots - maker.Shown + maker.Display - 1) / maker.Display);
}
