using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;

namespace HftDelta.Tests.Node.Export;

/// <summary>DuckDB in this process, in memory, reading the tables of one export. One thread.</summary>
internal sealed class DuckDatabase : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    /// <param name="folder">Of an export.</param>
    public DuckDatabase(string folder)
    {
        _connection.Open();
        Do("SET threads = 1");
        Do($"SET file_search_path = '{folder}'");
        Do(File.ReadAllText(Path.Combine(folder, "tables.sql")));
    }

    /// <summary>The rows, each value as a text; nothing is null.</summary>
    public List<string?[]> Rows(string query)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var rows = new List<string?[]>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).Select(column => Text(reader, column)).ToArray());
        }

        return rows;
    }

    public string? One(string query) => Rows(query).Single().Single();

    public Int128 Number(string query) => Int128.Parse(One(query)!, CultureInfo.InvariantCulture);

    public void Dispose() => _connection.Dispose();

    private void Do(string statements)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }

    private static string? Text(DuckDBDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
        {
            return null;
        }

        // A decimal of 38 digits does not fit the type of .NET.
        return reader.GetDataTypeName(column).StartsWith("Decimal", StringComparison.OrdinalIgnoreCase)
            ? reader.GetFieldValue<BigInteger>(column).ToString(CultureInfo.InvariantCulture)
            : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture);
    }
}
