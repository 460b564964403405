using System.Globalization;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>
/// Commands in the words of the examples, for what a failure prints. Said besides, behind a #: the session where an account has
/// several, the instrument, and the time. What the grammar has no words for is written as it is.
/// </summary>
internal static class ExampleWriting
{
    public static string Line(VenueCommand command)
    {
        var words = command switch
        {
            NewOrder order => Order(order),
            CancelOrder cancel => $"{Letter(cancel.Account)} cancel {(cancel.IsByOrderId ? "#" : "")}" +
                $"{Name(cancel.Owner == 0 ? cancel.Session : cancel.Owner, cancel.Original)} # {cancel.Instrument}",
            ReplaceOrder replace => $"{Letter(replace.Account)} replace {Name(replace.Session, replace.Original)} " +
                $"{Name(replace.Session, replace.ClientOrderId)} {replace.Quantity} @ {replace.Price} # {replace.Instrument}",
            OraclePrice price => $"oracle {price.Price} # {price.Underlying}",
            TimePasses => "time 0",
            ChangeState change => $"state {change.State} # {change.Instrument}",
            Kill kill => $"{(kill.IsOn ? "kill" : "unkill")} {(kill.Account == 0 ? "venue" : Letter(kill.Account))}" +
                (kill.CancelsOrders ? " cancel" : ""),
            SetGroup group => $"group {group.Group} {Letter(group.Account)}",
            EndDay => "end-of-day",
            _ => command.ToString(),
        };
        return words + string.Create(CultureInfo.InvariantCulture, $" # at {command.TimeNanos}");
    }

    private static string Order(NewOrder order)
    {
        List<string> words =
        [
            Letter(order.Account), Name(order.Session, order.ClientOrderId), order.Side == Side.Buy ? "buy" : "sell",
            $"{order.Quantity} @ {order.Price}",
        ];
        words.Add(order.OrderType switch
        {
            OrderType.Limit => "",
            OrderType.Market => "market",
            OrderType.MarketToLimit => "to-limit",
            OrderType.Stop => $"market stop {order.TriggerPrice} {Source(order)}",
            OrderType.StopLimit => $"stop {order.TriggerPrice} {Source(order)}",
            OrderType.TrailingStop => $"trail {order.TrailingAmount} " +
                $"{(order.TrailingUnit == TrailingUnit.BasisPoints ? "bps" : "ticks")} {Source(order)}",
            OrderType.Pegged => $"peg {order.PegOffset}",
            _ => $"type {order.OrderType}",
        });
        words.Add(order.TimeInForce switch
        {
            TimeInForce.GoodTillCancel => "",
            TimeInForce.ImmediateOrCancel => "ioc",
            TimeInForce.FillOrKill => "fok",
            TimeInForce.Day => "day",
            TimeInForce.GoodTillDate => $"gtd # {order.ExpireTime}",
            _ => $"time {order.TimeInForce}",
        });
        words.Add(order.MinimumQuantity == 0 ? "" : $"min {order.MinimumQuantity}");
        words.Add(order.DisplayQuantity == 0 ? "" : $"display {order.DisplayQuantity}");
        words.Add(order.SelfTradePrevention == SelfTradePrevention.Off ? "" : $"stp {order.SelfTradePrevention}");
        words.Add(order.Flags == default ? "" : $"{order.Flags}");
        words.Add($"# {order.Instrument}{(order.IsExtended ? " extended" : "")}");
        return string.Join(' ', words.Where(word => word.Length > 0));
    }

    private static string Source(NewOrder order) => order.TriggerSource switch
    {
        TriggerSource.LastTrade => "last",
        TriggerSource.Mark => "mark",
        TriggerSource.Oracle => "oracle",
        _ => $"{order.TriggerSource}",
    };

    private static string Letter(uint account) => ExampleWorld.LetterOf(account);

    private static string Name(uint session, ulong id) => $"s{session}o{id}";
}
