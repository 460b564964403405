using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Random values of every message of every good schema of the collection, in frames of every version: read by the generated
/// decoder and written by the generated encoder they are what the model writes. Short runs take a sample, long ones all.
/// </summary>
[CancelAfter(600_000)]
public sealed class RoundTripTests
{
    private static readonly string[] Sample =
    [
        "own-composites", "own-evolution-v2", "own-groups", "own-header", "own-primitives-be", "own-primitives-le",
        "own-csharp-names", "own-standard-examples", "code-generation-schema", "issue1066", "value-ref-schema", "sbe-ir",
        "basic-schema-constant-header-field",
    ];

    public static IEnumerable<string> Schemas
    {
        get
        {
            if (!LongSuite.IsAsked)
                return Sample;
            return SchemaFiles.OfGrade("must-accept").Concat(SchemaFiles.OfGrade("should-accept"))
                .Select(file => Path.GetFileNameWithoutExtension(file));
        }
    }

    [TestCaseSource(nameof(Schemas))]
    public void Random_values_of_every_message_come_back(string name)
    {
        SchemaFiles.RequireCollection();
        MessageSchema schema = SchemaFiles.Parse(SchemaFiles.Read(Path.Combine(SchemaFiles.Collection, "valid", name + ".xml")));
        CompiledSchema compiled = CompiledSchema.Build(schema);
        ulong seed = LongSuite.Seed(43);
        int rounds = LongSuite.Volume(200, 2_000);
        foreach (Message message in schema.Messages)
        {
            int accepted = HostileFrames.Run(
                schema, message, rounds, seed, compiled.Read, compiled.Recode, soundShare: 100);
            Assert.That(accepted, Is.GreaterThan(rounds / 2), message.Name);
        }
    }
}
