using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>Hostile frames of a schema that has everything: nested groups, data, versions, wide counts.</summary>
[CancelAfter(60_000)]
public sealed class HostileSchemaTests
{
    [TestCase("littleEndian")]
    [TestCase("bigEndian")]
    public void Every_hostile_frame_of_a_nested_message_is_refused_or_read_inside(string byteOrder)
    {
        MessageSchema schema = TestSchemas.Deep(byteOrder);
        CompiledSchema compiled = CompiledSchema.Build(schema, []);
        int accepted = 0;
        HostileFrames.Run(schema, schema.Messages[0], LongSuite.Volume(10_000, 1_000_000), LongSuite.Seed(41), frame =>
        {
            string text = compiled.Print(frame);
            accepted += text[0] == '{' ? 1 : 0;
            return text[0] == '{' ? text : null;
        });
        Assert.That(accepted, Is.GreaterThan(500));
    }
}
