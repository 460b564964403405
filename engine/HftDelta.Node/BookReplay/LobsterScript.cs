using System.Globalization;
using HftDelta.Engine.Books;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.BookReplay;

/// <summary>What a line of an engine script asks of the book.</summary>
internal enum LobsterOperation : byte
{
    /// <summary><c>A</c> and <c>SA</c>: a limit order that rests.</summary>
    Add,

    /// <summary><c>R</c>, <c>D</c> and <c>SC</c>: lots leave a resting order, which keeps its place if some remain.</summary>
    Take,

    /// <summary><c>X</c>: an aggressor of the other side that must fill exactly one order.</summary>
    Execute,

    /// <summary><c>H</c>: a hidden order traded; the book does not change.</summary>
    Hidden,
}

/// <summary>One line. The side is that of the resting order.</summary>
internal readonly record struct LobsterLine(
    long Row, long Line, LobsterOperation Operation, long OrderId, Side Side, long Price, long Quantity);

/// <summary>
/// An engine script in memory: <c>row,time_s,op,order_id,side,price,qty</c> with that header. All of it is read before the book
/// is made, since the prices decide the book's geometry.
/// </summary>
internal sealed class LobsterScript
{
    private const string Header = "row,time_s,op,order_id,side,price,qty";
    private const int Fields = 7;

    private LobsterScript(string path, List<LobsterLine> lines)
    {
        Path = path;
        Lines = lines;
    }

    public string Path { get; }

    public List<LobsterLine> Lines { get; }

    public static LobsterScript Read(string path)
    {
        using var reader = ReplayFile.OpenText(path);
        var header = ReplayFile.ReadLine(reader, path, 1);
        if (header != Header) throw ReplayInputException.At(path, 1, $"the header must be '{Header}'");
        var lines = new List<LobsterLine>();
        var row = -1L;
        for (var number = 2L; ReplayFile.ReadLine(reader, path, number) is { } text; number++)
        {
            if (text.Length == 0) continue;
            var line = Parse(path, number, text);
            if (line.Row < row) throw ReplayInputException.At(path, number, $"row {line.Row} comes after row {row}");
            row = line.Row;
            lines.Add(line);
        }

        if (lines.Count == 0) throw ReplayInputException.At(path, 2, "no operation");
        return new LobsterScript(path, lines);
    }

    /// <summary>
    /// The geometry for these prices: the large band around their median, so that most of a day lies in it, and as many levels
    /// as there are prices on both sides, so that none is refused.
    /// </summary>
    public BookGeometry Geometry(bool sparse)
    {
        var prices = Lines.Where(line => line.Operation == LobsterOperation.Add).Select(line => line.Price).ToArray();
        var levels = Math.Clamp(prices.Distinct().Count() * 2, 1, BookGeometry.LevelsLimit);
        Array.Sort(prices);
        if (sparse || prices.Length == 0) return BookGeometry.None with { LevelsMax = levels };
        var median = new PriceTicks(prices[prices.Length / 2]);
        return BookGeometry.Around(median, BookGeometry.LargeBandTicks) with { LevelsMax = levels };
    }

    private static LobsterLine Parse(string path, long number, string text)
    {
        Span<Range> fields = stackalloc Range[Fields + 1];
        var count = text.AsSpan().Split(fields, ',');
        if (count != Fields) throw ReplayInputException.At(path, number, $"{count} fields where {Fields} are expected");
        var operation = text[fields[2]] switch
        {
            "A" or "SA" => LobsterOperation.Add,
            "R" or "D" or "SC" => LobsterOperation.Take,
            "X" => LobsterOperation.Execute,
            "H" => LobsterOperation.Hidden,
            var other => throw ReplayInputException.At(path, number, $"unknown operation '{other}'"),
        };
        var side = text[fields[4]] switch
        {
            "B" => Side.Buy,
            "S" => Side.Sell,
            _ when operation == LobsterOperation.Hidden => Side.Buy,
            var other => throw ReplayInputException.At(path, number, $"side '{other}' is neither B nor S"),
        };
        var line = new LobsterLine(
            Number(path, number, text, fields[0], "row"),
            number,
            operation,
            Number(path, number, text, fields[3], "order_id"),
            side,
            Number(path, number, text, fields[5], "price"),
            Number(path, number, text, fields[6], "qty"));
        if (line.Row < 0) throw ReplayInputException.At(path, number, $"row {line.Row} is negative");
        if (operation != LobsterOperation.Hidden && line.Quantity is < 1 or > OrderBook.QuantityMaxLots)
        {
            throw ReplayInputException.At(path, number, $"qty {line.Quantity} is not between 1 and {OrderBook.QuantityMaxLots}");
        }

        return line;
    }

    private static long Number(string path, long number, string text, Range field, string name) =>
        long.TryParse(text.AsSpan(field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw ReplayInputException.At(path, number, $"{name} '{text[field]}' is not a whole number");
}
