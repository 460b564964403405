using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Takes what is quoted: in each step a few orders that trade at once or not at all, on a side and in an instrument by chance,
/// the first instrument most often. Owner: the driver.
/// </summary>
internal sealed class Taker(TradingSession session, Quoting quoting, SeededNumbers numbers, int ordersPerStepMax)
{
    private const int LotsMax = 5;

    public void Act()
    {
        var count = numbers.Below(ordersPerStepMax + 1);
        for (; count > 0; count--)
        {
            var place = numbers.OneIn(3) ? 0 : numbers.Below(quoting.Instruments.Count);
            if (!quoting.IsOpen(place))
            {
                continue;
            }

            var side = numbers.OneIn(2) ? Side.Buy : Side.Sell;
            var reach = quoting.HalfSpread(place) * 3;
            var price = side == Side.Buy
                ? quoting.PriceAbove(place, quoting.Fair(place) + reach)
                : Math.Max(1, quoting.PriceBelow(place, quoting.Fair(place) - reach));
            session.New(
                quoting.Instruments[place].Id, side, price, 1 + numbers.Below(LotsMax), TimeInForce.ImmediateOrCancel);
        }
    }
}
