using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HftDelta.Node.Cli;

/// <summary>One column of a table.</summary>
/// <param name="Name">For programs: the key in JSON, the heading in CSV.</param>
/// <param name="Heading">For people.</param>
/// <param name="Width">For people; a longer value takes the room it needs.</param>
/// <param name="IsLeft">Words stand left, numbers right.</param>
internal readonly record struct RowColumn(string Name, string Heading, int Width, bool IsLeft = false);

/// <summary>
/// Rows on stdout in one of three forms: columns for people, CSV, or one JSON object whose <c>rows</c> they are. A row is written
/// when it is told, so a table of any length takes no memory. One thread.
/// </summary>
internal sealed class TableWriter(TextWriter output, OutputFormat format, string schema, params RowColumn[] columns)
{
    private readonly StringBuilder _line = new();
    private bool _isBegun;

    /// <summary>Rows written.</summary>
    public long Count { get; private set; }

    public bool IsText => format == OutputFormat.Text;

    public void Row(params ReadOnlySpan<TableCell> cells)
    {
        Begin();
        switch (format)
        {
            case OutputFormat.Csv:
                WriteCsv(cells);
                break;
            case OutputFormat.Json:
                WriteJson(cells);
                break;
            default:
                var texts = new string[cells.Length];
                for (var place = 0; place < cells.Length; place++)
                {
                    texts[place] = cells[place].Text;
                }

                WriteText(texts);
                break;
        }

        Count++;
    }

    /// <summary>
    /// Closes the table. What belongs to it as a whole stands under it for people and beside the rows in JSON, not in CSV.
    /// </summary>
    public void End(params ReadOnlySpan<(string Name, string Heading, TableCell Value)> members)
    {
        Begin();
        if (format == OutputFormat.Json)
        {
            output.Write($"{(Count > 0 ? "\n" : "")}],\"count\":{Count}");
            foreach (var (name, _, value) in members)
            {
                output.Write($",{Quoted(name)}:{Json(value)}");
            }

            output.WriteLine("}");
        }
        else if (IsText && members.Length > 0)
        {
            output.WriteLine();
            foreach (var (_, heading, value) in members)
            {
                TextOutput.Line(output, heading, value.Text);
            }
        }
    }

    private void Begin()
    {
        if (_isBegun)
        {
            return;
        }

        _isBegun = true;
        switch (format)
        {
            case OutputFormat.Csv:
                output.WriteLine(string.Join(',', columns.Select(column => column.Name)));
                break;
            case OutputFormat.Json:
                output.Write($"{{\"schema\":{Quoted(schema)},\"rows\":[");
                break;
            default:
                WriteText(columns.Select(column => column.Heading).ToArray());
                break;
        }
    }

    private void WriteText(string[] cells)
    {
        _line.Clear();
        for (var place = 0; place < cells.Length; place++)
        {
            var column = columns[place];
            _line.Append(place > 0 ? "  " : "")
                .Append(column.IsLeft ? cells[place].PadRight(column.Width) : cells[place].PadLeft(column.Width));
        }

        output.WriteLine(_line.ToString().TrimEnd());
    }

    private void WriteCsv(ReadOnlySpan<TableCell> cells)
    {
        _line.Clear();
        for (var place = 0; place < cells.Length; place++)
        {
            var text = cells[place].Exact;
            var isQuoted = text.AsSpan().ContainsAny(",\"\n\r");
            _line.Append(place > 0 ? "," : "")
                .Append(isQuoted ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
        }

        output.WriteLine(_line);
    }

    private void WriteJson(ReadOnlySpan<TableCell> cells)
    {
        _line.Clear();
        _line.Append(Count > 0 ? ",\n{" : "\n{");
        for (var place = 0; place < cells.Length; place++)
        {
            _line.Append(place > 0 ? "," : "").Append(Quoted(columns[place].Name)).Append(':').Append(Json(cells[place]));
        }

        output.Write(_line.Append('}'));
    }

    private static string Json(TableCell cell) =>
        cell == TableCell.None ? "null" : cell.IsNumber ? cell.Exact : Quoted(cell.Exact);

    private static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
