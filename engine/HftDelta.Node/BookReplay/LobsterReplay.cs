using System.Globalization;
using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.BookReplay;

/// <summary>What a LOBSTER replay found.</summary>
public sealed record LobsterReplayResult
{
    public required long RowsCompared { get; init; }

    public required long RowsEqual { get; init; }

    public required long ExecutionsCompared { get; init; }

    public required long ExecutionsEqual { get; init; }

    /// <summary>Lines of the script.</summary>
    public required long Operations { get; init; }

    /// <summary>Operations on orders that the book did not hold so; each is a difference.</summary>
    public required long OperationsRefused { get; init; }

    /// <summary>The first row, execution or operation that differs, in words; null when all is equal.</summary>
    public required string? FirstDifference { get; init; }

    public bool IsEqual =>
        RowsCompared == RowsEqual && ExecutionsCompared == ExecutionsEqual && OperationsRefused == 0 && RowsCompared > 0;
}

/// <summary>
/// Feeds the engine script of a LOBSTER day to the production book and compares the top levels with the exchange's after every
/// row, and every execution with the order that the exchange filled. Owner: the calling thread.
/// </summary>
public sealed class LobsterReplay : IDisposable
{
    private static readonly InstrumentId Instrument = new(1);

    private readonly LobsterScript _script;
    private readonly OrderSlab _orders;
    private readonly OrderBook _book;
    private readonly Dictionary<long, uint> _slotsByOrderId = [];
    private readonly BookLevel[] _asks;
    private readonly BookLevel[] _bids;
    private readonly int _levels;
    private long _rowsEqual;
    private long _executions;
    private long _executionsEqual;
    private long _refused;
    private string? _firstDifference;

    private LobsterReplay(string scriptPath, int levels, bool sparse)
    {
        _script = LobsterScript.Read(scriptPath);
        _levels = levels;
        _asks = new BookLevel[levels];
        _bids = new BookLevel[levels];
        var adds = _script.Lines.Count(line => line.Operation == LobsterOperation.Add);
        _orders = new OrderSlab(Math.Clamp(adds, 1, OrderSlab.CapacityMax));
        _book = new OrderBook(_orders, Instrument, _script.Geometry(sparse));
    }

    /// <param name="scriptPath">The engine script, gzip or plain.</param>
    /// <param name="bookPath">The exchange's book after each row, gzip or plain.</param>
    /// <param name="levels">How many levels of each side are compared.</param>
    /// <param name="sparse">Forces the pooled levels: no band.</param>
    /// <exception cref="ReplayInputException">A file cannot be read or is malformed.</exception>
    public static LobsterReplayResult Run(string scriptPath, string bookPath, int levels, bool sparse)
    {
        Check.That(levels > 0);
        using var replay = new LobsterReplay(scriptPath, levels, sparse);
        return replay.Run(bookPath);
    }

    public void Dispose()
    {
        _book.Dispose();
        _orders.Dispose();
    }

    private LobsterReplayResult Run(string bookPath)
    {
        using var rows = new LobsterRows(bookPath, _levels);
        var lines = _script.Lines;
        var next = 0;
        var row = 0L;
        for (; rows.TryRead(); row++)
        {
            while (next < lines.Count && lines[next].Row <= row) Apply(lines[next++]);
            if (RowIsEqual(rows, row)) _rowsEqual++;
        }

        if (next < lines.Count)
        {
            throw ReplayInputException.At(
                _script.Path, lines[next].Line, $"row {lines[next].Row} is not in {bookPath}, which ends after {row} rows");
        }

        return new LobsterReplayResult
        {
            RowsCompared = row,
            RowsEqual = _rowsEqual,
            ExecutionsCompared = _executions,
            ExecutionsEqual = _executionsEqual,
            Operations = lines.Count,
            OperationsRefused = _refused,
            FirstDifference = _firstDifference,
        };
    }

    private void Apply(in LobsterLine line)
    {
        switch (line.Operation)
        {
            case LobsterOperation.Add:
                Add(line);
                break;
            case LobsterOperation.Take:
                Take(line);
                break;
            case LobsterOperation.Execute:
                Execute(line);
                break;
            case LobsterOperation.Hidden:
                break;
            default:
                Check.Never("unknown operation");
                break;
        }
    }

