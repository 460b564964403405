using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>The terms of random orders, good and bad.</summary>
public sealed partial class CommandDraw
{
    private NewOrder WithTime(NewOrder order)
    {
        var draw = _random.NextInRange(0, 99);
        if (draw < 12)
        {
            return order with { TimeInForce = TimeInForce.ImmediateOrCancel };
        }

        if (draw < 20)
        {
            return order with
            {
                TimeInForce = TimeInForce.GoodTillDate,
                ExpireTime = _time + (ulong)_random.NextInRange(1, 400_000_000L),
            };
        }

        if (draw < 25 && Has(VenueFeatures.Day))
        {
            return order with { TimeInForce = TimeInForce.Day };
        }

        if (draw < 30 && Has(VenueFeatures.AtOnce))
        {
            return order with { TimeInForce = TimeInForce.FillOrKill };
        }

        return order;
    }

    // size: dispatch table
    private NewOrder WithType(NewOrder order)
    {
        var draw = _random.NextInRange(0, 99);
        if (draw < 4 && Has(VenueFeatures.AtOnce))
        {
            return order with
            {
                OrderType = OrderType.Market,
                Price = Chance(1, 6) ? 0 : Aggressive(order),
                TimeInForce = Chance(1, 3) ? TimeInForce.FillOrKill : TimeInForce.ImmediateOrCancel,
                ExpireTime = 0,
            };
        }

        if (draw < 8 && Has(VenueFeatures.AtOnce))
        {
            return order with { OrderType = OrderType.MarketToLimit, Price = Chance(1, 2) ? 0 : order.Price };
        }

        if (draw < 12 && Has(VenueFeatures.AtOnce))
        {
            return order with { MinimumQuantity = _random.NextInRange(1, order.Quantity), Price = Aggressive(order) };
        }

        if (draw < 24 && Has(VenueFeatures.Iceberg))
        {
            return order with { DisplayQuantity = _random.NextInRange(1, order.Quantity), Quantity = order.Quantity * 2 };
        }

        if (draw < 36 && Has(VenueFeatures.Stops))
        {
            return Stop(order);
        }

        if (draw < 41 && Has(VenueFeatures.Pegs))
        {
            return order with
            {
                OrderType = OrderType.Pegged,
                PegOffset = Chance(1, 12) ? 3 - Center(order.Instrument) : _random.NextInRange(-6, 6),
                DisplayQuantity = Has(VenueFeatures.Iceberg) && Chance(1, 3) ? _random.NextInRange(1, order.Quantity) : 0,
                Price = order.Price + _random.NextInRange(-8, 8),
                TimeInForce = Chance(1, 20) ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancel,
                ExpireTime = 0,
            };
        }

        return order;
    }

    private long Aggressive(NewOrder order)
    {
        var far = _random.NextInRange(0, 12);
        return AtLeast(order.Instrument, Center(order.Instrument) + (order.Side == Side.Buy ? far : -far));
    }

    private NewOrder Stop(NewOrder order)
    {
        var source = (TriggerSource)_random.NextInRange(1, 3);
        var draw = _random.NextInRange(0, 2);
        var center = source == TriggerSource.Oracle
            ? _oracle[_world.UnderlyingOf(order.Instrument) - 1]
            : Center(order.Instrument);
        var away = _random.NextInRange(-1, 8);
        order = order with
        {
            Price = Aggressive(order),
            TriggerSource = source,
            TimeInForce = order.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill && !Chance(1, 30)
                ? TimeInForce.GoodTillCancel
                : order.TimeInForce,
        };
        if (draw == 2)
        {
            var unit = Chance(1, 2) ? TrailingUnit.Ticks : TrailingUnit.BasisPoints;
            return order with
            {
                OrderType = OrderType.TrailingStop,
                TrailingUnit = unit,
                TrailingAmount = unit == TrailingUnit.Ticks ? _random.NextInRange(1, 9) : _random.NextInRange(1, 120),
            };
        }

        return order with
        {
            DisplayQuantity = draw == 1 && Has(VenueFeatures.Iceberg) && Chance(1, 4) ? 1 : 0,
            OrderType = draw == 0 ? OrderType.Stop : OrderType.StopLimit,
            TriggerPrice = Math.Max(1, center + (order.Side == Side.Buy ? away : -away)),
        };
    }

    private NewOrder WithFlags(NewOrder order)
    {
        var flags = order.Flags;
        var isPlain = order.OrderType == OrderType.Limit && order.MinimumQuantity == 0 &&
            order.TimeInForce is not (TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill);
        if (Chance(1, 10) && (isPlain || Chance(1, 20)))
        {
            flags |= ExecutionFlags.PostOnly;
            flags |= Has(VenueFeatures.Reprice) && Chance(1, 2) ? ExecutionFlags.Reprice : 0;
        }

        flags |= Chance(1, 12) ? ExecutionFlags.ReduceOnly : 0;
        flags |= Has(VenueFeatures.Protection) && Chance(1, 6) && (isPlain || Chance(1, 20))
            ? ExecutionFlags.MarketMakerProtection
            : 0;
        return order with
        {
            Flags = flags,
            SelfTradePrevention = Has(VenueFeatures.SelfTradePrevention) && Chance(1, 3)
                ? (SelfTradePrevention)_random.NextInRange(1, 4)
                : SelfTradePrevention.Off,
        };
    }

    /// <summary>One term out of its range.</summary>
    // size: dispatch table
    private NewOrder Spoilt(NewOrder order)
    {
        switch (_random.NextInRange(0, 15))
        {
            case 0:
                return order with { Price = _random.NextInRange(-2, 0) - (Chance(1, 2) ? 1L << 40 : 0) };
            case 1:
                return order with { Price = (1L << 40) + _random.NextInRange(0, 1) };
            case 2:
                return order with { Quantity = _random.NextInRange(-3, 0) };
            case 3:
                return order with { Quantity = (1L << 32) + _random.NextInRange(0, 1) };
            case 4:
                return order with { Side = (Side)2 };
            case 5:
                return order with { OrderType = (OrderType)(Chance(1, 2) ? 0 : 8) };
            case 6:
                return order with { TimeInForce = (TimeInForce)5 };
            case 7:
                return order with { Flags = order.Flags | (ExecutionFlags)0x40 };
            case 8:
                return order with { ExpireTime = order.ExpireTime == 0 ? 1UL : 0UL };
            case 9:
                return order with { Account = Chance(1, 2) ? 60U : Session().Account };
            case 10:
                return order with { Instrument = (uint)_world.InstrumentCount + 1 };
            case 11:
                return order with { MinimumQuantity = order.Quantity + 1 };
            case 12:
                return order with { SelfTradePrevention = (SelfTradePrevention)5 };
            case 13:
                return order with { DisplayQuantity = Chance(1, 2) ? -1 : order.Quantity + 1 };
            case 14:
                return order with { Flags = order.Flags | ExecutionFlags.AllOrNone };
            default:
                return order with { TriggerPrice = order.TriggerPrice + 1, TrailingUnit = TrailingUnit.Ticks };
        }
    }
}
