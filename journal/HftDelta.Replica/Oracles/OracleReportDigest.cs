using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Wire;

namespace HftDelta.Replica.Oracles;

/// <summary>
/// What an oracle source signs: EIP-712 typed data, so that any Ethereum key and wallet library can sign a report and a
/// contract can check one. The domain is that of the venue's commitments: a report for one venue is worth nothing at another.
/// Owner: one thread.
/// </summary>
public sealed class OracleReportDigest
{
    /// <summary>The type as EIP-712 writes it.</summary>
    public const string TypeText =
        "OracleReport(uint32 underlyingId,uint32 sourceId,uint64 sourceSequence,uint64 sourceTime,int64 price)";

    private readonly Bytes32 _domain;

    public OracleReportDigest(CommitmentDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        _domain = domain.Separator();
    }

    /// <summary>The 32 bytes that are signed.</summary>
    public Bytes32 Of(UnderlyingId underlying, uint source, ulong sourceSequence, TimeNanos sourceTime, PriceTicks price)
    {
        var hash = new TypedDataEncoder(TypeText, 5).Add(underlying.Value).Add(source).Add(sourceSequence)
            .Add(sourceTime.Value).AddSigned(price.Value).Hash();
        return TypedDataEncoder.Digest(_domain, hash);
    }

    public Bytes32 Of(in OracleReportDecoder report) => Of(
        new UnderlyingId(report.UnderlyingId), report.SourceId, report.SourceSequence, new TimeNanos(report.SourceTime),
        new PriceTicks(report.Price));
}
