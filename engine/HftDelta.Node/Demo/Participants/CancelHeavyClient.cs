using HftDelta.Node.Demo.Markets;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Lays orders away from the market and takes them out two steps later: by the venue's name or by its own, and some it lets
/// expire by date. Its connection is lost once, and it comes back with another session. Owner: the driver.
/// </summary>
internal sealed class CancelHeavyClient(
    TradingSession first, TradingSession second, Quoting quoting, NanoClock clock, SeededNumbers numbers)
{
    private const int OrdersPerStep = 16;
    private const int StepsToRest = 2;

    private readonly Queue<(DemoInstrument Instrument, ClientOrderId Order)[]> _laid = [];
    private TradingSession? _session = first;

    /// <summary>Its connection is gone; it does not act until it is back.</summary>
    public void Lose()
    {
        _session = null;
        _laid.Clear();
    }

    public void ComeBack() => _session = second;

    public void Act()
    {
        if (_session is not { } session)
        {
            return;
        }

        if (_laid.Count >= StepsToRest)
        {
            foreach (var (instrument, order) in _laid.Dequeue())
            {
                CancelOne(session, instrument, order);
            }
        }

        var laid = new List<(DemoInstrument, ClientOrderId)>();
        for (var count = 0; count < OrdersPerStep; count++)
        {
            var place = numbers.Below(quoting.Instruments.Count);
            if (quoting.IsOpen(place))
            {
                laid.Add((quoting.Instruments[place], Lay(session, place)));
            }
        }

        _laid.Enqueue([.. laid]);
    }

    private void CancelOne(TradingSession session, DemoInstrument instrument, ClientOrderId order)
    {
        var venueOrder = numbers.OneIn(2) && session.Find(order) is { } known ? known.OrderId : default;
        session.Cancel(instrument.Id, order, venueOrder);
    }

    private ClientOrderId Lay(TradingSession session, int place)
    {
        var away = quoting.HalfSpread(place) * (3 + numbers.Below(4));
        var side = numbers.OneIn(2) ? Side.Buy : Side.Sell;
        var price = side == Side.Buy
            ? Math.Max(1, quoting.PriceBelow(place, quoting.Fair(place) - away))
            : quoting.PriceAbove(place, quoting.Fair(place) + away);
        var isDated = numbers.OneIn(16);
        return session.New(
            quoting.Instruments[place].Id, side, price, 1 + numbers.Below(10),
            isDated ? TimeInForce.GoodTillDate : TimeInForce.GoodTillCancel,
            expireTime: isDated ? new TimeNanos(clock.Now.Value + DemoTiming.StepNanos) : default);
    }
}
