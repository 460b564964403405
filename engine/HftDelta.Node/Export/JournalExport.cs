using HftDelta.Engine;
using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Node.Replay;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Export;

/// <summary>
/// Writes the history of a journal between two commands as tables, while it is replayed. Of what comes before the first command
/// only the terms of instruments are read; the state before it is the opening one. One thread.
/// </summary>
internal sealed class JournalExport : ReplayObserver
{
    private readonly CommandSequence _from;
    private readonly KnownInstruments _known = new();
    private readonly ExportTable _instruments;
    private readonly ExportTable _settlements;
    private readonly ExportTable _balances;
    private readonly ExportTable _positions;
    private readonly OrderRows _orders;
    private readonly TradeRows _trades;
    private readonly MovementRows _movements;
    private readonly List<ExportTable> _tables = [];
    private CommandSequence _sequence;
    private TimeNanos _time;

    /// <param name="folder">Where to.</param>
    /// <param name="format">Of all tables.</param>
    /// <param name="from">The first command that is told of.</param>
    /// <param name="batchRows">Rows that a table holds in memory at the most.</param>
    public JournalExport(
        ExportFolder folder, ExportFormat format, CommandSequence from, int batchRows = RowBatch.DefaultRowsMax)
    {
        _from = from;
        foreach (var layout in ExportTables.All)
        {
            _tables.Add(new ExportTable(folder, layout, format, batchRows));
        }

        ExportViews.Write(folder, format);

        _instruments = TableOf(ExportTables.Instruments);
        _settlements = TableOf(ExportTables.Settlements);
        _balances = TableOf(ExportTables.Balances);
        _positions = TableOf(ExportTables.Positions);
        _orders = new OrderRows(TableOf(ExportTables.Orders));
        _trades = new TradeRows(TableOf(ExportTables.Trades), TableOf(ExportTables.Fills));
        var movements = TableOf(ExportTables.Movements);
        _movements = new MovementRows(_known, one => movements.Row(
            one.Sequence, one.Time, one.Account, one.Asset, Words<MovementKind>.OwnOf(one.Kind),
            ExportCell.UnlessZero(one.Instrument), one.Lots == 0 ? ExportCell.None : one.Lots, one.Amount, one.Balance,
            ExportCell.UnlessZero(one.Reference)));
    }

    /// <summary>In the order of their layouts.</summary>
    public IReadOnlyList<ExportTable> Tables => _tables;

    /// <summary>Why the movements do not add up to the balances; null: they do.</summary>
    public string? Fault => _movements.Fault;

    private bool IsTold => _sequence >= _from;

    /// <summary>The last command was applied.</summary>
    public void Close(VenueView view)
    {
        _movements.Close(view);
        StateRows.Write("closing", _sequence, view, _balances, _positions);
        StateRows.Write(_known, view, _instruments);
        foreach (var table in _tables)
        {
            table.End();
        }
    }

    protected override void OnCommand(in RecordView command)
    {
        _sequence = command.Sequence;
        _time = command.Time;
        if (IsTold)
        {
            _orders.Begin(in command);
            _trades.Begin(_sequence, _time);
            _movements.Begin(_sequence, _time);
        }
    }

    protected override void OnEvent(in RingRecord record)
    {
        if (!HftDeltaSchema.TryPeekHeader(record.Frame, out var header))
        {
            return;
        }

        var template = (ushort)header.TemplateId;
        switch (record.Envelope.Source)
        {
            case RecordSource.MarketData:
                OnPublic(template, record.Frame);
                break;
            case RecordSource.Report when IsTold:
                _orders.Take(template, in record);
                _trades.Take(template, record.Frame);
                _movements.Take(RecordSource.Report, template, record.Frame);
                break;
            case RecordSource.Internal when IsTold:
                _movements.Take(RecordSource.Internal, template, record.Frame);
                break;
            default:
                break;
        }
    }

    protected override void OnCommandEnd(VenueView view)
    {
        if (IsTold)
        {
            _movements.End(view);
        }
        else if (_sequence.Value == _from.Value - 1)
        {
            _movements.Open(view);
            StateRows.Write("opening", _sequence, view, _balances, _positions);
        }
    }

    private void OnPublic(ushort template, ReadOnlySpan<byte> frame)
    {
        switch (template)
        {
            case InstrumentDefinitionDecoder.TemplateId:
                _known.Take(InstrumentDefinitionDecoder.Trusted(frame));
                break;
            case DeltaSettlementDecoder.TemplateId:
                Take(DeltaSettlementDecoder.Trusted(frame));
                break;
            case TradeDecoder.TemplateId when IsTold:
                _trades.Take(TradeDecoder.Trusted(frame));
                break;
            default:
                break;
        }
    }

    private void Take(in DeltaSettlementDecoder settlement)
    {
        foreach (var entry in settlement.Instruments)
        {
            var index = new SubAtoms(entry.DeltaIndex.ToInt128());
            var before = _known.MoveIndex(entry.InstrumentId, index);
            if (IsTold)
            {
                _settlements.Row(
                    _sequence, _time, Words<SettlementTrigger>.Of(settlement.Trigger), entry.InstrumentId, entry.PreviousPrice,
                    entry.SettlementPrice, entry.Delta, index - (before?.DeltaIndex ?? index), index);
            }
        }
    }

    private ExportTable TableOf(TableLayout layout) => _tables.First(table => table.Layout == layout);
}
