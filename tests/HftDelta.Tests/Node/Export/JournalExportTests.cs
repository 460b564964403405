using HftDelta.Node.Cli;
using HftDelta.Node.Export;
using HftDelta.Tests.Node.Cli;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Export;

/// <summary><c>hftdelta journal export</c>: what the tables hold, ranges, folders, and what goes wrong.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class JournalExportTests
{
    private const int NoSpaceErrno = 28;

    private string _root = "";
    private EventfulJournal _journal = null!;

    [OneTimeSetUp]
    public void Make()
    {
        _root = Directory.CreateTempSubdirectory("hftdelta-exports-").FullName;
        _journal = EventfulJournal.Make();
    }

    [OneTimeTearDown]
    public void Delete()
    {
        Directory.Delete(_root, recursive: true);
        _journal.Dispose();
    }

    [Test]
    public void Both_formats_hold_the_same_rows_in_the_same_order()
    {
        using var csv = new DuckDatabase(Exported("csv"));
        using var parquet = new DuckDatabase(Exported("parquet"));
        foreach (var table in ExportTables.All)
        {
            var rows = csv.Rows($"FROM {table.Name}");
            Assert.That(rows, Is.Not.Empty, table.Name);
            Assert.That(parquet.Rows($"FROM {table.Name}"), Is.EqualTo(rows), table.Name);
        }
    }

    [Test]
    public void Every_report_on_an_order_is_a_row_and_a_request_that_was_taken_out_too()
    {
        var told = PlainWalk.Of(_journal.Location).Reports;
        using var tables = new DuckDatabase(Exported("parquet"));
        var events = tables.Rows("SELECT event, count(*) FROM orders GROUP BY event").ToDictionary(
            row => row[0]!, row => long.Parse(row[1]!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(events["accepted"], Is.EqualTo(told[OrderAcceptedDecoder.TemplateId]));
        Assert.That(events["rejected"], Is.EqualTo(told[OrderRejectedDecoder.TemplateId]));
        Assert.That(events["filled"], Is.EqualTo(told[OrderFilledDecoder.TemplateId]));
        Assert.That(events["cancelRejected"], Is.EqualTo(told[OrderCancelRejectedDecoder.TemplateId]));
        Assert.That(
            tables.Rows("SELECT sequence, session, reason FROM orders WHERE event = 'quarantined'"),
            Is.EqualTo(new[] { new[] { $"{_journal.Quarantined}", "20", "CommandQuarantined" } }));
        Assert.That(tables.One("SELECT count(*) FROM fills"), Is.EqualTo($"{events["filled"]}"));
        Assert.That(
            tables.Rows("SELECT DISTINCT side, orderType, timeInForce, lots FROM orders WHERE event = 'rejected'"),
            Is.EqualTo(new[] { new[] { "Buy", "Limit", "GoodTillCancel", "1000" } }), "the reject alone does not tell them");
        Assert.That(
            tables.One("SELECT count(DISTINCT sequence > " + _journal.Quarantined + ") FROM trades"), Is.EqualTo("2"),
            "both lives are in it");
    }

    [Test]
    public void Two_ranges_hold_every_row_once_and_the_second_opens_with_what_the_first_closed_with()
    {
        var middle = _journal.Quarantined - 20;
        using var whole = new DuckDatabase(Exported("parquet"));
        using var first = new DuckDatabase(Exported("parquet", "--to", $"{middle}"));
        using var second = new DuckDatabase(Exported("parquet", "--from", $"{middle + 1}"));
        foreach (var table in new[] { "orders", "trades", "fills", "settlements", "movements" })
        {
            var rows = first.Rows($"FROM {table}").Concat(second.Rows($"FROM {table}")).ToList();
            Assert.That(first.One($"SELECT max(sequence) <= {middle} FROM {table}"), Is.EqualTo("True"), table);
            Assert.That(second.One($"SELECT min(sequence) > {middle} FROM {table}"), Is.EqualTo("True"), table);
            if (table != "movements")
            {
                Assert.That(rows, Is.EqualTo(whole.Rows($"FROM {table}")), table);
            }
        }

        foreach (var table in new[] { "balances", "positions" })
        {
            var closed = first.Rows($"SELECT * EXCLUDE moment FROM {table} WHERE moment = 'closing'");
            Assert.That(second.Rows($"SELECT * EXCLUDE moment FROM {table} WHERE moment = 'opening'"), Is.EqualTo(closed), table);
            Assert.That(first.One($"SELECT count(*) FROM {table} WHERE moment = 'opening'"), Is.EqualTo("0"), table);
        }

        Assert.That(
            second.Rows(
                "SELECT account, any_value(o.balanceSubAtoms) + sum(amountSubAtoms) - any_value(c.balanceSubAtoms) "
                + "FROM movements JOIN (FROM balances WHERE moment = 'opening') o USING (account, asset) "
                + "JOIN (FROM balances WHERE moment = 'closing') c USING (account, asset) GROUP BY account ORDER BY account"),
            Is.EqualTo(new[] { new[] { "20", "0" }, new[] { "21", "0" } }), "opening and movements make the closing balance");
    }

    [Test]
    public void Movements_of_a_trade_are_its_gross_price_less_D()
    {
        using var tables = new DuckDatabase(Exported("csv"));
        Assert.That(
            tables.One(
                "SELECT count(*) FROM movements m JOIN fills f ON f.tradeId = m.reference AND f.account = m.account "
                + "JOIN instruments i ON i.instrument = f.instrument WHERE movement = 'trade' AND m.amountSubAtoms::HUGEINT = "
                + "m.lots::HUGEINT * (f.deltaIndexSubAtoms::HUGEINT - f.priceTicks::HUGEINT * i.atomsPerTick * 4294967296)"),
            Is.EqualTo(tables.One("SELECT count(*) FROM fills")));
    }

    [Test]
    public void Fields_of_csv_are_quoted_where_they_must_be()
    {
        var text = File.ReadAllText(Path.Combine(Exported("csv"), "instruments.csv"));
        Assert.That(text, Does.Contain("\n2,\"A \"\"B\"\", C\n=D\",Perpetual,None,"));
        Assert.That(text, Does.Contain("\n1,I1,Perpetual,None,").And.Not.Contains("\r"));
    }

    [Test]
    public void Small_batches_make_row_groups_and_lose_nothing()
    {
        var folder = NewFolder();
        JournalExportCommand.Run(
            _journal.Location, () => ExportFolder.Open(folder, isReplaced: false), ExportFormat.Parquet, (1, null),
            TextWriter.Null, batchRows: 7);
        using var small = new DuckDatabase(folder);
        using var large = new DuckDatabase(Exported("parquet"));
        foreach (var table in ExportTables.All)
        {
            Assert.That(small.Rows($"FROM {table.Name}"), Is.EqualTo(large.Rows($"FROM {table.Name}")), table.Name);
        }

        Assert.That(
            small.One($"SELECT max(row_group_num_rows) FROM parquet_metadata('{folder}/orders.parquet')"), Is.EqualTo("7"),
            "no more than that is held");
    }

    [Test]
    public void The_summary_tells_files_and_rows_and_is_kept_beside_them()
    {
        var folder = NewFolder();
        var run = Run.Of("journal", "export", _journal.Location, "--out", folder, "--to", "100", "--output", "json");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.journal-export/1"));
        Assert.That(run.Json.GetProperty("lastSequence").GetInt64(), Is.EqualTo(100));
        var replayed = Run.Of("replay", _journal.Location, "--to", "100", "--output", "json");
        Assert.That(
            run.Json.GetProperty("stateHash").GetString(), Is.EqualTo(replayed.Json.GetProperty("stateHash").GetString()));
        foreach (var file in run.Json.GetProperty("files").EnumerateArray())
        {
            var path = Path.Combine(folder, file.GetProperty("file").GetString()!);
            Assert.That(new FileInfo(path).Length, Is.EqualTo(file.GetProperty("bytes").GetInt64()), path);
            if (file.GetProperty("table").GetString() != "instruments")
            {
                Assert.That(File.ReadLines(path).Count() - 1, Is.EqualTo(file.GetProperty("rows").GetInt64()), path);
            }
        }

        Assert.That(
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(),
            Is.EqualTo(ExportTables.All.Select(table => $"{table.Name}.csv").Append("export.json").Append("tables.sql").Order()));
    }

    [Test]
    public void A_folder_that_is_not_empty_is_left_alone_and_force_replaces_an_export_and_nothing_else()
    {
        var folder = Exported("csv");
        var own = Path.Combine(folder, "notes.txt");
        File.WriteAllText(own, "mine");
        var before = File.ReadAllText(Path.Combine(folder, "export.json"));
        var refused = Run.Of("journal", "export", _journal.Location, "--out", folder);
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(refused.Error, Does.StartWith("error HD2342").And.Contain("--force"));
        Assert.That(File.ReadAllText(Path.Combine(folder, "export.json")), Is.EqualTo(before));

        var run = Run.Of("journal", "export", _journal.Location, "--out", folder, "--format", "parquet", "--force");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(File.ReadAllText(own), Is.EqualTo("mine"));
        Assert.That(Directory.GetFiles(folder, "*.csv"), Is.Empty, "no table of the export before stays among the new ones");
        Assert.That(Directory.GetFiles(folder, "*.new"), Is.Empty);
    }

    [Test]
    public void Remains_of_an_export_that_was_killed_do_not_stand_in_the_way()
    {
        var folder = NewFolder();
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "orders.csv.new"), "half");
        var run = Run.Of("journal", "export", _journal.Location, "--out", folder);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        Assert.That(Directory.GetFiles(folder, "*.new"), Is.Empty);
    }

    [TestCase(ExportFormat.Csv)]
    [TestCase(ExportFormat.Parquet)]
    public void A_full_disk_at_any_write_is_said_and_nothing_that_looks_whole_is_left(ExportFormat format)
    {
        var writes = new CountedWrites(long.MaxValue);
        Write(writes);
        var all = writes.Count;
        Assert.That(all, Is.GreaterThan(20));
        for (var failing = 1L; failing <= all; failing += Math.Max(1, all / 40))
        {
            var folder = NewFolder();
            var refusal = Assert.Throws<OperatorException>(() => Write(new CountedWrites(failing), folder), $"write {failing}")!;
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.NoSpace), $"write {failing}: {refusal}");
            Assert.That(refusal.Message, Does.StartWith("error HD2343").And.Contain("next:"));
            Assert.That(Directory.Exists(folder), Is.False, $"write {failing}: it was made for the export");
        }

        void Write(CountedWrites counted, string? folder = null) => JournalExportCommand.Run(
            _journal.Location, () => ExportFolder.Open(folder ?? NewFolder(), isReplaced: false, counted.Create), format,
            (1, null), TextWriter.Null, batchRows: 16);
    }

    [Test]
    public void A_full_disk_leaves_the_export_before_as_it_was()
    {
        var folder = Exported("parquet");
        var before = Directory.GetFiles(folder).Order().Select(path => (path, File.ReadAllBytes(path).Length)).ToList();
        Assert.Throws<OperatorException>(() => JournalExportCommand.Run(
            _journal.Location, () => ExportFolder.Open(folder, isReplaced: true, new CountedWrites(5).Create),
            ExportFormat.Csv, (1, null), TextWriter.Null));
        Assert.That(
            Directory.GetFiles(folder).Order().Select(path => (path, File.ReadAllBytes(path).Length)), Is.EqualTo(before));
    }

    [TestCase("HD2306", "--from", "0")]
    [TestCase("HD2306", "--from", "99999999")]
    [TestCase("HD2306", "--from", "20", "--to", "19")]
    [TestCase("HD1004", "--to", "99999999")]
    [TestCase("HD1001", "--format", "xml")]
    public void A_range_or_a_format_that_there_is_not_is_refused_before_anything_is_written(string code, params string[] options)
    {
        var folder = NewFolder();
        var run = Run.Of(["journal", "export", _journal.Location, "--out", folder, .. options]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith($"error {code}").And.Contain("next:"));
        Assert.That(run.Output, Is.Empty);
        Assert.That(Directory.Exists(folder), Is.False);
    }

    [Test]
    public void A_journal_or_a_folder_that_cannot_be_used_is_said()
    {
        var file = Path.Combine(_root, "a-file");
        File.WriteAllText(file, "");
        var noFolder = Run.Of("journal", "export", _journal.Location, "--out", file);
        Assert.That(noFolder.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(noFolder.Error, Does.StartWith("error HD2341").And.Contain("is a file"));
        var noJournal = Run.Of("journal", "export", Path.Combine(_root, "nowhere"), "--out", NewFolder());
        Assert.That(noJournal.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(noJournal.Error, Does.StartWith("error HD2201"));
        var noOut = Run.Of("journal", "export", _journal.Location);
        Assert.That(noOut.Error, Does.StartWith("error HD1001").And.Contain("--out"));
    }

    [Test]
    public void A_number_of_more_digits_than_a_decimal_holds_stops_the_export()
    {
        var batch = new RowBatch([new ExportColumn("x", ColumnType.Decimal38)], 2);
        var limit = Int128.Parse(new string('9', 38), System.Globalization.CultureInfo.InvariantCulture);
        batch.Add([limit]);
        Assert.That(batch[0].Number(0), Is.EqualTo(limit));
        Assert.That(() => batch.Add([limit + 1]), Throws.Exception);
        var narrow = new RowBatch([new ExportColumn("x", ColumnType.Int64)], 1);
        Assert.That(() => narrow.Add([(Int128)long.MaxValue + 1]), Throws.Exception);
        Assert.That(() => narrow.Add([ExportCell.None]), Throws.Exception);
    }

    [Test]
    public void The_widest_values_come_back_from_both_formats()
    {
        IReadOnlyList<ExportColumn> columns =
        [
            new("i", ColumnType.Int64, true), new("u", ColumnType.UInt64, true), new("d", ColumnType.Decimal38, true),
            new("t", ColumnType.Text, true),
        ];
        var limit = Int128.Parse(new string('9', 38), System.Globalization.CultureInfo.InvariantCulture);
        var batch = new RowBatch(columns, 4);
        batch.Add([long.MinValue, ulong.MaxValue, limit, "x,\"y\""]);
        batch.Add([long.MaxValue, 0UL, -limit, ""]);
        batch.Add([default, default, default, default]);
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            var path = Path.Combine(_root, $"wide-{format}");
            using (var file = File.Create(path))
            {
                var writer = BatchWriter.Begin(format, columns, file);
                writer.Write(batch);
                writer.End();
            }

            using var tables = new DuckDatabase(Exported("csv", "--to", "3"));
            var source = format == ExportFormat.Parquet
                ? $"read_parquet('{path}')"
                : $"read_csv('{path}', auto_detect = false, header = true, allow_quoted_nulls = false, columns = "
                    + "{'i': 'BIGINT', 'u': 'UBIGINT', 'd': 'DECIMAL(38,0)', 't': 'VARCHAR'})";
            Assert.That(
                tables.Rows($"FROM {source}"),
                Is.EqualTo(new string?[][]
                {
                    [$"{long.MinValue}", $"{ulong.MaxValue}", $"{limit}", "x,\"y\""],
                    [$"{long.MaxValue}", "0", $"{-limit}", ""],
                    [null, null, null, null],
                }),
                $"{format}");
        }
    }

    private string NewFolder() => Path.Combine(_root, Guid.NewGuid().ToString("N"));

    private string Exported(string format, params string[] options)
    {
        var folder = NewFolder();
        var run = Run.Of(["journal", "export", _journal.Location, "--out", folder, "--format", format, .. options]);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok), run.Error);
        return folder;
    }

    /// <summary>Files on a device that is full from a write on.</summary>
    private sealed class CountedWrites(long failing)
    {
        public long Count { get; private set; }

        public Stream Create(string path) => new Counted(path, this);

        private void OnWrite()
        {
            if (++Count >= failing)
            {
                throw new IOException("No space left on device", NoSpaceErrno);
            }
        }

        private sealed class Counted(string path, CountedWrites writes) : FileStream(path, FileMode.Create, FileAccess.Write)
        {
            public override void Write(ReadOnlySpan<byte> buffer)
            {
                writes.OnWrite();
                base.Write(buffer);
            }

            public override void Write(byte[] buffer, int offset, int count)
            {
                writes.OnWrite();
                base.Write(buffer, offset, count);
            }

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                writes.OnWrite();
                base.Write(buffer.Span);
                return ValueTask.CompletedTask;
            }

            public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            {
                writes.OnWrite();
                base.Write(buffer, offset, count);
                return Task.CompletedTask;
            }
        }
    }
}
