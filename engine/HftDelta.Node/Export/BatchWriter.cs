namespace HftDelta.Node.Export;

/// <summary>A file in one of the formats of an export; both are given the same batches. One thread.</summary>
internal abstract class BatchWriter
{
    /// <summary>Begins the file with what it starts with in any case.</summary>
    public static BatchWriter Begin(ExportFormat format, IReadOnlyList<ExportColumn> columns, Stream file) =>
        format == ExportFormat.Parquet ? ParquetBatches.Begin(columns, file) : new CsvBatches(columns, file);

    public abstract void Write(RowBatch batch);

    /// <summary>Everything was written: what stands at the end of the file. The file stays open.</summary>
    public abstract void End();
}

/// <summary>How tables are written.</summary>
internal enum ExportFormat
{
    Csv,
    Parquet,
}
