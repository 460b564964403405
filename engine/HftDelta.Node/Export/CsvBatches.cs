using System.Globalization;
using System.Text;

namespace HftDelta.Node.Export;

/// <summary>
/// CSV as RFC 4180 has it, but with lines that end in a line feed alone: a line of headings, text in quotes where it must be,
/// nothing between two commas where there is no value. UTF-8 without a mark. One thread.
/// </summary>
internal sealed class CsvBatches : BatchWriter
{
    private const int BufferChars = 1 << 16;

    private static readonly UTF8Encoding _encoding = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Stream _file;
    private readonly StringBuilder _lines = new();

    public CsvBatches(IReadOnlyList<ExportColumn> columns, Stream file)
    {
        _file = file;
        _lines.AppendJoin(',', columns.Select(column => column.Name)).Append('\n');
    }

    public override void Write(RowBatch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            for (var column = 0; column < batch.Columns.Count; column++)
            {
                Append(batch[column], row, isFirst: column == 0);
            }

            _lines.Append('\n');
            if (_lines.Length >= BufferChars)
            {
                Flush();
            }
        }
    }

    public override void End() => Flush();

    private void Append(ColumnCells cells, int row, bool isFirst)
    {
        if (!isFirst)
        {
            _lines.Append(',');
        }

        if (cells.IsNone(row))
        {
            return;
        }

        if (cells.Column.Type != ColumnType.Text)
        {
            _lines.Append(CultureInfo.InvariantCulture, $"{cells.Number(row)}");
            return;
        }

        // Quotes tell an empty text from no text.
        var text = cells.Text(row);
        var isQuoted = text.Length == 0 || text.AsSpan().ContainsAny(",\"\n\r");
        _lines.Append(isQuoted ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
    }

    private void Flush()
    {
        foreach (var chunk in _lines.GetChunks())
        {
            _file.Write(_encoding.GetBytes(chunk.ToArray()));
        }

        _lines.Clear();
    }
}
