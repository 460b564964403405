using HftDelta.Gateway.Oracles;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;

namespace HftDelta.Node.Config;

/// <summary>The keys of a market's oracle sources, as what verifies and signs reports needs them.</summary>
public static class OracleKeys
{
    /// <summary>What judges the reports of a market; null: none of its sources has a key.</summary>
    public static ReportVerifier? VerifierOf(MarketSettings market)
    {
        ArgumentNullException.ThrowIfNull(market);
        var keys = market.Underlyings.SelectMany(underlying => (underlying.Oracle?.Keys ?? []).Select(key =>
            KeyValuePair.Create(
                new OracleSourceId(new UnderlyingId(underlying.UnderlyingId), key.Source),
                EthereumAddress.Parse(key.Address))));
        var signatures = new OracleSignatures(DomainOf(market), keys);
        return signatures.HasKeys ? signatures.Judge : null;
    }

    /// <summary>What a source's reports are signed for.</summary>
    internal static CommitmentDomain DomainOf(MarketSettings market) => new(market.OracleChainId, EthereumAddress.Zero);
}
