namespace HftDelta.Node.Export;

/// <summary>What a column holds. No type loses anything: there is no floating point in an export.</summary>
internal enum ColumnType
{
    /// <summary>64 bits with a sign: lots, ticks, atoms, nanoseconds, numbers that the venue gives.</summary>
    Int64,

    /// <summary>64 bits without a sign: numbers that clients choose may need all of them.</summary>
    UInt64,

    /// <summary>38 decimal digits: sub-atoms, 2^-32 of an atom.</summary>
    Decimal38,

    Text,
}

/// <summary>A column of an exported table.</summary>
/// <param name="Name">With its unit last; the key in Parquet, the heading in CSV.</param>
/// <param name="Type">What it holds.</param>
/// <param name="IsOptional">A row may have nothing there.</param>
internal sealed record ExportColumn(string Name, ColumnType Type, bool IsOptional = false)
{
    /// <summary>As SQL calls it.</summary>
    public string TypeName => Type switch
    {
        ColumnType.Int64 => "BIGINT",
        ColumnType.UInt64 => "UBIGINT",
        ColumnType.Decimal38 => "DECIMAL(38,0)",
        _ => "VARCHAR",
    };
}
