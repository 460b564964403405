using HftDelta.Engine;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Tests.Replica.Snapshots;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Oracle;

/// <summary>A venue whose underlying has three sources of which two must agree; it begins at 100,000 with a perpetual.</summary>
public abstract class OracleFixture
{
    protected const ulong Second = VenueScript.Second;
    protected const ulong Minute = 60 * Second;
    protected const uint Alice = 20;
    protected const uint Bob = 21;
    protected const uint Perpetual = 1;

    protected static readonly UnderlyingId Underlying = new(1);

    internal EngineHarness Engine { get; private set; } = null!;

    internal VenueScript Venue { get; private set; } = null!;

    internal OracleScript Oracle { get; private set; } = null!;

    [SetUp]
    public void OpenVenue()
    {
        Engine = new EngineHarness(EngineLimits.Small with { Accounts = 64, Orders = 1_024 });
        Venue = new VenueScript(Engine);
        Oracle = new OracleScript(Engine);
        Venue.ListUnderlying(thresholdTicks: 1, quorum: 2);
        foreach (var account in new[] { Alice, Bob })
        {
            Venue.OpenTrader(account, 1_000_000_000);
        }

        All(100_000);
        Venue.ListPerpetual(Perpetual);
    }

    [TearDown]
    public void CloseVenue()
    {
        Assert.That(Engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
        Engine.View.Audit();
        using (var replay = Engine.Replay())
        {
            Assert.That(replay.Processor.StateHash(), Is.EqualTo(Engine.Processor.StateHash()), "replayed state");
            Assert.That(replay.Processor.HistoryHash, Is.EqualTo(Engine.Processor.HistoryHash), "replayed events");
        }

        Assert.That(Engine.Processor.RecomputeStateHash(), Is.EqualTo(Engine.Processor.StateHash()), "recomputed state");
        SnapshotLife.Prove(Engine);
        Engine.Dispose();
    }

    /// <summary>All three sources say the same.</summary>
    protected void All(long price)
    {
        for (uint source = 1; source <= 3; source++)
        {
            Assert.That(Oracle.Report(source, price), Is.EqualTo(default(RejectCode)), $"source {source}");
        }
    }

    protected long Price => Engine.View.OraclePrice(Underlying).Value;

    protected StalenessClass Class => Engine.View.Staleness(Underlying);

    /// <summary>What settlement has done so far: it moves only when settlement does.</summary>
    protected Int128 Index => Engine.View.DeltaIndex(new InstrumentId(Perpetual)).Value;

    protected OracleStatusDecoder Status => OracleStatusDecoder.Trusted(Engine.Single(OracleStatusDecoder.TemplateId));

    /// <summary>A report of a source that spoke before, as its verifier denied it: the session's next request.</summary>
    protected void Deny(uint source, RejectCode code)
    {
        var session = OracleScript.FirstSession + source;
        Assert.That(Engine.View.TryGetSession(new SessionHandle(session), out var sequences), Is.True);
        var frame = new byte[OracleReportDeniedDecoder.FrameLength];
        OracleReportDeniedEncoder.Wrap(frame).SetSessionHandle(session).SetSourceId(source).SetUnderlyingId(1)
            .SetCode((ushort)code).SetRequestSequence(sequences.NextRequest).SetSourceSequence(77);
        var envelope = Engine.Commands[^1].Envelope with
        {
            Sequence = Engine.Processor.LastSequence.Value + 1,
            SessionHandle = session,
            Length = (ushort)frame.Length,
            Source = RecordSource.Oracle,
        };
        Engine.Events.Clear();
        Engine.Commands.Add((envelope, frame));
        Engine.Apply(in envelope, frame);
    }
}
