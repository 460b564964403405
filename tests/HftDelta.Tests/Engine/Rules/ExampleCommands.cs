using System.Collections.Immutable;
using System.Globalization;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Rules;

/// <summary>The command lines of the examples, by the grammar at the end of docs/matching-rules.md.</summary>
internal sealed class ExampleCommands(ExampleNames names)
{
    private const ulong Second = 1_000_000_000;

    private readonly Queue<string> _words = [];
    private ulong _time;
    private ulong _day;

    /// <summary>What a line says; `mark` is two commands.</summary>
    public IReadOnlyList<VenueCommand> Parse(string line)
    {
        _words.Clear();
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            _words.Enqueue(word);
        }

        var first = _words.Dequeue();
        IReadOnlyList<VenueCommand> commands = first is [>= 'A' and <= 'F'] ? [OfAccount(first)] : OfVenue(first);
        if (_words.Count > 0)
        {
            throw new FormatException($"'{_words.Peek()}' is too much");
        }

        return [.. commands.Select(command => command with { TimeNanos = _time })];
    }

    private VenueCommand OfAccount(string letter)
    {
        var account = ExampleWorld.AccountOf(letter);
        var word = _words.Dequeue();
        return word switch
        {
            "cancel" => Cancel(account),
            "replace" => Replace(account),
            "mass-cancel" => CancelMany(account),
            "quote" => Quote(account),
            "protect" => Protect(account),
            _ => Order(account, word),
        };
    }

    private VenueCommand[] OfVenue(string word)
    {
        switch (word)
        {
            case "oracle":
                return [new OraclePrice(1, Number())];
            case "mark":
                return [new OraclePrice(1, Number()), new SettleNow(1)];
            case "time":
                _time += (ulong)Number() * Second;
                return [new TimePasses()];
            case "state":
                return [new ChangeState(Instrument(), 0, Enum.Parse<InstrumentState>(_words.Dequeue()))];
            case "rules":
                return [Rules()];
            case "group":
                var group = (uint)Number();
                return [.. Rest().Select(letter => new SetGroup(ExampleWorld.AccountOf(letter), group))];
            case "kill":
                return [new Kill(Whom(), true, Takes("cancel"))];
            case "unkill":
                return [new Kill(Whom(), false, false)];
            case "end-of-day":
                return [new EndDay(++_day)];
            default:
                throw new FormatException($"'{word}' is no command");
        }
    }

    private NewOrder Order(uint account, string name)
    {
        var side = _words.Dequeue() switch
        {
            "buy" => Side.Buy,
            "sell" => Side.Sell,
            var other => throw new FormatException($"'{other}' is no side"),
        };
        var instrument = Instrument();
        var order = new NewOrder
        {
            Session = account,
            Account = account,
            Instrument = instrument,
            ClientOrderId = names.IdOf(account, name, instrument),
            Side = side,
            Quantity = Number(),
            Price = Takes("@") ? Number() : 0,
        };
        while (_words.TryDequeue(out var word))
        {
            order = With(order, word);
        }

        return order;
    }

    // size: dispatch table
    private NewOrder With(NewOrder order, string word)
    {
        switch (word)
        {
            case "ioc":
                return order with { TimeInForce = TimeInForce.ImmediateOrCancel };
            case "fok":
                return order with { TimeInForce = TimeInForce.FillOrKill };
            case "day":
                return order with { TimeInForce = TimeInForce.Day };
            case "gtd":
                return order with
                {
                    TimeInForce = TimeInForce.GoodTillDate, ExpireTime = _time + ((ulong)Number() * Second),
                };
            case "market":
                var isStop = order.OrderType == OrderType.StopLimit;
                return order with { OrderType = isStop ? OrderType.Stop : OrderType.Market };
            case "to-limit":
                return order with { OrderType = OrderType.MarketToLimit };
            case "post":
                return order with { Flags = order.Flags | ExecutionFlags.PostOnly };
            case "reprice":
                return order with { Flags = order.Flags | ExecutionFlags.Reprice };
            case "reduce":
                return order with { Flags = order.Flags | ExecutionFlags.ReduceOnly };
            case "mmp":
                return order with { Flags = order.Flags | ExecutionFlags.MarketMakerProtection };
            case "aon":
                return order with { Flags = order.Flags | ExecutionFlags.AllOrNone };
            case "min":
                return order with { MinimumQuantity = Number() };
            case "display":
                return order with { DisplayQuantity = Number() };
            case "stp":
                return order with { SelfTradePrevention = Mode() };
            case "stop":
                return order with
                {
                    OrderType = order.OrderType == OrderType.Market ? OrderType.Stop : OrderType.StopLimit,
                    TriggerPrice = Number(),
                    TriggerSource = Source(),
                };
            case "trail":
                return order with
                {
                    OrderType = OrderType.TrailingStop,
                    TrailingAmount = Number(),
                    TrailingUnit = _words.Dequeue() == "bps" ? TrailingUnit.BasisPoints : TrailingUnit.Ticks,
                    TriggerSource = Source(),
                };
            case "peg":
                return order with { OrderType = OrderType.Pegged, PegOffset = Number() };
            default:
                throw new FormatException($"'{word}' is no term of an order");
        }
    }

    private SelfTradePrevention Mode() => _words.Dequeue() switch
    {
        "newest" => SelfTradePrevention.CancelNewest,
        "oldest" => SelfTradePrevention.CancelOldest,
        "both" => SelfTradePrevention.CancelBoth,
        "decrement" => SelfTradePrevention.Decrement,
        var other => throw new FormatException($"'{other}' is no way to prevent a self-trade"),
    };

    private TriggerSource Source() => _words.Dequeue() switch
    {
        "last" => TriggerSource.LastTrade,
        "mark" => TriggerSource.Mark,
        "oracle" => TriggerSource.Oracle,
        var other => throw new FormatException($"'{other}' is no source"),
    };

    private CancelOrder Cancel(uint account)
    {
        var name = _words.Dequeue();
        var isById = name[0] == '#';
        name = name.TrimStart('#');
        var owner = isById ? names.OwnerOf(name) : account;
        var id = names.IdOf(owner, name);
        var quote = Takes("bid") ? 1UL << 48 : Takes("ask") ? (1UL << 48) ^ (1UL << 63) : 0;
        return new CancelOrder(account, account, names.InstrumentOf(owner, name), id ^ quote, id, isById) { Owner = owner };
    }

    private ReplaceOrder Replace(uint account)
    {
        var name = _words.Dequeue();
        var original = names.IdOf(account, name);
        var instrument = names.InstrumentOf(account, name);
        var id = names.IdOf(account, _words.Dequeue(), instrument);
        var quantity = Number();
        Expect("@");
        return new ReplaceOrder(account, account, instrument, original, id, false, Number(), quantity);
    }

    private MassCancel CancelMany(uint account)
    {
        var side = Takes("buy") ? SideFilter.Buy : Takes("sell") ? SideFilter.Sell : SideFilter.Both;
        var range = _words.TryDequeue(out var word) ? word.Split("..") : ["0", "0"];
        return new MassCancel(account, account, 0, 0, side, Number(range[0]), Number(range[1]), 1);
    }

    private QuoteMass Quote(uint account)
    {
        var id = names.IdOf(account, _words.Dequeue());
        var bid = Level();
        Expect("/");
        var ask = Level();
        var flags = Takes("mmp") ? ExecutionFlags.MarketMakerProtection : default;
        return new QuoteMass(
            account, account, 1, id, flags, default,
            [new QuoteEntry(1, bid.Price, bid.Quantity, ask.Price, ask.Quantity)]);
    }

    private (long Quantity, long Price) Level()
    {
        if (Takes("-"))
        {
            return (0, 0);
        }

        var quantity = Number();
        Expect("@");
        return (quantity, Number());
    }

    private Protect Protect(uint account)
    {
        var request = new Protect(account, account, 1, 1, 0, 0, 0, 0, 0);
        while (_words.TryDequeue(out var word))
        {
            request = word switch
            {
                "window" => request with { WindowNanos = (ulong)Number() * Second },
                "freeze" => request with { FreezeNanos = (ulong)Number() * Second },
                "lots" => request with { QuantityLimit = Number() },
                "delta" => request with { DeltaLimit = Number() << 32 },
                "count" => request with { CountLimit = (uint)Number() },
                _ => throw new FormatException($"'{word}' is no limit of protection"),
            };
        }

        return request;
    }

    private SetRules Rules()
    {
        var rules = new SetRules(Instrument());
        while (_words.TryDequeue(out var word))
        {
            rules = word switch
            {
                "static" => rules with { StaticBandPpm = (uint)Number() },
                "dynamic" => rules with { DynamicBandPpm = (uint)Number() },
                "band-minimum" => rules with { BandMinimumTicks = (uint)Number() },
                "lot" => rules with { LotSize = Number() },
                "order-max" => rules with { OrderLotsMax = Number() },
                "position-max" => rules with { PositionLotsMax = Number() },
                "orders-max" => rules with { AccountOrdersMax = (uint)Number() },
                "opening" => rules with { OpeningAuctionNanos = (ulong)Number() * Second },
                "volatility" => rules with { VolatilityAuctionNanos = (ulong)Number() * Second },
                "increments" => rules with { Increments = Increments(_words.Dequeue()) },
                _ => throw new FormatException($"'{word}' is no rule"),
            };
        }

        return rules;
    }

    private static ImmutableArray<PriceIncrement> Increments(string text) =>
    [
        .. text.Split(',').Select(range => range.Split(':'))
            .Select(range => new PriceIncrement(Number(range[0]), Number(range[1]))),
    ];

    /// <summary>The instrument that comes next; X where none is said.</summary>
    private uint Instrument() =>
        _words.TryPeek(out var word) && ExampleWorld.IsInstrument(word) ? ExampleWorld.InstrumentOf(_words.Dequeue()) : 1;

    private uint Whom() => Takes("venue") ? 0 : ExampleWorld.AccountOf(_words.Dequeue());

    private List<string> Rest()
    {
        var rest = _words.ToList();
        _words.Clear();
        return rest;
    }

    private bool Takes(string word)
    {
        if (!_words.TryPeek(out var next) || next != word)
        {
            return false;
        }

        _words.Dequeue();
        return true;
    }

    private void Expect(string word)
    {
        if (!Takes(word))
        {
            throw new FormatException($"'{word}' is missing");
        }
    }

    private long Number() => Number(_words.Dequeue());

    private static long Number(string word) => long.Parse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
