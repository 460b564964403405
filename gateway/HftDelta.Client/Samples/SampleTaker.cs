using HftDelta.Client.MarketData;
using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Samples;

/// <summary>
/// Takes what is quoted, at a fixed rate: each order has the moment at which it is meant to leave, and when it leaves later
/// the wait counts (an open loop). Trades at once or not at all. Owner: one thread.
/// </summary>
public sealed class SampleTaker : SampleClient
{
    private const double NanosPerSecond = 1e9;

    private readonly SampleTakerOptions _options;
    private readonly ulong _intervalNanos;
    private readonly Dictionary<uint, int> _places = [];
    private readonly TopPrices[] _tops;
    private SampleNumbers _numbers;
    private ulong _nextNanos;

    public SampleTaker(SampleTakerOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Client, options.Latency)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.OrdersPerSecond);
        _options = options;
        _numbers = new SampleNumbers(options.Seed);
        _intervalNanos = Math.Max(1, (ulong)(NanosPerSecond / options.OrdersPerSecond));
        _tops = new TopPrices[options.Instruments.Count];
        for (var place = 0; place < _tops.Length; place++)
        {
            _places.Add(options.Instruments[place].Value, place);
        }
    }

    public override string RoleName => "sample-taker";

    public override void OnTopOfBook(in TopOfBook top)
    {
        if (_places.TryGetValue(top.Instrument.Value, out var place))
        {
            _tops[place] = new TopPrices
            {
                Bid = top.BidQuantity.Value > 0 ? top.Bid.Value : 0,
                Ask = top.AskQuantity.Value > 0 ? top.Ask.Value : 0,
            };
        }
    }

    protected override int Act(TimeNanos now)
    {
        // The schedule begins with the first session and knows no pause afterwards.
        _nextNanos = _nextNanos == 0 ? now.Value : _nextNanos;
        var sent = 0;
        while (_nextNanos <= now.Value)
        {
            if (!TryTake(new TimeNanos(_nextNanos)))
            {
                Tally.Refused++;
                break;
            }

            _nextNanos += _intervalNanos;
            sent++;
        }

        return sent;
    }

    /// <returns>False when the session takes nothing now: the order keeps its moment and is tried again.</returns>
    private bool TryTake(TimeNanos intended)
    {
        var place = _numbers.Below(_tops.Length);
        var side = (Side)_numbers.Below(2);
        var price = side == Side.Buy ? _tops[place].Ask : _tops[place].Bid;
        if (price <= 0)
        {
            // Nothing to take there.
            return true;
        }

        var sent = Orders.NewOrder(
            new OrderTerms
            {
                Instrument = _options.Instruments[place],
                Side = side,
                Price = new PriceTicks(price),
                Quantity = new QuantityLots(1 + _numbers.Below(_options.LotsMax)),
                TimeInForce = TimeInForce.ImmediateOrCancel,
            },
            new CallNote(default, intended));
        return sent.Code != SubmitCode.BackPressured && sent.Code != SubmitCode.WindowFull;
    }

    private struct TopPrices
    {
        public long Bid;
        public long Ask;
    }
}
