using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HftDelta.Node.BookReplay;

/// <summary>Writes what a replay found: one JSON object, or lines of <c>name value</c>.</summary>
internal static class ReplayReport
{
    private const string Schema = "hftdelta.book-replay/1";

    public static void WriteJson(TextWriter output, LobsterReplayResult found, int levels, bool sparse) => Write(output, json =>
    {
        json.WriteString("schema", Schema);
        json.WriteString("format", "lobster-script");
        json.WriteBoolean("equal", found.IsEqual);
        json.WriteBoolean("sparse", sparse);
        json.WriteNumber("levels", levels);
        json.WriteNumber("operations", found.Operations);
        json.WriteNumber("operationsRefused", found.OperationsRefused);
        json.WriteNumber("rowsCompared", found.RowsCompared);
        json.WriteNumber("rowsEqual", found.RowsEqual);
        json.WriteNumber("executionsCompared", found.ExecutionsCompared);
        json.WriteNumber("executionsEqual", found.ExecutionsEqual);
        json.WriteString("firstDifference", found.FirstDifference);
    });

    public static void WriteJson(TextWriter output, HdbsReplayResult found, bool sparse) => Write(output, json =>
    {
        json.WriteString("schema", Schema);
        json.WriteString("format", "hdbs");
        json.WriteBoolean("equal", found.IsEqual);
        json.WriteBoolean("sparse", sparse);
        json.WriteString("profile", found.Profile);
        json.WriteNumber("prefilled", found.Prefilled);
        json.WriteNumber("operations", found.Operations);
        json.WriteNumber("trades", found.Trades);
        json.WriteNumber("volume", found.VolumeLots);
        json.WriteNumber("resting", found.Resting);
        json.WriteString("digestExpected", Hex(found.DigestExpected));
        json.WriteString("digestComputed", Hex(found.DigestComputed));
        json.WriteNumber("passesTimed", found.PassesTimed);
        json.WriteNumber("nanosPerOperation", Math.Round(found.NanosPerOperation, 2));
    });

    public static void WriteText(TextWriter output, LobsterReplayResult found, int levels)
    {
        Line(output, "levels", Number(levels));
        Line(output, "operations", Number(found.Operations));
        Line(output, "rows compared", Number(found.RowsCompared));
        Line(output, "rows equal", Number(found.RowsEqual));
        Line(output, "executions compared", Number(found.ExecutionsCompared));
        Line(output, "executions equal", Number(found.ExecutionsEqual));
        if (found.OperationsRefused > 0) Line(output, "operations refused", Number(found.OperationsRefused));
        Line(output, "result", found.IsEqual ? "equal" : "different");
    }

    public static void WriteText(TextWriter output, HdbsReplayResult found)
    {
        Line(output, "profile", found.Profile);
        Line(output, "prefilled", Number(found.Prefilled));
        Line(output, "operations", Number(found.Operations));
        Line(output, "trades", Number(found.Trades));
        Line(output, "volume", Number(found.VolumeLots));
        Line(output, "resting", Number(found.Resting));
        Line(output, "digest expected", Hex(found.DigestExpected));
        Line(output, "digest computed", Hex(found.DigestComputed));
        Line(output, "ns per operation", found.NanosPerOperation.ToString("F1", CultureInfo.InvariantCulture));
        Line(output, "result", found.IsEqual ? "equal" : "different");
    }

    private static void Write(TextWriter output, Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private static void Line(TextWriter output, string name, string value) => output.WriteLine($"{name,-20} {value,20}");

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Hex(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);
}
