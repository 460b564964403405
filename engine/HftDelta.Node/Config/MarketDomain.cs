using System.Text.Json;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;

namespace HftDelta.Node.Config;

/// <summary>
/// The EIP-712 domain of a venue: commitments, oracle reports and words of governance are all signed in it, so that what was
/// signed for one venue is worth nothing at another. Immutable.
/// </summary>
public sealed record MarketDomain
{
    /// <summary>The chain.</summary>
    public ulong ChainId { get; init; } = CommitmentDomain.Development.ChainId;

    /// <summary>The contract on it that verifies; left out: none.</summary>
    public string Contract { get; init; } = "";

    /// <summary>As those who sign and verify take it.</summary>
    internal CommitmentDomain Signed =>
        new(ChainId, Contract.Length == 0 ? EthereumAddress.Zero : EthereumAddress.Parse(Contract));

    /// <summary>What is wrong with it, in words; null when nothing is.</summary>
    internal string? FaultOf()
    {
        try
        {
            _ = Signed;
            return null;
        }
        catch (FormatException fault)
        {
            return $"the domain's contract: {fault.Message}";
        }
    }

    /// <summary>Where a file says the domain as files did before it was one; null when it does not.</summary>
    internal static string? OldKeyOf(JsonElement market)
    {
        if (market.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (market.TryGetProperty("oracleChainId", out _))
        {
            return Moved("oracleChainId", "chainId");
        }

        var hasGovernance = market.TryGetProperty("governance", out var governance)
            && governance.ValueKind == JsonValueKind.Object;
        return hasGovernance && governance.TryGetProperty("chainId", out _) ? Moved("governance.chainId", "chainId")
            : hasGovernance && governance.TryGetProperty("contract", out _) ? Moved("governance.contract", "contract")
            : null;
    }

    private static string Moved(string old, string name) => $"{old} is said once for everything that is signed: "
        + $"take it out and write \"domain\": {{ \"{name}\": ... }} beside \"underlyings\"";
}
