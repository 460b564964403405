using HftDelta.Sbe.Schema;
using HftDelta.Tests.Sbe;
using NUnit.Framework;

namespace HftDelta.Tests.Wire;

/// <summary>Random and mutated frames of every message of the product: refused, or every accessor stays inside.</summary>
[CancelAfter(600_000)]
public sealed class HostileFrameTests
{
    [TestCaseSource(typeof(WireSchemas), nameof(WireSchemas.Messages))]
    public void Every_hostile_frame_is_refused_or_read_inside(int schemaId, string name)
    {
        MessageSchema schema = WireSchemas.Of(schemaId);
        Message message = schema.Messages.Single(candidate => candidate.Name == name);
        int rounds = LongSuite.Volume(10_000, 1_000_000);
        int accepted = HostileFrames.Run(schema, message, rounds, LongSuite.Seed(17),
            frame => WireSchemas.Print(schemaId, frame), WireSchemas.Compiled(schemaId).Recode);
        Assert.That(accepted, Is.GreaterThan(rounds / 20), "mutation leaves too few sound frames to say anything");
    }
}
