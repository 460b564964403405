using HftDelta.Gateway.Oracles;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Oracles;
using HftDelta.Replica.Signing;

namespace HftDelta.Node.Config;

/// <summary>The keys of a market's oracle sources, as what verifies and signs reports needs them.</summary>
public static class OracleKeys
{
    /// <summary>What judges the reports of a market; null: none of its sources has a key.</summary>
    public static ReportVerifier? VerifierOf(MarketSettings market) =>
        SignaturesOf(market) is { HasKeys: true } signatures ? signatures.Judge : null;

    /// <summary>Judges reports by the keys of a market's sources, in its domain.</summary>
    public static OracleSignatures SignaturesOf(MarketSettings market)
    {
        ArgumentNullException.ThrowIfNull(market);
        var keys = market.Underlyings.SelectMany(underlying => (underlying.Oracle?.Keys ?? []).Select(key =>
            KeyValuePair.Create(
                new OracleSourceId(new UnderlyingId(underlying.UnderlyingId), key.Source),
                EthereumAddress.Parse(key.Address))));
        return new OracleSignatures(market.SignedDomain, keys);
    }
}
