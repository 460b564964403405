using System.Numerics;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace HftDelta.Node.Export;

/// <summary>
/// Apache Parquet: each batch is a row group, compressed with Snappy, which every reader knows and which needs a third of the
/// time that the library takes for Zstandard. Sub-atoms are decimal(38, 0). One thread: the library's asynchronous calls end
/// where they begin, as the file is not an asynchronous one.
/// </summary>
internal sealed class ParquetBatches : BatchWriter
{
    private const int DecimalDigits = 38;

    private readonly DataField[] _fields;
    private readonly ParquetWriter _writer;

    private ParquetBatches(DataField[] fields, ParquetWriter writer)
    {
        _fields = fields;
        _writer = writer;
    }

    public static ParquetBatches Begin(IReadOnlyList<ExportColumn> columns, Stream file)
    {
        var fields = columns.Select(FieldOf).ToArray();
        var schema = new ParquetSchema(fields.Cast<Field>().ToArray());
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Snappy };
        return new ParquetBatches(fields, ParquetWriter.CreateAsync(schema, file, options).GetAwaiter().GetResult());
    }

    public override void Write(RowBatch batch)
    {
        using var group = _writer.CreateRowGroup();
        for (var column = 0; column < _fields.Length; column++)
        {
            Write(group, _fields[column], batch[column], batch.Rows).GetAwaiter().GetResult();
        }

        group.CompleteValidate();
    }

    public override void End() => _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static DataField FieldOf(ExportColumn column) => column.Type switch
    {
        ColumnType.Int64 => new DataField<long?>(column.Name),
        ColumnType.UInt64 => new DataField<ulong?>(column.Name),
        ColumnType.Decimal38 => new BigDecimalDataField(column.Name, DecimalDigits, 0, isNullable: true),
        _ => new DataField<string>(column.Name),
    };

    private static Task Write(ParquetRowGroupWriter group, DataField field, ColumnCells cells, int rows) =>
        cells.Column.Type switch
        {
            ColumnType.Int64 => group.WriteAsync<long>(field, Values(cells, rows, static number => (long)number)),
            ColumnType.UInt64 => group.WriteAsync<ulong>(field, Values(cells, rows, static number => (ulong)number)),
            ColumnType.Decimal38 => group.WriteAsync<BigDecimal>(
                field, Values(cells, rows, static number => new BigDecimal((BigInteger)number, DecimalDigits, 0))),
            _ => group.WriteAsync(field, Texts(cells, rows)),
        };

    private static ReadOnlyMemory<T?> Values<T>(ColumnCells cells, int rows, Func<Int128, T> convert)
        where T : struct
    {
        var values = new T?[rows];
        for (var row = 0; row < rows; row++)
        {
            values[row] = cells.IsNone(row) ? null : convert(cells.Number(row));
        }

        return values;
    }

    private static string[] Texts(ColumnCells cells, int rows)
    {
        var texts = new string[rows];
        for (var row = 0; row < rows; row++)
        {
            texts[row] = cells.IsNone(row) ? null! : cells.Text(row);
        }

        return texts;
    }
}
