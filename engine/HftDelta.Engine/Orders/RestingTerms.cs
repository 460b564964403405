using HftDelta.Engine.Books;
using HftDelta.Wire;

namespace HftDelta.Engine.Orders;

/// <summary>
/// The terms that an order keeps while it lives, in the bits of <see cref="OrderHot"/> that are the engine's: in the account's
/// word 5 bits of execution flags and 3 of self-trade prevention, in the instrument's word 3 bits of type and 3 of time in force.
/// Owner: the engine agent.
/// </summary>
internal static class RestingTerms
{
    private const int ExecutionFlagsBit = 24;
    private const uint ExecutionFlagsMask = 0x1F;
    private const int PreventionBit = 29;
    private const int OrderTypeBit = 18;
    private const int TimeInForceBit = 21;
    private const uint Mask = 7;

    /// <summary>The account's word of an order.</summary>
    public static uint AccountWord(in OrderTerms terms) => AccountWord(
        terms.Account, terms.ExecutionFlags, terms.SelfTradePrevention);

    public static uint AccountWord(uint account, ExecutionFlags flags, SelfTradePrevention prevention) =>
        account | ((uint)flags << ExecutionFlagsBit) | ((uint)prevention << PreventionBit);

    /// <summary>The bits of the instrument's word.</summary>
    public static uint Bits(OrderType type, TimeInForce time) =>
        ((uint)type << OrderTypeBit) | ((uint)time << TimeInForceBit);

    public static OrderType OrderType(this in OrderHot order) => (OrderType)((order.InstrumentAndFlags >> OrderTypeBit) & Mask);

    public static TimeInForce TimeInForce(this in OrderHot order) =>
        (TimeInForce)((order.InstrumentAndFlags >> TimeInForceBit) & Mask);

    public static ExecutionFlags ExecutionFlags(this in OrderHot order) =>
        (ExecutionFlags)((order.AccountAndTerms >> ExecutionFlagsBit) & ExecutionFlagsMask);

    public static bool Has(this in OrderHot order, ExecutionFlags flag) => (order.ExecutionFlags() & flag) != 0;

    public static SelfTradePrevention SelfTradePrevention(this in OrderHot order) =>
        (SelfTradePrevention)(order.AccountAndTerms >> PreventionBit);

    /// <summary>The order is of another type and time from now on.</summary>
    public static void Become(this ref OrderHot order, OrderType type, TimeInForce time) =>
        order.InstrumentAndFlags =
            (order.InstrumentAndFlags & ~((Mask << OrderTypeBit) | (Mask << TimeInForceBit))) | Bits(type, time);
}
