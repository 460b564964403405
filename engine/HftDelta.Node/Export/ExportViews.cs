using System.Text;

namespace HftDelta.Node.Export;

/// <summary>
/// A script that makes a view of each table, named like it. A reader of CSV that guesses types would take the widest numbers for
/// floating point, so every column's type is said.
/// </summary>
internal static class ExportViews
{
    public static void Write(ExportFolder folder, ExportFormat format)
    {
        var file = folder.Begin(ExportFolder.ViewsName);
        var script = string.Concat(ExportTables.All.Select(
            table => $"CREATE VIEW {table.Name} AS SELECT * FROM {Source(table, format)};\n"));
        folder.Guard(() =>
        {
            file.Write(Encoding.UTF8.GetBytes(script));
            return true;
        });
    }

    private static string Source(TableLayout table, ExportFormat format)
    {
        var name = table.FileName(format);
        if (format == ExportFormat.Parquet)
        {
            return $"read_parquet('{name}')";
        }

        var columns = string.Join(", ", table.Columns.Select(column => $"'{column.Name}': '{column.TypeName}'"));
        return $"read_csv('{name}', header = true, auto_detect = false, allow_quoted_nulls = false,\n"
            + $"    columns = {{{columns}}})";
    }
}
