using System.Text.Json.Nodes;
using HftDelta.Sbe.Emit;
using HftDelta.Sbe.Schema;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Bytes that the official codecs made: the generated decoders read the listed values from them, and the generated encoders
/// make the same bytes from these values.
/// </summary>
[CancelAfter(120_000)]
public sealed class GoldenVectorTests
{
    /// <summary>Small schemas that between them use the whole language; the long suite takes every file.</summary>
    private static readonly string[] Sample =
    [
        "car", "code-generation", "composite-elements", "example-extension", "fixed-arrays", "group-with-data", "issue1066",
        "issue1116", "own-composites", "own-csharp-names", "own-default-namespace", "own-evolution-v0-reads-newer",
        "own-evolution-v1-reads-older", "own-evolution-v2-reads-older", "own-evolution-v2", "own-groups", "own-header",
        "own-primitives-be", "own-primitives-le", "own-standard-examples", "samples-car", "unknown-values", "value-ref",
    ];

    public static IEnumerable<string> Files
    {
        get
        {
            string folder = Path.Combine(SchemaFiles.Collection, "vectors");
            if (!LongSuite.IsAsked || !Directory.Exists(folder))
                return Sample;
            return Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order();
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Golden_bytes_are_read_and_made_again(string file)
    {
        SchemaFiles.RequireCollection();
        JsonNode root = JsonNode.Parse(File.ReadAllText(Path.Combine(SchemaFiles.Collection, "vectors", file + ".json")))!;
        MessageSchema schema = SchemaFiles.Parse(
            SchemaFiles.Read(Path.Combine(SchemaFiles.Collection, (string)root["schema"]!)));
        List<JsonNode> vectors = ((JsonArray)root["vectors"]!).Select(vector => vector!).ToList();
        EmitPlan plan = PlanOf(schema);
        List<string> encodings = vectors.Select(vector => vector["decodeOnly"] is null
            ? ValueTree.Statements(plan, (string)vector["message"]!, (JsonArray)vector["fields"]!)
            : "return 0;\n").ToList();
        CompiledSchema compiled = CompiledSchema.Build(schema, encodings);
        byte[] buffer = new byte[1 << 20];
        Assert.Multiple(() =>
        {
            for (int i = 0; i < vectors.Count; i++)
            {
                JsonNode vector = vectors[i];
                string name = (string)vector["name"]!;
                byte[] frame = Convert.FromHexString((string)vector["hex"]!);
                string expected = ValueTree.Printed(plan, (string)vector["message"]!, (JsonArray)vector["fields"]!);
                Assert.That(compiled.Print(frame), Is.EqualTo(expected), $"{name} read");
                if (vector["decodeOnly"] is not null)
                    continue;
                buffer.AsSpan().Fill(0xa5);
                int length = compiled.Encode(i, buffer);
                string made = Convert.ToHexStringLower(buffer.AsSpan(0, length));
                Assert.That(made, Is.EqualTo((string)vector["hex"]!), $"{name} made");
            }
        });
    }

    /// <summary>Naming happens while code is written, so the plan of a finished emission is asked for names.</summary>
    private static EmitPlan PlanOf(MessageSchema schema) => SchemaEmitter.PlanOf(schema, CompiledSchema.Options);
}
