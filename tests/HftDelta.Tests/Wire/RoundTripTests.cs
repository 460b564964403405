using System.Text.Json.Nodes;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Sbe;
using NUnit.Framework;

namespace HftDelta.Tests.Wire;

/// <summary>Random values of every message go through the generated encoder and come out of the generated decoder.</summary>
[CancelAfter(60_000)]
public sealed class RoundTripTests
{
    [TestCase(18500)]
    [TestCase(18501)]
    public void Random_values_of_every_message_come_back(int schemaId)
    {
        MessageSchema schema = WireSchemas.Of(schemaId);
        EmitPlan plan = SchemaEmitter.PlanOf(schema, CompiledSchema.Options);
        ulong seed = LongSuite.Seed(23);
        var random = new SplitMix64(seed);
        var trees = new List<(string Message, JsonArray Values)>();
        foreach (Message message in schema.Messages)
        {
            for (int i = 0; i < LongSuite.Volume(4, 40); i++)
                trees.Add((message.Name, RandomTree.Of(message, ref random)));
        }

        CompiledSchema compiled = CompiledSchema.Build(
            schema, trees.ConvertAll(tree => ValueTree.Statements(plan, tree.Message, tree.Values)));
        var buffer = new byte[4096];
        for (int i = 0; i < trees.Count; i++)
        {
            buffer.AsSpan().Fill(0x5a);
            ReadOnlySpan<byte> frame = buffer.AsSpan(0, compiled.Encode(i, buffer));
            string expected = ValueTree.Printed(plan, trees[i].Message, trees[i].Values);
            Assert.That(WireSchemas.Print(schemaId, frame), Is.EqualTo(expected), $"seed {seed}");
            Assert.That(new FrameModel(schema).IsSound(frame), Is.True);
        }
    }
}
