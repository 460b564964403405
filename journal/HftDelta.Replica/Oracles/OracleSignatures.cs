using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Wire;

namespace HftDelta.Replica.Oracles;

/// <summary>One source of one underlying.</summary>
public readonly record struct OracleSourceId(UnderlyingId Underlying, uint Source);

/// <summary>
/// Judges signatures of oracle reports by the keys of their sources. An underlying of which any source has a key takes signed
/// reports only; one without keys takes reports as they are. Owner: one thread.
/// </summary>
public sealed class OracleSignatures
{
    private readonly OracleReportDigest _digest;
    private readonly Dictionary<OracleSourceId, EthereumAddress> _keys;
    private readonly HashSet<uint> _signed;

    /// <param name="domain">Of the venue.</param>
    /// <param name="keys">Addresses of the sources' keys.</param>
    public OracleSignatures(CommitmentDomain domain, IEnumerable<KeyValuePair<OracleSourceId, EthereumAddress>> keys)
    {
        _digest = new OracleReportDigest(domain);
        _keys = new Dictionary<OracleSourceId, EthereumAddress>(keys);
        _signed = [.. _keys.Keys.Select(key => key.Underlying.Value)];
    }

    /// <summary>Whether any source has a key.</summary>
    public bool HasKeys => _keys.Count > 0;

    /// <param name="frame">A validated OracleReport.</param>
    /// <returns>None: it is its source's, or its underlying takes reports without signatures.</returns>
    public RejectCode Judge(ReadOnlySpan<byte> frame)
    {
        var report = OracleReportDecoder.Trusted(frame);
        if (!_signed.Contains(report.UnderlyingId))
        {
            return default;
        }

        if (!_keys.TryGetValue(new OracleSourceId(new UnderlyingId(report.UnderlyingId), report.SourceId), out var key))
        {
            return RejectCode.OracleSourceWithoutKey;
        }

        var signature = report.Signature;
        if (signature.Length == 0)
        {
            return RejectCode.OracleSignatureMissing;
        }

        return signature.Length == RecoverableSignature.LengthBytes
            && Secp256k1Signer.Recover(_digest.Of(report), RecoverableSignature.From(signature)) == key
                ? default
                : RejectCode.OracleSignatureInvalid;
    }
}
