namespace HftDelta.Tests.Engine.Money;

/// <summary>What random lives must have seen, by the names under which <see cref="MoneyModel"/> counts it.</summary>
internal static class MoneyEvents
{
    public static IEnumerable<string> All => [.. Kinds, .. Ticks, .. Trades, .. Money, .. Refusals, .. Lives];

    private static string[] Kinds =>
    [
        "EuropeanOption Call", "EuropeanOption Put", "Future", "Perpetual", "power Root", "power Two", "power Three",
        "PerpetualOption Call", "PerpetualOption Put", "leg fills",
    ];

    private static string[] Ticks =>
    [
        "tick Threshold", "tick Interval", "tick Expiry", "tick ParameterActivation", "moves by delta", "true-ups", "expiries",
        "accounts applied", "dust", "touched after a tick", "touched at the end", "epochs",
    ];

    private static string[] Trades =>
        ["trades", "auction trades", "partial fills", "last fills", "fees", "rebates", "settlement fees", "funding fees"];

    private static string[] Money =>
    [
        "deposits", "deposits of other assets", "paid out", "transfers", "withdrawal Held", "withdrawal Canceled",
        "withdrawal Released", "withdrawal Returned", "funding of Perpetual", "funding of PowerPerpetual",
        "funding of PerpetualOption", "interest", "interest of lenders", "cash below zero", "delivery Due", "delivery Netted",
        "delivery Delivered", "delivery Lapsed",
    ];

    private static string[] Refusals =>
    [
        "transfer refused NotSameOwner", "transfer refused InsufficientCash", "transfer refused InsufficientMargin",
        "transfer refused AssetLimit", "withdrawal refused InsufficientMargin", "withdrawal refused InsufficientCash",
        "order refused InsufficientMargin", "order refused CashShortfall", "order refused SettlementPoolExhausted",
    ];

    private static string[] Lives =>
    [
        "lives with deltas that mean nothing", "lives with the kernel's deltas", "eager lives", "lazy lives", "ended flat",
        "replays",
    ];
}
