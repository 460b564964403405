using System.Text;
using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Export;

/// <summary>What an export holds: printed at its end, and kept beside the tables as <c>export.json</c>.</summary>
internal sealed record ExportSummary
{
    public required string Folder { get; init; }

    public required ExportFormat Format { get; init; }

    public required CommandSequence From { get; init; }

    public required CommandSequence To { get; init; }

    /// <summary>Of the venue after the last command.</summary>
    public required string StateHash { get; init; }

    /// <summary>Deposits less withdrawals of the quote asset up to the last command.</summary>
    public required Int128 DepositedAtoms { get; init; }

    public required IReadOnlyList<ExportTable> Tables { get; init; }

    /// <summary>The length of each table's file; empty as long as they are not closed.</summary>
    public IReadOnlyList<long> FileBytes { get; init; } = [];

    public byte[] ToManifest()
    {
        using var text = new StringWriter { NewLine = "\n" };
        JsonOutput.Write(text, "hftdelta.export/1", json =>
        {
            WriteRange(json);
            json.WriteStartArray("files");
            for (var place = 0; place < Tables.Count; place++)
            {
                json.WriteStartObject();
                WriteFile(json, place);
                WriteColumns(json, Tables[place].Layout.Columns);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public void Write(VerbOutput verb)
    {
        if (verb.IsJson)
        {
            JsonOutput.Write(verb.Output, "hftdelta.journal-export/1", json =>
            {
                json.WriteString("folder", Folder);
                WriteRange(json);
                json.WriteStartArray("files");
                for (var place = 0; place < Tables.Count; place++)
                {
                    json.WriteStartObject();
                    WriteFile(json, place);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        TextOutput.Line(verb.Output, "folder", Folder);
        TextOutput.Line(verb.Output, "first sequence", From.Value);
        TextOutput.Line(verb.Output, "last sequence", To.Value);
        TextOutput.Line(verb.Output, "state hash", StateHash);
        for (var place = 0; place < Tables.Count; place++)
        {
            TextOutput.Line(
                verb.Output, Tables[place].FileName,
                $"{TextOutput.Number(Tables[place].Rows)} rows, {TextOutput.Number(FileBytes[place])} bytes");
        }
    }

    private void WriteRange(Utf8JsonWriter json)
    {
        json.WriteString("format", Words<ExportFormat>.OwnOf(Format));
        json.WriteNumber("firstSequence", From.Value);
        json.WriteNumber("lastSequence", To.Value);
        json.WriteString("stateHash", StateHash);
        json.WriteString("depositedAtoms", DepositedAtoms.ToString());
        json.WriteNumber("rows", Tables.Sum(table => table.Rows));
    }

    private void WriteFile(Utf8JsonWriter json, int place)
    {
        json.WriteString("table", Tables[place].Layout.Name);
        json.WriteString("file", Tables[place].FileName);
        json.WriteNumber("rows", Tables[place].Rows);
        json.WriteNumber("bytes", FileBytes[place]);
    }

    private static void WriteColumns(Utf8JsonWriter json, IReadOnlyList<ExportColumn> columns)
    {
        json.WriteStartArray("columns");
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.TypeName);
            json.WriteBoolean("optional", column.IsOptional);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
