using System.Globalization;
using HftDelta.Node.BookReplay;

namespace HftDelta.Node.Demo.Data;

/// <summary>
/// Reads a comma-separated file, packed or plain, row by row, and says where it is wrong. Fields hold no commas, so quotes are an
/// error and not a feature. Owner: one thread.
/// </summary>
public sealed class CsvReader : IDisposable
{
    private readonly StreamReader _reader;
    private readonly string _path;
    private readonly List<Range> _fields = [];
    private readonly int _columnCount;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private string _row = "";

    private CsvReader(string path, int columnCount)
    {
        _path = path;
        _columnCount = columnCount;
        _reader = ReplayFile.OpenText(path);
    }

    private CsvReader(string path)
    {
        _path = path;
        _reader = ReplayFile.OpenText(path);
        if (ReplayFile.ReadLine(_reader, path, 1) is not { Length: > 0 } header)
        {
            throw Close(ReplayInputException.At(path, 1, "there is no header"));
        }

        Line = 1;
        foreach (var name in header.Split(','))
        {
            if (!_columns.TryAdd(name.Trim(), _columns.Count))
            {
                throw Close(ReplayInputException.At(path, 1, $"column '{name}' stands there twice"));
            }
        }

        _columnCount = _columns.Count;
    }

    /// <summary>Line of the row that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Opens a file whose first line names its columns.</summary>
    public static CsvReader WithHeader(string path) => new(path);

    /// <summary>Opens a file without a header.</summary>
    public static CsvReader WithoutHeader(string path, int columnCount) => new(path, columnCount);

    /// <summary>The place of a column.</summary>
    /// <exception cref="ReplayInputException">There is no such column.</exception>
    public int Column(string name) => _columns.TryGetValue(name, out var place)
        ? place
        : throw ReplayInputException.At(_path, 1, $"no column '{name}'; there are {string.Join(", ", _columns.Keys)}");

    /// <summary>Reads the next row; false at the end. Empty lines are skipped.</summary>
    public bool TryRead()
    {
        do
        {
            if (ReplayFile.ReadLine(_reader, _path, Line + 1) is not { } row)
            {
                return false;
            }

            Line++;
            _row = row;
        }
        while (_row.Length == 0);

        _fields.Clear();
        foreach (var field in _row.AsSpan().Split(','))
        {
            _fields.Add(field);
        }

        if (_fields.Count != _columnCount)
        {
            throw ReplayInputException.At(_path, Line, $"{_fields.Count} columns, expected {_columnCount}");
        }

        return _row.Contains('"', StringComparison.Ordinal)
            ? throw ReplayInputException.At(_path, Line, "quoted fields are not expected here")
            : true;
    }

    public ReadOnlySpan<char> Text(int column) => _row.AsSpan()[_fields[column]];

    public long Integer(int column) =>
        long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Fault(column, "a whole number");

    public decimal Number(int column) =>
        decimal.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Fault(column, "a number");

    public DateTimeOffset Moment(int column) =>
        DateTimeOffset.TryParse(Text(column), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
            ? value
            : throw Fault(column, "a moment such as 2026-01-30T08:00:00+00:00");

    /// <summary>What is wrong with a field of the present row.</summary>
    public ReplayInputException Fault(int column, string expected) =>
        ReplayInputException.At(_path, Line, $"column {column + 1} '{Text(column)}' is not {expected}");

    public void Dispose() => _reader.Dispose();

    private ReplayInputException Close(ReplayInputException fault)
    {
        _reader.Dispose();
        return fault;
    }
}
