using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Quotes both sides of every open instrument, a few of them in each step in turn: around fair value, less eager on the side
/// that would add to what it holds. Changes an order only when its price is off or much of it is filled. Owner: the driver.
/// </summary>
internal sealed class MarketMaker(TradingSession session, Quoting quoting, SeededNumbers numbers, MakerStyle style)
{
    private const int InstrumentsPerStep = 10;
    private const int PositionShare = 400;

    private readonly ClientOrderId[] _orders = new ClientOrderId[quoting.Instruments.Count * 2];
    private readonly Dictionary<int, (ClientOrderId Old, ClientOrderId New)> _pending = [];
    private int _next;

    public void Act()
    {
        for (var count = 0; count < InstrumentsPerStep && count < quoting.Instruments.Count; count++)
        {
            Quote(_next);
            _next = (_next + 1) % quoting.Instruments.Count;
        }
    }

    private void Quote(int place)
    {
        if (!quoting.IsOpen(place))
        {
            return;
        }

        var half = quoting.HalfSpread(place) * style.SpreadPercent / 100;
        var lean = half * session.PositionLots(quoting.Instruments[place].Id) / PositionShare;
        var middle = quoting.Fair(place) - Math.Clamp(lean, -2 * half, 2 * half) + numbers.Bell(half / 16);
        Quote(place, Side.Buy, quoting.PriceBelow(place, middle - half), half);
        Quote(place, Side.Sell, quoting.PriceAbove(place, middle + half), half);
    }

    private void Quote(int place, Side side, long price, long half)
    {
        ref var name = ref _orders[(place * 2) + (int)side];
        var instrument = quoting.Instruments[place];
        var order = session.Find(name);
        if (price < 1)
        {
            if (order is not null)
            {
                session.Cancel(instrument.Id, name);
            }

            return;
        }

        if (order is null)
        {
            name = session.New(
                instrument.Id, side, price, style.Lots + numbers.Below(4), flags: style.Flags);
            return;
        }

        var off = Math.Abs(order.Price.Value - price) * instrument.Underlying.TicksPerPriceTick;
        if (off > half / 4 || order.LeavesLots < style.Lots / 2)
        {
            // A replacement that is refused leaves the order as it is: it is found under its old name by the next look.
            var replaced = session.Replace(order, price, style.Lots);
            _pending.Add((place * 2) + (int)side, (name, replaced));
        }
    }

    /// <summary>After the reports were read: which of its names each order has.</summary>
    public void Learn()
    {
        foreach (var (key, names) in _pending)
        {
            _orders[key] = session.Find(names.New) is not null || session.Find(names.Old) is null ? names.New : names.Old;
        }

        _pending.Clear();
    }
}

/// <summary>How one maker differs from another.</summary>
/// <param name="SpreadPercent">Of the usual spread.</param>
/// <param name="Lots">In each order, about.</param>
/// <param name="Flags">Of its orders.</param>
internal sealed record MakerStyle(int SpreadPercent, long Lots, ExecutionFlags Flags);
