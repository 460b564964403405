using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>Reports as the examples write them.</summary>
internal sealed class ExampleReports(ExampleNames names)
{
    /// <returns>Null for what examples leave out: public data and settlement notices.</returns>
    public string? Line(VenueReport report) => report switch
    {
        Accepted told => $"{Name(told, told.ClientOrderId)} accepted {told.Quantity} @ {told.Price}",
        Rejected told => $"{Name(told, told.ClientOrderId)} rejected {told.Code}{Bound(told.Bound)}",
        Filled told => $"{Name(told, told.ClientOrderId)} filled {told.Quantity} @ {told.Price} " +
            $"{(told.Liquidity == Liquidity.Maker ? "maker" : "taker")} leaves {told.Leaves}",
        LegFilled told => $"{Name(told, told.ClientOrderId)} leg {ExampleWorld.NameOf(told.Instrument)} " +
            $"{(told.Side == HftDelta.Wire.Side.Buy ? "buy" : "sell")} {told.Quantity} @ {told.Price} " +
            $"{(told.Liquidity == Liquidity.Maker ? "maker" : "taker")}",
        Canceled told => $"{Name(told, told.ClientOrderId)} canceled {told.Quantity} {told.Reason}",
        Replaced told => $"{Name(told, told.ClientOrderId)} replaced {told.Quantity} @ {told.Price} leaves {told.Leaves} " +
            $"{(told.IsPriorityKept ? "kept" : "lost")}",
        Decremented told => $"{Name(told, told.ClientOrderId)} decremented {told.Quantity} leaves {told.Leaves}",
        Repriced { Reason: RepriceReason.Triggered } told =>
            $"{Name(told, told.ClientOrderId)} triggered {told.Leaves} @ {told.Price}",
        Repriced told => $"{Name(told, told.ClientOrderId)} repriced {told.Leaves} @ {told.Price}",
        CancelRejected told => $"{Name(told, told.Original)} cancel-rejected {told.Code}{Bound(told.Bound)}",
        MassCanceled told => $"{Letter(told)} mass-canceled {(told.Code == default ? told.Count : told.Code)}",
        Quoted told => Quote(told),
        Protected told => $"{Letter(told)} protection {Protection(told)}",
        Refused told => $"refused {told.Code}",
        _ => null,
    };

    private string Quote(Quoted told)
    {
        var name = Name(told, told.ClientOrderId);
        return told.Code != default
            ? $"{name} quoted {told.Code}"
            : $"{name} quoted {Side(told.Entries[0].Bid, told.Entries[0].BidOrder)}/" +
                Side(told.Entries[0].Ask, told.Entries[0].AskOrder);
    }

    private static string Side(RejectCode code, ulong order) => code != default ? $"{code}" : order == 0 ? "-" : "ok";

    private static string Protection(Protected told)
    {
        if (told.Code != default)
        {
            return $"{told.Code}";
        }

        return told.ClientOrderId == 0 ? "acted" : "set";
    }

    private string Name(VenueReport report, ulong id) => names.NameOf(report.Session, id & ~(1UL << 63 | 1UL << 48));

    private static string Letter(VenueReport report) => ExampleWorld.LetterOf(report.Session);

    // A bound that is a time is told in seconds since the example began.
    private static string Bound(long bound) => bound switch
    {
        0 => "",
        >= (long)VenueWorld.StartNanos => $" {(bound - (long)VenueWorld.StartNanos) / 1_000_000_000}",
        _ => $" {bound}",
    };
}
