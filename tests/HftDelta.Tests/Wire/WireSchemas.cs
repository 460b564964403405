using System.Text;
using HftDelta.Sbe.Schema;
using HftDelta.Tests.Sbe;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Wire;

/// <summary>The two product schemas as models, and their generated printers.</summary>
internal static class WireSchemas
{
    private static readonly Lazy<MessageSchema> LazyClient = new(() => SchemaFiles.Parse(SchemaFiles.Product("hftdelta.xml")));
    private static readonly Lazy<MessageSchema> LazyInternal = new(() => SchemaFiles.Parse(SchemaFiles.Product("internal.xml")));

    private static readonly Lazy<CompiledSchema> CompiledClient = new(() => CompiledSchema.Build(Client));
    private static readonly Lazy<CompiledSchema> CompiledInternal = new(() => CompiledSchema.Build(Internal));

    public static MessageSchema Client => LazyClient.Value;

    public static MessageSchema Internal => LazyInternal.Value;

    public static IEnumerable<TestCaseData> Messages()
    {
        foreach (MessageSchema schema in new[] { Client, Internal })
        {
            foreach (Message message in schema.Messages)
                yield return new TestCaseData(schema.Id, message.Name);
        }
    }

    /// <summary>The codecs of the schema, made again in memory, with what reads and writes every field of them.</summary>
    public static CompiledSchema Compiled(int id) => (id == HftDeltaSchema.Id ? CompiledClient : CompiledInternal).Value;

    public static MessageSchema Of(int id) => id == HftDeltaSchema.Id ? Client : Internal;

    public static string? Print(int schemaId, ReadOnlySpan<byte> frame)
    {
        var text = new StringBuilder();
        ValidationCode code = schemaId == HftDeltaSchema.Id
            ? HftDeltaPrinter.Print(frame, text)
            : InternalPrinter.Print(frame, text);
        return code == ValidationCode.Valid ? text.ToString() : null;
    }
}
