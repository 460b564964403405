using HftDelta.Node.Demo.Markets;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Sends recorded order flow: one session lays, reduces and cancels the orders, another comes for those that were executed.
/// Orders from before the recording are not known to the book, so what happens to them is left out and counted.
/// Owner: the driver.
/// </summary>
internal sealed class RecordedFlow(IOrderDesk resting, IOrderDesk aggressor, DemoMarket market)
{
    private const int EventsPerStepMax = 64;

    private readonly Dictionary<long, ClientOrderId> _names = [];
    private readonly List<(long Recorded, ClientOrderId Old, ClientOrderId New)> _renamed = [];
    private readonly HashSet<long> _unanswered = [];
    private int _next;

    /// <summary>Events that were sent as orders.</summary>
    public long Sent { get; private set; }

    /// <summary>Events of orders that the book never saw.</summary>
    public long LeftOut { get; private set; }

    public void Act(int step)
    {
        var elapsed = (ulong)step * DemoTiming.StepNanos;
        var count = 0;
        while (count < EventsPerStepMax && _next < market.Flow.Count && market.Flow[_next].AfterNanos <= elapsed
            && resting.IsReady && aggressor.IsReady)
        {
            if (!TrySend(market.Flow[_next]))
            {
                return;
            }

            _next++;
            count++;
        }
    }

    /// <summary>After reports were read: which of its names each order has, as far as that is answered.</summary>
    public void Learn()
    {
        foreach (var (recorded, old, @new) in _renamed)
        {
            if (resting.IsAnswered(@new))
            {
                _names[recorded] = resting.Find(@new) is not null || resting.Find(old) is null ? @new : old;
                _unanswered.Remove(recorded);
            }
        }

        _renamed.RemoveAll(renamed => resting.IsAnswered(renamed.New));
        _unanswered.RemoveWhere(recorded => !_names.TryGetValue(recorded, out var name) || resting.IsAnswered(name));
    }

    /// <returns>False when the event must wait for the reports of one that was just sent.</returns>
    private bool TrySend(in FlowEvent next)
    {
        var instrument = market.FlowInstrument!.Id;
        var side = next.IsBuy ? Side.Buy : Side.Sell;
        if (next.Kind == FlowKind.Add)
        {
            _names[next.RecordedOrderId] = resting.New(instrument, side, next.Price, next.Lots);
            _unanswered.Add(next.RecordedOrderId);
            Sent++;
            return true;
        }

        if (!_names.TryGetValue(next.RecordedOrderId, out var name))
        {
            LeftOut++;
            return true;
        }

        switch (next.Kind)
        {
            case FlowKind.Execute:
                aggressor.New(
                    instrument, next.IsBuy ? Side.Sell : Side.Buy, next.Price, next.Lots, TimeInForce.ImmediateOrCancel);
                break;
            case FlowKind.Remove:
                resting.Cancel(instrument, name);
                _names.Remove(next.RecordedOrderId);
                break;
            default:
                if (_unanswered.Contains(next.RecordedOrderId))
                {
                    return false;
                }

                return Reduce(next, name, instrument);
        }

        Sent++;
        return true;
    }

    private bool Reduce(in FlowEvent next, ClientOrderId name, InstrumentId instrument)
    {
        if (resting.Find(name) is not { } order)
        {
            LeftOut++;
            return true;
        }

        Sent++;
        if (order.LeavesLots <= next.Lots)
        {
            resting.Cancel(instrument, name);
            _names.Remove(next.RecordedOrderId);
            return true;
        }

        var renamed = resting.Replace(order, order.Price.Value, order.LeavesLots - next.Lots);
        _renamed.Add((next.RecordedOrderId, name, renamed));
        _names[next.RecordedOrderId] = renamed;
        _unanswered.Add(next.RecordedOrderId);
        return true;
    }
}
