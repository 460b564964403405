using HftDelta.Engine.State;
using HftDelta.Replica.Snapshots;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Storage;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>A snapshot of a state in which nothing is empty.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class WholeLifeTests
{
    [Test]
    public void Probe()
    {
        using var life = new WholeLife();
        foreach (var (key, count) in life.Commands.OrderBy(each => each.Key))
        {
            TestContext.Out.WriteLine($"{key} {count}");
        }

        var components = life.Engine.Processor.StateComponents();
        foreach (var type in Enum.GetValues<StateRecordType>())
        {
            TestContext.Out.WriteLine($"{type} {(int)type is >= 1 and <= 12 && components.Of(type) != Hash256.Zero}");
        }

        var storage = new VirtualStorage();
        SnapshotWriter.Write(storage, new SnapshotSource
        {
            Processor = life.Engine.Processor, Limits = life.Engine.Limits, JournalId = Guid.NewGuid(), RecordChecksum = 1,
        });
        using (var again = SnapshotLife.Fresh(life.Engine))
        {
            foreach (var (envelope, frame) in life.Engine.Commands)
            {
                again.Events.Clear();
                again.Apply(envelope, frame);
                foreach (var told in again.Events.Where(each => each.SchemaId == InternalSchema.Id && each.TemplateId == CommandRefusedDecoder.TemplateId))
                {
                    var refusal = CommandRefusedDecoder.Trusted(told.Frame);
                    TestContext.Out.WriteLine($"refused {envelope.Sequence} {BitConverter.ToUInt16(frame, 2)} {(RejectCode)refusal.Code}");
                }
                foreach (var told in again.Events.Where(each => each.SchemaId == InternalSchema.Id && each.TemplateId == GovernanceReportDecoder.TemplateId))
                {
                    var g = GovernanceReportDecoder.Trusted(told.Frame);
                    TestContext.Out.WriteLine($"gov {envelope.Sequence} {g.Outcome} {g.Code}");
                }
            }
        }

        foreach (var section in SnapshotLoader.Prove(storage, storage.List()[0]))
        {
            TestContext.Out.WriteLine($"{(section.StoredBytes <= 8 ? "EMPTY" : "")} {section.Path}");
        }

        TestContext.Out.WriteLine($"{life.Engine.Processor.HasPendingWork} {life.Engine.Processor.IsRiskOutstanding}");
        TestContext.Out.WriteLine(storage.Bytes(storage.List()[0]).Length);
        var refused = life.Engine.Commands.Count;
        TestContext.Out.WriteLine(refused);
    }
}
