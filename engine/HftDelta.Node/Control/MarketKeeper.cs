using HftDelta.Node.Cli;
using HftDelta.Node.Config;

namespace HftDelta.Node.Control;

/// <summary>
/// The market that a venue lists, as it stands now, and its file: a restart says the rules again that stand there, so rules that
/// an operator changed are written back. Owner: the operator's thread.
/// </summary>
internal sealed class MarketKeeper(MarketSettings? market, string path)
{
    /// <summary>With every expiry as a moment once it is listed; null: the venue lists nothing.</summary>
    public MarketSettings? Market { get; private set; } = market;

    public bool IsListed { get; set; }

    /// <exception cref="ControlException">Nothing is listed yet.</exception>
    public MarketSettings Listed => IsListed && Market is not null
        ? Market
        : throw new ControlException(
            "the venue has listed nothing yet: it waits for a price of each underlying",
            "start the oracle sources, then repeat it");

    public MarketRules RulesOf(uint instrument) => Market?.Instruments[(int)instrument - 1].Rules ?? new MarketRules();

    /// <summary>The market with its expiries as moments, on disk before the first instrument is in the journal.</summary>
    public MarketSettings List(ulong nowNanos)
    {
        Market = Market!.ListedAt(nowNanos);
        Market.Write(path);
        return Market;
    }

    /// <summary>Rules that are applied.</summary>
    /// <returns>What the operator has to know, when they could not be written.</returns>
    public string? Keep(uint instrument, MarketRules rules)
    {
        Market = Market! with
        {
            Instruments =
            [
                .. Market.Instruments.Select(each => each.InstrumentId == instrument ? each with { Rules = rules } : each),
            ],
        };
        try
        {
            Market.Write(path);
            return null;
        }
        catch (OperatorException fault)
        {
            return $"applied, and not written for a restart, which would bring back what {path} says: {fault.Message}";
        }
    }
}
