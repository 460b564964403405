using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Simulation.Engines;

/// <summary>Rules of an oracle as a test says them; 0 is no rule.</summary>
public sealed record OracleRulesWords
{
    public uint JumpPpm { get; init; }

    public uint DeviationPpm { get; init; }

    public byte DisabledSources { get; init; }

    public ulong SkewMaxNanos { get; init; }

    public ulong AgeMaxNanos { get; init; }

    public ulong LateNanos { get; init; }

    public ulong StaleNanos { get; init; }

    public ulong DeadNanos { get; init; }

    public ulong RecoveryNanos { get; init; }

    public ulong WindowNanos { get; init; }
}

/// <summary>What tests say to the oracle of a venue, one line each. Sources have the sessions from 40 on.</summary>
public sealed class OracleScript(EngineHarness engine, uint underlying = 1)
{
    public const uint FirstSession = 40;

    private readonly Dictionary<uint, ulong> _sequences = [];

    public void Rules(OracleRulesWords rules) => engine.SendInternal(
        OracleRulesEncoder.Wrap(engine.Buffer).SetUnderlyingId(underlying).SetReportJumpPpm(rules.JumpPpm)
            .SetMedianDeviationPpm(rules.DeviationPpm).SetDisabledSources(rules.DisabledSources)
            .SetClockSkewMaxNanos(rules.SkewMaxNanos).SetReportAgeMaxNanos(rules.AgeMaxNanos)
            .SetLateAfterNanos(rules.LateNanos).SetStaleAfterNanos(rules.StaleNanos).SetDeadAfterNanos(rules.DeadNanos)
            .SetRecoveryNanos(rules.RecoveryNanos).SetSettlementWindowNanos(rules.WindowNanos).EncodedLength);

    /// <summary>A report.</summary>
    /// <returns>The reason of a refusal, or none; what the event says.</returns>
    public RejectCode Report(uint source, long price, ulong? sourceTime = null, ulong? sourceSequence = null)
    {
        var session = FirstSession + source;
        if (_sequences.TryAdd(source, 0))
        {
            Span<byte> id = stackalloc byte[16];
            BitConverter.TryWriteBytes(id, session);
            engine.SendInternal(SessionOpenedEncoder.Wrap(engine.Buffer).SetSessionHandle(session).SetSessionId(id)
                .SetRoles(SessionRoles.OracleSource).EncodedLength);
        }

        _sequences[source]++;
        engine.SendRequest(session, OracleReportEncoder.Wrap(engine.Buffer).SetSourceId(source)
            .SetUnderlyingId(underlying).SetSourceSequence(sourceSequence ?? _sequences[source])
            .SetSourceTime(sourceTime ?? engine.TimeNanos).SetPrice(price).SetSignature([]).EncodedLength);
        var refused = engine.Events.LastOrDefault(record => record.SchemaId == HftDeltaSchema.Id
            && record.TemplateId == OracleReportRefusedDecoder.TemplateId);
        return refused is null ? default : OracleReportRefusedDecoder.Trusted(refused.Frame).Code;
    }

    /// <summary>Sets one point of the forward curve; a forward of 0 means that the basis is given.</summary>
    public void Forward(ulong expiryTime, long basis, long forward = 0)
    {
        var message = ForwardUpdateEncoder.Wrap(engine.Buffer).SetUnderlyingId(underlying);
        message.SetPoints(1).Next().SetExpiryTime(expiryTime).SetBasis(basis).SetForward(forward);
        engine.SendInternal(message.EncodedLength);
    }

    /// <summary>Lets time pass and the venue notice.</summary>
    public void Wait(ulong nanos)
    {
        engine.TimeNanos += nanos;
        engine.Tick();
    }
}
