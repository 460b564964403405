namespace HftDelta.Node.Export;

/// <summary>The tables of an export and their columns; docs/journal-export.md tells what they mean.</summary>
internal static class ExportTables
{
    public static TableLayout Instruments { get; } = new("instruments",
    [
        new("instrument", ColumnType.Int64), new("symbol", ColumnType.Text), new("kind", ColumnType.Text),
        new("optionKind", ColumnType.Text), new("state", ColumnType.Text), new("underlying", ColumnType.Int64),
        new("strikeTicks", ColumnType.Int64), new("expiryTimeNanos", ColumnType.Int64, true),
        new("atomsPerTick", ColumnType.Int64), new("atomsPerUnderlyingTick", ColumnType.Int64),
        new("settlementPriceTicks", ColumnType.Int64), new("deltaIndexSubAtoms", ColumnType.Decimal38),
    ]);

    public static TableLayout Orders { get; } = new("orders",
    [
        new("sequence", ColumnType.Int64), new("timeNanos", ColumnType.Int64), new("event", ColumnType.Text),
        new("session", ColumnType.Int64), new("account", ColumnType.Int64, true), new("instrument", ColumnType.Int64, true),
        new("orderId", ColumnType.UInt64, true), new("clientOrderId", ColumnType.UInt64, true),
        new("originalClientOrderId", ColumnType.UInt64, true), new("side", ColumnType.Text, true),
        new("orderType", ColumnType.Text, true), new("timeInForce", ColumnType.Text, true),
        new("priceTicks", ColumnType.Int64, true), new("lots", ColumnType.Int64, true), new("leavesLots", ColumnType.Int64, true),
        new("tradeId", ColumnType.UInt64, true), new("reason", ColumnType.Text, true), new("bound", ColumnType.Int64, true),
    ]);

    public static TableLayout Trades { get; } = new("trades",
    [
        new("sequence", ColumnType.Int64), new("timeNanos", ColumnType.Int64), new("tradeId", ColumnType.UInt64),
        new("instrument", ColumnType.Int64), new("aggressorSide", ColumnType.Text), new("priceTicks", ColumnType.Int64),
        new("lots", ColumnType.Int64), new("deltaIndexSubAtoms", ColumnType.Decimal38),
    ]);

    public static TableLayout Fills { get; } = new("fills",
    [
        new("sequence", ColumnType.Int64), new("timeNanos", ColumnType.Int64), new("tradeId", ColumnType.UInt64),
        new("account", ColumnType.Int64), new("instrument", ColumnType.Int64), new("orderId", ColumnType.UInt64),
        new("clientOrderId", ColumnType.UInt64), new("isLeg", ColumnType.Int64), new("side", ColumnType.Text),
        new("liquidity", ColumnType.Text), new("priceTicks", ColumnType.Int64), new("lots", ColumnType.Int64),
        new("deltaIndexSubAtoms", ColumnType.Decimal38), new("feeSubAtoms", ColumnType.Decimal38),
        new("cashAtoms", ColumnType.Int64),
    ]);

    public static TableLayout Settlements { get; } = new("settlements",
    [
        new("sequence", ColumnType.Int64), new("timeNanos", ColumnType.Int64), new("trigger", ColumnType.Text),
        new("instrument", ColumnType.Int64), new("previousPriceTicks", ColumnType.Int64),
        new("settlementPriceTicks", ColumnType.Int64), new("deltaUnits", ColumnType.Int64),
        new("changeSubAtoms", ColumnType.Decimal38), new("deltaIndexSubAtoms", ColumnType.Decimal38),
    ]);

    public static TableLayout Movements { get; } = new("movements",
    [
        new("sequence", ColumnType.Int64), new("timeNanos", ColumnType.Int64), new("account", ColumnType.Int64),
        new("asset", ColumnType.Int64), new("movement", ColumnType.Text), new("instrument", ColumnType.Int64, true),
        new("lots", ColumnType.Int64, true), new("amountSubAtoms", ColumnType.Decimal38),
        new("balanceSubAtoms", ColumnType.Decimal38), new("reference", ColumnType.UInt64, true),
    ]);

    public static TableLayout Balances { get; } = new("balances",
    [
        new("moment", ColumnType.Text), new("sequence", ColumnType.Int64), new("account", ColumnType.Int64),
        new("asset", ColumnType.Int64), new("balanceSubAtoms", ColumnType.Decimal38),
        new("unappliedSubAtoms", ColumnType.Decimal38, true), new("feesOwedSubAtoms", ColumnType.Decimal38, true),
        new("interestOwedSubAtoms", ColumnType.Decimal38, true), new("residualSubAtoms", ColumnType.Decimal38, true),
        new("collateralSubAtoms", ColumnType.Decimal38, true), new("equitySubAtoms", ColumnType.Decimal38, true),
        new("requirementSubAtoms", ColumnType.Decimal38, true),
    ]);

    public static TableLayout Positions { get; } = new("positions",
    [
        new("moment", ColumnType.Text), new("sequence", ColumnType.Int64), new("account", ColumnType.Int64),
        new("instrument", ColumnType.Int64), new("lots", ColumnType.Int64), new("markSubAtoms", ColumnType.Decimal38),
        new("deltaIndexSubAtoms", ColumnType.Decimal38), new("residualSubAtoms", ColumnType.Decimal38),
        new("unappliedSubAtoms", ColumnType.Decimal38),
    ]);

    public static IReadOnlyList<TableLayout> All { get; } =
        [Instruments, Orders, Trades, Fills, Settlements, Movements, Balances, Positions];

    /// <summary>Of all tables in all formats.</summary>
    public static IReadOnlyList<string> AllFileNames { get; } =
        All.SelectMany(table => Enum.GetValues<ExportFormat>().Select(table.FileName)).ToList();
}

/// <summary>A table: its name and its columns in their order.</summary>
internal sealed record TableLayout(string Name, IReadOnlyList<ExportColumn> Columns)
{
    public string FileName(ExportFormat format) => format == ExportFormat.Parquet ? $"{Name}.parquet" : $"{Name}.csv";
}