    private void Add(in LobsterLine line)
    {
        if (_slotsByOrderId.ContainsKey(line.OrderId))
        {
            Refuse(line, "is in the book already");
            return;
        }

        if (!_orders.TryAllocate(out var slot))
        {
            throw ReplayInputException.At(_script.Path, line.Line, $"more than {_orders.Capacity} orders at once");
        }

        ref var hot = ref _orders.Hot(slot);
        hot.PriceTicks = line.Price;
        hot.LeavesLots = line.Quantity;
        hot.InstrumentAndFlags = OrderHot.Pack(Instrument, line.Side);
        _orders.Cold(slot) = new OrderCold((ulong)line.OrderId, (ulong)line.Quantity, _orders.NextPriority());
        if (_book.Rest(slot) != BookResult.Ok)
        {
            throw ReplayInputException.At(_script.Path, line.Line, $"more than {_book.Geometry.LevelsMax} prices at once");
        }

        _slotsByOrderId.Add(line.OrderId, slot);
    }

    private void Take(in LobsterLine line)
    {
        if (!_slotsByOrderId.TryGetValue(line.OrderId, out var slot))
        {
            Refuse(line, "is not in the book");
            return;
        }

        var order = _orders.Hot(slot);
        if (order.PriceTicks != line.Price || order.Side != line.Side || order.LeavesLots < line.Quantity)
        {
            Refuse(line, Text($"is {order.Side} {order.LeavesLots} at {order.PriceTicks} in the book"));
            return;
        }

        if (order.LeavesLots > line.Quantity)
        {
            _book.Reduce(slot, new QuantityLots(order.LeavesLots - line.Quantity));
            return;
        }

        _book.Remove(slot);
        Forget(slot);
    }

    /// <summary>Sends the aggressor and compares its fills with the one that the exchange made. It never rests.</summary>
    private void Execute(in LobsterLine line)
    {
        var taker = line.Side == Side.Buy ? Side.Sell : Side.Buy;
        var left = line.Quantity;
        var fills = 0;
        var equal = true;
        var found = "no fill";
        while (left > 0)
        {
            var slot = _book.BestMaker(taker, new PriceTicks(line.Price));
            if (slot == 0) break;
            var maker = _orders.Hot(slot);
            var makerId = (long)_orders.Cold(slot).ClientOrderId;
            var filled = Math.Min(left, maker.LeavesLots);
            if (fills++ == 0) found = Text($"{filled} at {maker.PriceTicks} against order {makerId}");
            equal &= makerId == line.OrderId && maker.PriceTicks == line.Price && filled == line.Quantity;
            left -= filled;
            _book.Fill(slot, new QuantityLots(filled));
            if (filled == maker.LeavesLots) Forget(slot);
        }

        _executions++;
        if (equal && fills == 1)
        {
            _executionsEqual++;
            return;
        }

        Differ($"{Place(line)}: expected one fill of {line.Quantity} at {line.Price} against order {line.OrderId}, "
            + $"found {found}" + (fills > 1 ? Text($" and {fills - 1} more") : ""));
    }

    private bool RowIsEqual(LobsterRows rows, long row)
    {
        var asks = _book.ReadDepth(Side.Sell, _asks);
        var bids = _book.ReadDepth(Side.Buy, _bids);
        for (var level = 0; level < _levels; level++)
        {
            var hasAsk = rows.TryGetAsk(level, out var price, out var size);
            if (!LevelIsEqual(hasAsk, price, size, _asks.AsSpan(0, asks), level, row, rows.Line, "ask")) return false;
            var hasBid = rows.TryGetBid(level, out price, out size);
            if (!LevelIsEqual(hasBid, price, size, _bids.AsSpan(0, bids), level, row, rows.Line, "bid")) return false;
        }

        return true;
    }

    private bool LevelIsEqual(
        bool expected, long price, long size, ReadOnlySpan<BookLevel> found, int level, long row, long line, string side)
    {
        var has = level < found.Length;
        if (has == expected && (!has || (found[level].Price.Value == price && found[level].Volume.Value == size))) return true;
        var expectedText = expected ? Text($"{size} at {price}") : "nothing";
        var foundText = has ? Text($"{found[level].Volume} at {found[level].Price}") : "nothing";
        var place = Text($"row {row} (line {line} of the book): {side} level {level + 1}");
        Differ($"{place}: expected {expectedText}, found {foundText}");
        return false;
    }

    private void Refuse(in LobsterLine line, string why)
    {
        _refused++;
        Differ($"{Place(line)}: order {line.OrderId} {why}");
    }

    private void Forget(uint slot)
    {
        _slotsByOrderId.Remove((long)_orders.Cold(slot).ClientOrderId);
        _orders.Free(slot);
    }

    private void Differ(string difference) => _firstDifference ??= difference;

    private static string Place(in LobsterLine line) => Text($"row {line.Row} (line {line.Line} of the script)");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
