using HftDelta.Node.BookReplay;
using HftDelta.Perf.Books;
using HftDelta.Primitives;

namespace HftDelta.Perf.Micro;

/// <summary>
/// Orders that rest on both sides, orders that take some of them, and the others canceled, so that the book is empty after each
/// run; floor: the quickest book of the runtime's own collections.
/// </summary>
internal sealed class BookWork : MicroWork
{
    private const int Resting = 56;
    private const int Taking = Operations - (2 * Resting);
    private const int Levels = 16;
    private const long MiddleTicks = 1_000;

    private readonly HdbsRecord[] _records = new HdbsRecord[Operations];
    private readonly HdbsBook _book;
    private readonly FloorBook _floor;

    public BookWork()
    {
        for (var index = 0; index < Resting; index++)
        {
            var distance = 1 + (index / 2 % Levels);
            _records[index] = Order(index + 1, index % 2, index % 2 == 0 ? MiddleTicks - distance : MiddleTicks + distance);
            _records[Resting + Taking + index] = new HdbsRecord
            {
                Operation = HdbsRecord.Cancel,
                OrderNumber = (ulong)index + 1,
                Kind = 2,
            };
        }

        for (var index = 0; index < Taking; index++)
        {
            ref var taker = ref _records[Resting + index];
            taker = Order(Resting + index + 1, index % 2, index % 2 == 0 ? 2 * MiddleTicks : 1);
            taker.TimeInForce = HdbsRecord.ImmediateOrCancel;
            taker.Kind = 1;
        }

        var stream = new HdbsStream("micro", _records, 0, 2 * MiddleTicks, Resting + Taking, 0);
        _book = new HdbsBook(stream, sparse: false);
        _floor = new FloorBook(stream);
        Run();
        RunFloor();
        Check.That(_book.Trades == Taking && _book.Digest == _floor.Digest);
    }

    public override void Run()
    {
        _book.Apply(_records);
        Check.That(_book.RestingCount == 0);
    }

    public override void RunFloor() => _floor.Apply(_records);

    public override void Dispose()
    {
        _book.Dispose();
        base.Dispose();
    }

    private static HdbsRecord Order(int number, int side, long price) => new()
    {
        Operation = HdbsRecord.New,
        SideCode = (byte)side,
        Quantity = 1,
        OrderNumber = (ulong)number,
        PriceTicks = price,
        Account = 1,
    };
}
