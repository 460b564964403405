using System.Globalization;

namespace HftDelta.Node.BookReplay;

/// <summary>
/// Reads a LOBSTER orderbook file row by row: ask price, ask size, bid price, bid size for each level, best first, no header.
/// An absent level has size 0 and a price of 9999999999, negative for bids.
/// </summary>
internal sealed class LobsterRows : IDisposable
{
    private const long AbsentPrice = 9_999_999_999;
    private const int ColumnsPerLevel = 4;

    private readonly StreamReader _reader;
    private readonly string _path;
    private readonly int _levels;
    private readonly long[] _values;
    private int _columns;

    public LobsterRows(string path, int levels)
    {
        _path = path;
        _levels = levels;
        _values = new long[levels * ColumnsPerLevel];
        _reader = ReplayFile.OpenText(path);
    }

    /// <summary>Line of the row that was read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Reads the next row. False at the end of the file.</summary>
    public bool TryRead()
    {
        var text = ReplayFile.ReadLine(_reader, _path, Line + 1);
        if (text == null) return false;
        Line++;
        if (text.Length == 0) return EndsHere();
        var wanted = _values.Length;
        var column = 0;
        foreach (var field in text.AsSpan().Split(','))
        {
            if (column < wanted) _values[column] = Number(text.AsSpan(field), column);
            column++;
        }

        if (column < wanted || column % ColumnsPerLevel != 0)
        {
            throw ReplayInputException.At(
                _path, Line, $"{column} columns, which is not {ColumnsPerLevel} for each of at least {_levels} levels");
        }

        if (_columns == 0) _columns = column;
        if (column != _columns) throw ReplayInputException.At(_path, Line, $"{column} columns after rows of {_columns}");
        return true;
    }

    /// <summary>The level on the ask side; false when it is absent.</summary>
    public bool TryGetAsk(int level, out long price, out long size) => TryGet(level * ColumnsPerLevel, out price, out size);

    /// <summary>The level on the bid side; false when it is absent.</summary>
    public bool TryGetBid(int level, out long price, out long size) => TryGet((level * ColumnsPerLevel) + 2, out price, out size);

    public void Dispose() => _reader.Dispose();

    /// <summary>An empty line may only be the last.</summary>
    private bool EndsHere()
    {
        if (ReplayFile.ReadLine(_reader, _path, Line + 1) is null) return false;
        throw ReplayInputException.At(_path, Line, "an empty line among the rows");
    }

    private bool TryGet(int column, out long price, out long size)
    {
        price = _values[column];
        size = _values[column + 1];
        return size != 0 || (price != AbsentPrice && price != -AbsentPrice);
    }

    private long Number(ReadOnlySpan<char> field, int column) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw ReplayInputException.At(_path, Line, $"column {column + 1} '{field}' is not a whole number");
}
