using HftDelta.Node.Schemas.Decoding;
using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe.Official;

/// <summary>
/// The official tool beside ours, on our two schemas: it takes them without a warning, its codecs read from random frames of ours
/// the values that stand there, and write from the values the very bytes that ours write; ours read those again.
/// </summary>
[CancelAfter(300_000)]
[NonParallelizable]
public sealed class OfficialToolTests
{
    [TestCase("hftdelta.xml")]
    [TestCase("internal.xml")]
    public void Codecs_of_both_tools_understand_each_other(string name)
    {
        using OfficialTool tool = OfficialTool.Require();
        SchemaText text = SchemaFiles.Product(name);
        MessageSchema schema = SchemaFiles.Parse(text);
        tool.Compile(text.Path);
        tool.Build(schema);
        CompiledSchema ours = CompiledSchema.Build(schema, []);
        List<byte[]> frames = Frames(schema, ours);

        // Ours to theirs: the same values.
        string[] values = frames.ConvertAll(frame => KnownFrames.ValuesOf(Read(schema, frame))).ToArray();
        Assert.That(tool.Drive(schema, "decode", frames.Select(frame => Convert.ToHexStringLower(frame))), Is.EqualTo(values));

        // Theirs to ours: from the same values the same bytes, which our decoders read and our encoders write again.
        string[] made = tool.Drive(schema, "encode", values);
        Assert.That(made, Is.EqualTo(frames.Select(frame => Convert.ToHexStringLower(frame))));
        foreach (string frame in made)
        {
            Assert.That(Convert.ToHexStringLower(Recoded(ours, Convert.FromHexString(frame))), Is.EqualTo(frame));
        }
    }

    /// <summary>Frames that our encoders wrote, every template as often as any other.</summary>
    private static List<byte[]> Frames(MessageSchema schema, CompiledSchema ours)
    {
        int each = (LongSuite.Volume(ci: 10_000, @long: 100_000) / schema.Messages.Count) + 1;
        var random = new SplitMix64(LongSuite.Seed(ci: 17));
        var known = new KnownFrames(schema);
        var frames = new List<byte[]>();
        foreach (Message message in schema.Messages)
        {
            for (int i = 0; i < each; i++)
            {
                frames.Add(Recoded(ours, known.Next(message, ref random)));
            }
        }

        return frames;
    }

    private static byte[] Recoded(CompiledSchema ours, byte[] frame)
    {
        var buffer = new byte[1 << 14];
        int length = ours.Recode(frame, buffer);
        Assert.That(length, Is.Positive, () => Convert.ToHexString(frame));
        return buffer[..length];
    }

    private static DecodedMessage Read(MessageSchema schema, byte[] frame) => MessageReader.Read(schema, frame, mayFollow: false);
}
