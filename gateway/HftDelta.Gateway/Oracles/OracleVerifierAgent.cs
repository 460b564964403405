using HftDelta.Gateway.Rings;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Counters;
using HftDelta.Wire;

namespace HftDelta.Gateway.Oracles;

/// <summary>
/// Verifies signatures of oracle reports on their way from a connection to the sequencer: a signature costs hundreds of
/// microseconds, and neither ingress nor the core waits for it. Whatever else comes that way keeps its place and passes.
/// Cold. Owner: its thread.
/// </summary>
public sealed class OracleVerifierAgent : IAgent
{
    private readonly FrameRing _asked;
    private readonly FrameRing _judged;
    private readonly ReportVerifier _verify;
    private readonly Counter _verified;
    private readonly Counter _missing;
    private readonly Counter _invalid;
    private readonly Counter _withoutKey;

    /// <param name="asked">From ingress.</param>
    /// <param name="judged">Back to ingress, in the same order.</param>
    /// <param name="verify">What judges a report.</param>
    /// <param name="allocate">Makes counters.</param>
    public OracleVerifierAgent(FrameRing asked, FrameRing judged, ReportVerifier verify, CounterAllocation allocate)
    {
        ArgumentNullException.ThrowIfNull(allocate);
        _asked = asked;
        _judged = judged;
        _verify = verify;
        _verified = allocate("hftdelta_oracle_signatures_total", "result=verified", CounterUnit.Count);
        _missing = allocate("hftdelta_oracle_signatures_total", "result=missing", CounterUnit.Count);
        _invalid = allocate("hftdelta_oracle_signatures_total", "result=invalid", CounterUnit.Count);
        _withoutKey = allocate("hftdelta_oracle_signatures_total", "result=without_key", CounterUnit.Count);
    }

    public string RoleName => "oracle-verifier";

    /// <summary>Reports that passed.</summary>
    public long Verified => _verified.Value;

    /// <summary>Reports whose signature was not their source's.</summary>
    public long Invalid => _invalid.Value;

    public void OnStart()
    {
    }

    /// <summary>One frame.</summary>
    public int DoWork()
    {
        if (!_asked.Reader.TryPeek(out var record))
        {
            return 0;
        }

        var known = HftDeltaSchema.TryPeekHeader(record.Frame, out var header);
        var isReport = known && header.TemplateId == OracleReportDecoder.TemplateId;
        var code = isReport ? _verify(record.Frame) : default;

        // The head carries the verdict where a sequenced record has its checksum.
        var head = record.Envelope with { Checksum = (uint)code };
        if (!_judged.TryWrite(in head, record.Frame))
        {
            // The ring to ingress is full: judging again gives the same.
            return 0;
        }

        Count(isReport, code);
        _asked.Reader.Advance();
        _asked.Reader.Release();
        return 1;
    }

    public void OnClose()
    {
    }

    private void Count(bool isReport, RejectCode code)
    {
        if (!isReport)
        {
            return;
        }

        var counter = code switch
        {
            default(RejectCode) => _verified,
            RejectCode.OracleSignatureMissing => _missing,
            RejectCode.OracleSourceWithoutKey => _withoutKey,
            _ => _invalid,
        };
        counter.Increment();
    }
}
