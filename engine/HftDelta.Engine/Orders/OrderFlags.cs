using HftDelta.Engine.Books;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// What matching must know of an order before it reads more than its hot half: the engine's bits of
/// <see cref="OrderHot.InstrumentAndFlags"/>. An order of plain terms has none of them, and costs one test. Type and time in
/// force lie beside them (<see cref="RestingTerms"/>).
/// </summary>
internal static class OrderFlags
{
    /// <summary>The order has an <see cref="OrderExtra"/>.</summary>
    public const uint HasExtra = 1u << 25;

    /// <summary>As an incoming order it does not trade with its own account group.</summary>
    public const uint PreventsSelfTrade = 1u << 26;

    /// <summary>Reduce-only or under market-maker protection: look at its account before it is filled.</summary>
    public const uint NeedsLook = 1u << 27;

    /// <summary>Live, in no book, and not taking: a stop before its trigger, a pegged order that is priced again.</summary>
    public const uint Waits = 1u << 28;

    /// <summary>Pegged to the oracle: margined at its limit and not at its price.</summary>
    public const uint IsPegged = 1u << 29;

    /// <summary>A side of a mass quote: the client's id does not name it.</summary>
    public const uint IsQuote = 1u << 30;

    public static uint Of(in OrderTerms terms) =>
        RestingTerms.Bits(terms.OrderType, terms.TimeInForce)
        | (terms.NeedsExtra ? HasExtra : 0)
        | (terms.SelfTradePrevention != SelfTradePrevention.Off ? PreventsSelfTrade : 0)
        | ((terms.ExecutionFlags & (ExecutionFlags.ReduceOnly | ExecutionFlags.MarketMakerProtection)) != 0 ? NeedsLook : 0)
        | (terms.IsStop ? Waits : 0)
        | (terms.OrderType == OrderType.Pegged ? IsPegged : 0)
        | (terms.IsQuote ? IsQuote : 0);

    /// <summary>In no book because its sweep is under way or pending.</summary>
    public static bool IsTaking(this in OrderHot order) => !order.IsResting && !order.Has(Waits);

    public static bool Has(this in OrderHot order, uint flag) => (order.InstrumentAndFlags & flag) != 0;
}
