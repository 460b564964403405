using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// Where a participant places orders, within the process or over the network, and what it knows of those that live.
/// </summary>
internal interface IOrderDesk
{
    /// <summary>Whether requests are taken now.</summary>
    bool IsReady { get; }

    /// <summary>Whether the venue has said what became of the request that gave this name.</summary>
    bool IsAnswered(ClientOrderId order);

    /// <summary>An order that lives under this name; null when it does not, or not yet.</summary>
    LiveOrder? Find(ClientOrderId order);

    /// <returns>The order's name from now on; none when the request was not taken.</returns>
    ClientOrderId New(
        InstrumentId instrument, Side side, long price, long lots, TimeInForce timeInForce = TimeInForce.GoodTillCancel,
        ExecutionFlags flags = default, TimeNanos expireTime = default);

    void Cancel(InstrumentId instrument, ClientOrderId order, OrderId venueOrder = default);

    /// <returns>The order's name from now on, if the venue does it; none when the request was not taken.</returns>
    ClientOrderId Replace(LiveOrder order, long price, long leavesLots);
}
