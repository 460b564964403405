namespace HftDelta.Node.Export;

/// <summary>A table that is being written: rows gather in a batch, and full batches go to the file. One thread.</summary>
internal sealed class ExportTable
{
    private readonly ExportFolder _folder;
    private readonly RowBatch _batch;
    private readonly BatchWriter _writer;

    public ExportTable(ExportFolder folder, TableLayout layout, ExportFormat format, int batchRows)
    {
        _folder = folder;
        Layout = layout;
        FileName = layout.FileName(format);
        _batch = new RowBatch(layout.Columns, batchRows);
        var file = folder.Begin(FileName);
        _writer = folder.Guard(() => BatchWriter.Begin(format, layout.Columns, file));
    }

    public TableLayout Layout { get; }

    public string FileName { get; }

    public long Rows { get; private set; }

    public void Row(params ReadOnlySpan<ExportCell> cells)
    {
        _batch.Add(cells);
        Rows++;
        if (_batch.IsFull)
        {
            Flush();
        }
    }

    /// <summary>All rows were told.</summary>
    public void End()
    {
        if (_batch.Rows > 0)
        {
            Flush();
        }

        _folder.Guard(() =>
        {
            _writer.End();
            return true;
        });
    }

    private void Flush()
    {
        _folder.Guard(() =>
        {
            _writer.Write(_batch);
            return true;
        });
        _batch.Clear();
    }
}
