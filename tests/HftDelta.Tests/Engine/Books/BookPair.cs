using HftDelta.Engine.Books;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Books;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Books;

/// <summary>
/// The production book and the model, given the same commands. Every fill is compared as it happens and
/// <see cref="CompareAll"/> compares the whole books. An order's number in the model is its client order id.
/// </summary>
internal sealed class BookPair(BookGeometry geometry, int orderCapacity) : IDisposable
{
    private readonly OrderSlab _orders = new(orderCapacity);
    private readonly Dictionary<ulong, OrderId> _idsByNumber = [];
    private readonly List<ulong> _numbers = [];
    private readonly BookLevel[] _depth = new BookLevel[4096];
    private OrderBook? _book;
    private ulong _lastNumber;

    public OrderSlab Orders => _orders;

    public OrderBook Book => _book ??= new OrderBook(_orders, new InstrumentId(7), geometry);

    public ModelBook Model { get; } = new();

    public int Fills { get; private set; }

    public int PoolRefusals { get; private set; }

    /// <summary>Ids of orders that are gone.</summary>
    public List<OrderId> Gone { get; } = [];

    public ulong AnyLiveNumber(SeededRandom random) => _numbers[random.Below(_numbers.Count)];

    public int LiveCount => _numbers.Count;

    /// <summary>A limit order: matched, and what remains rests unless it is immediate-or-cancel.</summary>
    /// <returns>Its number.</returns>
    public ulong Submit(Side side, long price, long quantity, bool immediate)
    {
        var expected = Model.Match(side, new PriceTicks(price), new QuantityLots(quantity));
        var left = quantity;
        var index = 0;
        while (left > 0)
        {
            var maker = Book.BestMaker(side, new PriceTicks(price));
            if (maker == 0) break;
            var filled = Math.Min(left, _orders.Hot(maker).LeavesLots);
            var fill = new ModelFill(_orders.Cold(maker).ClientOrderId, _orders.Hot(maker).Price, new QuantityLots(filled));
            if (index >= expected.Count || expected[index] != fill) Assert.Fail($"fill {index} is {fill}, not as the model's");
            index++;
            left -= filled;
            Book.Fill(maker, new QuantityLots(filled));
            if (_orders.Hot(maker).LeavesLots == 0) Forget(fill.Maker, maker);
        }

        Assert.That(index, Is.EqualTo(expected.Count), "number of fills");
        Fills += index;
        return left == 0 || immediate ? ++_lastNumber : Rest(side, price, left);
    }

    /// <summary>Rests without matching, as in a call phase.</summary>
    public ulong Rest(Side side, long price, long quantity)
    {
        var number = ++_lastNumber;
        Assert.That(_orders.TryAllocate(out var slot), Is.True, "the test keeps within the slab");
        ref var hot = ref _orders.Hot(slot);
        hot.PriceTicks = price;
        hot.LeavesLots = quantity;
        hot.Account = (uint)(number % 50) + AccountId.FirstClient;
        hot.InstrumentAndFlags = OrderHot.Pack(Book.Instrument, side);
        _orders.Cold(slot) = new OrderCold(number, 0, _orders.NextPriority());
        var foreseen = Book.CanRest(side, new PriceTicks(price));
        var result = Book.Rest(slot);
        if (result != foreseen) Assert.Fail($"{result} though {foreseen} was foreseen");
        if (result == BookResult.Ok)
        {
            Model.Rest(number, side, new PriceTicks(price), new QuantityLots(quantity));
            _idsByNumber.Add(number, _orders.IdOf(slot));
            _numbers.Add(number);
            return number;
        }

        PoolRefusals++;
        Assert.That(Book.LevelCount, Is.EqualTo(geometry.LevelsMax), "refused while there is room");
        _orders.Free(slot);
        return number;
    }

    public OrderId IdOf(ulong number) => _idsByNumber[number];

    public void Cancel(ulong number)
    {
        var slot = Find(number);
        Model.Remove(number);
        Book.Remove(slot);
        Forget(number, slot);
    }

    public void Reduce(ulong number, long newLeaves)
    {
        Model.Reduce(number, new QuantityLots(newLeaves));
        Book.Reduce(Find(number), new QuantityLots(newLeaves));
    }

    /// <summary>Compares every level, every queue and the scalars.</summary>
    public void CompareAll()
    {
        Compare(Side.Buy);
        Compare(Side.Sell);
        Assert.That(Book.OrderCount, Is.EqualTo(Model.Count));
        Assert.That(_orders.Count, Is.EqualTo(Model.Count));
        Assert.That(Book.LevelCount, Is.EqualTo(Model.Queues(Side.Buy).Count + Model.Queues(Side.Sell).Count));
        var bid = Model.Queues(Side.Buy).Keys.Select(price => (long?)price).FirstOrDefault();
        var ask = Model.Queues(Side.Sell).Keys.Select(price => (long?)price).FirstOrDefault();
        Assert.That(Book.IsCrossed, Is.EqualTo(bid >= ask));
        Book.Audit();
    }

    public void Dispose()
    {
        _book?.Dispose();
        _orders.Dispose();
    }

    private void Compare(Side side)
    {
        var levels = Model.Queues(side);
        var count = Book.ReadDepth(side, _depth);
        Assert.That(count, Is.EqualTo(Math.Min(levels.Count, _depth.Length)));
        Assert.That(Book.HasBest(side), Is.EqualTo(levels.Count > 0));
        Assert.That(Book.TryGetTop(side, out var top), Is.EqualTo(levels.Count > 0));
        Assert.That(top, Is.EqualTo(levels.Count > 0 ? _depth[0] : default));
        var index = 0;
        foreach (var (price, queue) in levels)
        {
            if (index == count) break;
            var level = new BookLevel(new PriceTicks(price), new QuantityLots(queue.Sum(order => order.Leaves)), queue.Count);
            if (_depth[index++] != level) Assert.Fail($"{side} level {index} is {_depth[index - 1]}, the model has {level}");
            CompareQueue(side, price, queue);
        }
    }

    private void CompareQueue(Side side, long price, List<ModelOrder> queue)
    {
        var slot = Book.HeadAt(side, new PriceTicks(price));
        foreach (var order in queue)
        {
            if (_orders.Cold(slot).ClientOrderId != order.Number || _orders.Hot(slot).LeavesLots != order.Leaves)
            {
                Assert.Fail($"{side} {price}: {_orders.Cold(slot).ClientOrderId} stands where {order.Number} should");
            }

            slot = _orders.Hot(slot).Next;
        }

        Assert.That(slot, Is.Zero, "the queue ends where the model's does");
    }

    private uint Find(ulong number)
    {
        Assert.That(_orders.TryFind(_idsByNumber[number], out var slot), Is.True);
        return slot;
    }

    private void Forget(ulong number, uint slot)
    {
        Gone.Add(_idsByNumber[number]);
        _idsByNumber.Remove(number);
        var index = _numbers.IndexOf(number);
        _numbers[index] = _numbers[^1];
        _numbers.RemoveAt(_numbers.Count - 1);
        _orders.Free(slot);
    }
}
