using HftDelta.Primitives;

namespace HftDelta.Node.Export;

/// <summary>
/// Rows that wait for being written, column by column. It holds <see cref="RowsMax"/> rows at the most, so an export takes no
/// more memory for a longer journal. One thread.
/// </summary>
internal sealed class RowBatch
{
    /// <summary>Of a row group in Parquet: enough that engines read large pieces, few enough to hold.</summary>
    public const int DefaultRowsMax = 65_536;

    private readonly ColumnCells[] _cells;

    public RowBatch(IReadOnlyList<ExportColumn> columns, int rowsMax)
    {
        Columns = columns;
        RowsMax = rowsMax;
        _cells = columns.Select(column => new ColumnCells(column, rowsMax)).ToArray();
    }

    public IReadOnlyList<ExportColumn> Columns { get; }

    public int RowsMax { get; }

    public int Rows { get; private set; }

    public bool IsFull => Rows == RowsMax;

    public ColumnCells this[int column] => _cells[column];

    /// <summary>A row, in the order of the columns.</summary>
    public void Add(ReadOnlySpan<ExportCell> row)
    {
        Check.That(row.Length == _cells.Length);
        Check.That(Rows < RowsMax);
        for (var column = 0; column < row.Length; column++)
        {
            _cells[column].Set(Rows, in row[column]);
        }

        Rows++;
    }

    public void Clear() => Rows = 0;
}

/// <summary>The cells of one column of a batch.</summary>
internal sealed class ColumnCells(ExportColumn column, int rowsMax)
{
    private const int BeginRows = 256;

    /// <summary>The largest number of 38 digits, which a decimal(38) holds and 128 bits exceed a little.</summary>
    private static readonly Int128 _decimalMax =
        Int128.Parse(new string('9', 38), System.Globalization.CultureInfo.InvariantCulture);

    private Int128[] _numbers = column.Type == ColumnType.Text ? [] : new Int128[Math.Min(BeginRows, rowsMax)];
    private string[] _texts = column.Type == ColumnType.Text ? new string[Math.Min(BeginRows, rowsMax)] : [];
    private bool[] _isNone = new bool[Math.Min(BeginRows, rowsMax)];

    public ExportColumn Column => column;

    public bool IsNone(int row) => _isNone[row];

    public Int128 Number(int row) => _numbers[row];

    public string Text(int row) => _texts[row];

    /// <summary>Refuses what the column's type does not hold, as it would be another number in the file.</summary>
    public void Set(int row, in ExportCell cell)
    {
        if (row == _isNone.Length)
        {
            Grow();
        }

        _isNone[row] = cell.IsNone;
        Check.That(!cell.IsNone || column.IsOptional);
        if (column.Type == ColumnType.Text)
        {
            Check.That(cell.IsNone || cell.Text is not null);
            _texts[row] = cell.Text ?? "";
            return;
        }

        Check.That(cell.Text is null);
        Check.That(IsHeld(cell.Number));
        _numbers[row] = cell.Number;
    }

    private bool IsHeld(Int128 number) => column.Type switch
    {
        ColumnType.Int64 => number >= long.MinValue && number <= long.MaxValue,
        ColumnType.UInt64 => number >= 0 && number <= ulong.MaxValue,
        _ => number >= -_decimalMax && number <= _decimalMax,
    };

    private void Grow()
    {
        var length = Math.Min(rowsMax, _isNone.Length * 2);
        Array.Resize(ref _isNone, length);
        if (column.Type == ColumnType.Text)
        {
            Array.Resize(ref _texts, length);
        }
        else
        {
            Array.Resize(ref _numbers, length);
        }
    }
}
