using System.Buffers.Binary;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Makes an <see cref="OrderFlow"/> against an engine of its own, whose reports tell which orders still rest: so every cancel
/// finds its order and nothing is refused, when the commands are applied in this order. Integers out of one seed. One thread.
/// </summary>
internal sealed class FlowMaker : IDisposable
{
    private const int Options = 8;
    private const int PrefillOrders = 4_096;
    private const long DistanceTicksMax = 32;
    private const long LotsMax = 10;

    private readonly SeededRandom _random;
    private readonly NativeSlab<FlowCommand> _commands;
    private readonly BareEngine _engine;
    private readonly long[] _middles;
    private readonly ulong[] _nextRequest = new ulong[FlowMarket.Accounts];
    private readonly ulong[] _nextOrder = new ulong[FlowMarket.Accounts];
    private readonly List<OrderKey> _resting = [];
    private readonly Dictionary<OrderKey, int> _places = [];
    private int _count;
    private long _events;

    private FlowMaker(int count, ulong seed, TimeNanos begin)
    {
        _random = new SeededRandom(seed);
        _commands = new NativeSlab<FlowCommand>(PrefillOrders + count);
        _engine = new BareEngine(FlowMarket.Limits, begin);
        SetUp(_engine, begin);
        _middles = [FlowMarket.Price, .. Enumerable.Range(0, Options).Select(o => FlowMarket.OptionMiddle(o, Options))];
    }

    /// <param name="count">Commands after those that fill the books.</param>
    /// <param name="seed">The same seed makes the same flow.</param>
    /// <param name="begin">Venue time at the start.</param>
    public static OrderFlow Make(int count, ulong seed, TimeNanos begin)
    {
        using var maker = new FlowMaker(count, seed, begin);
        return maker.Make(count, begin);
    }

    /// <summary>Lists and opens in an engine what the flow trades.</summary>
    public static void SetUp(BareEngine engine, TimeNanos begin) => SetUp(new FlowMarket(engine.Apply, begin), static () => { });

    /// <param name="market">Where the commands go.</param>
    /// <param name="settle">Called where what was sent must have been applied before what follows.</param>
    public static void SetUp(FlowMarket market, Action settle)
    {
        market.ListUnderlying();
        settle();
        market.Report(FlowMarket.Price);
        settle();
        market.ListInstruments(Options, hasBands: true);
        market.OpenAccounts();
        settle();
    }

    public void Dispose() => _engine.Dispose();

    private OrderFlow Make(int count, TimeNanos begin)
    {
        _engine.SkipEvents();
        while (_count < PrefillOrders)
        {
            AddOrder(FlowKind.Passive);
        }

        _events = 0;
        for (var index = 0; index < count; index++)
        {
            var draw = _random.NextBelow(100);
            if (draw < OrderFlow.PassiveShare || _resting.Count == 0)
            {
                AddOrder(FlowKind.Passive);
            }
            else if (draw < OrderFlow.PassiveShare + OrderFlow.CancelShare)
            {
                AddCancel();
            }
            else
            {
                AddOrder(FlowKind.Aggressive);
            }
        }

        Check.That(_engine.Processor.View.ConservationError == default);
        Check.That(_engine.Processor.View.LastTradeId > 0);
        return new OrderFlow(_commands, PrefillOrders, _events / (double)count, begin);
    }

    private void AddOrder(FlowKind kind)
    {
        var account = _random.NextInRange(0, FlowMarket.Accounts - 1);
        var instrument = _random.Chance(1, 2) ? 0 : _random.NextInRange(1, Options);
        var isBuy = _random.Chance(1, 2);
        var isBelow = isBuy == (kind == FlowKind.Passive);
        var distance = kind == FlowKind.Passive ? _random.NextInRange(1L, DistanceTicksMax) : DistanceTicksMax;
        ref var command = ref _commands[_count];
        command.LengthBytes = NewOrderSingleEncoder.Wrap(command.Buffer).SetAccountId(FlowMarket.FirstAccount + (uint)account)
            .SetInstrumentId(FlowMarket.Perpetual + (uint)instrument).SetClientOrderId(++_nextOrder[account])
            .SetPrice(_middles[instrument] + (isBelow ? -distance : distance)).SetQuantity(_random.NextInRange(1L, LotsMax))
            .SetSide(isBuy ? Side.Buy : Side.Sell).SetOrderType(OrderType.Limit)
            .SetTimeInForce(kind == FlowKind.Passive ? TimeInForce.GoodTillCancel : TimeInForce.ImmediateOrCancel)
            .EncodedLength;
        Add(kind, account);
    }

    private void AddCancel()
    {
        var order = _resting[_random.NextInRange(0, _resting.Count - 1)];
        ref var command = ref _commands[_count];
        command.LengthBytes = OrderCancelRequestEncoder.Wrap(command.Buffer)
            .SetAccountId(FlowMarket.FirstAccount + (uint)order.Account).SetInstrumentId(order.Instrument)
            .SetOriginalClientOrderId(order.ClientOrderId).SetClientOrderId(order.ClientOrderId).EncodedLength;
        Add(FlowKind.Cancel, order.Account);
    }

    private void Add(FlowKind kind, int account)
    {
        ref var command = ref _commands[_count++];
        command.Kind = kind;
        command.Session = new SessionHandle(FlowMarket.FirstAccount + (uint)account);
        RequestHeaderEncoder.Wrap(command.Buffer[HftDeltaSchema.HeaderLength..]).SetSessionHandle(command.Session.Value)
            .SetSequence(++_nextRequest[account]);
        _engine.Apply(RecordSource.Client, command.Session, command.Frame);
        while (_engine.TryReadEvent(out _, out var frame))
        {
            _events++;
            Learn(frame);
        }
    }

    private void Learn(ReadOnlySpan<byte> frame)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]) != HftDeltaSchema.Id)
        {
            return;
        }

        switch (BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]))
        {
            case OrderAcceptedDecoder.TemplateId:
                var accepted = OrderAcceptedDecoder.Trusted(frame);
                Rest(new OrderKey(AccountIndex(accepted.AccountId), accepted.InstrumentId, accepted.ClientOrderId));
                break;
            case OrderFilledDecoder.TemplateId:
                var filled = OrderFilledDecoder.Trusted(frame);
                if (filled.Leaves == 0)
                {
                    Forget(new OrderKey(AccountIndex(filled.AccountId), filled.InstrumentId, filled.ClientOrderId));
                }

                break;
            case OrderCanceledDecoder.TemplateId:
                var canceled = OrderCanceledDecoder.Trusted(frame);
                Forget(new OrderKey(AccountIndex(canceled.AccountId), canceled.InstrumentId, canceled.ClientOrderId));
                break;
            case OrderRejectedDecoder.TemplateId or OrderCancelRejectedDecoder.TemplateId:
                Check.Never("the flow holds no command that is refused");
                break;
        }
    }

    private static int AccountIndex(uint account) => (int)(account - FlowMarket.FirstAccount);

    private void Rest(OrderKey order)
    {
        _places.Add(order, _resting.Count);
        _resting.Add(order);
    }

    private void Forget(OrderKey order)
    {
        var isKnown = _places.Remove(order, out var place);
        Check.That(isKnown);
        var last = _resting[^1];
        _resting.RemoveAt(_resting.Count - 1);
        if (last != order)
        {
            _resting[place] = last;
            _places[last] = place;
        }
    }

    private readonly record struct OrderKey(int Account, uint Instrument, ulong ClientOrderId);
}
