using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Hostile frames of other schemas than our own: refused, or read inside and written again as the model says. One of them
/// has everything that has a length; the others are those of venues and of the official tool's tests.
/// </summary>
[CancelAfter(600_000)]
public sealed class HostileSchemaTests
{
    private static readonly string[] Sample = ["example-schema", "own-groups", "own-evolution-v2"];

    private static readonly string[] Dozen =
    [
        .. Sample, "own-composites", "own-primitives-be", "composite-elements-schema-rc4", "FixBinary", "cme-mdp3-v1.13",
        "b3-entrypoint-v8.4", "binance-spot_3_5", "euronext-mdg-v6.67", "iex-options-orders-v1.02", "deribit-orders-v1.3",
        "memx-memoir-depth-v1.3",
    ];

    public static IEnumerable<string> Schemas => LongSuite.IsAsked ? Dozen : Sample;

    [TestCase("littleEndian")]
    [TestCase("bigEndian")]
    public void Every_hostile_frame_of_a_nested_message_is_refused_or_read_inside(string byteOrder)
    {
        MessageSchema schema = TestSchemas.Deep(byteOrder);
        int rounds = LongSuite.Volume(10_000, 1_000_000);
        Assert.That(Throw(schema, rounds), Is.GreaterThan(rounds / 20));
    }

    [TestCaseSource(nameof(Schemas))]
    public void Every_hostile_frame_of_a_venue_is_refused_or_read_inside(string name)
    {
        SchemaFiles.RequireCollection();
        MessageSchema schema = SchemaFiles.Parse(SchemaFiles.Read(Path.Combine(SchemaFiles.Collection, "valid", name + ".xml")));
        int rounds = LongSuite.Volume(10_000, 100_000) / schema.Messages.Count + 1;
        Assert.That(Throw(schema, rounds), Is.GreaterThan(0));
    }

    private static int Throw(MessageSchema schema, int rounds)
    {
        CompiledSchema compiled = CompiledSchema.Build(schema);
        ulong seed = LongSuite.Seed(41);
        return schema.Messages.Sum(message => HostileFrames.Run(schema, message, rounds, seed, compiled.Read, compiled.Recode));
    }
}
