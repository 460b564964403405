using HftDelta.Engine;
using HftDelta.Engine.Books;
using HftDelta.Engine.InProcess;
using HftDelta.Primitives.Units;
using HftDelta.Tests.Architecture;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using OrderSide = HftDelta.Wire.Side;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Tests.Engine.InProcess;

/// <summary>The code of docs/library.md: it stands here word for word, and does what the page says.</summary>
[CancelAfter(20_000)]
public class LibraryPageTests
{
    private const string Page = "docs/library.md";
    private const string Source = "tests/HftDelta.Tests/Engine/InProcess/LibraryPageTests.cs";

    [Test]
    public void Book_of_the_page_trades_as_the_page_says()
    {
        using var orders = new OrderSlab(capacity: 1_000);
        using var book = new OrderBook(
            orders, new InstrumentId(1), BookGeometry.Around(new PriceTicks(50_000), BookGeometry.SmallBandTicks));

        void Rest(ulong number, Side side, long price, long lots)
        {
            orders.TryAllocate(out var slot);
            ref var hot = ref orders.Hot(slot);
            hot.PriceTicks = price;
            hot.LeavesLots = lots;
            hot.InstrumentAndFlags = OrderHot.Pack(book.Instrument, side);
            orders.Cold(slot) = new OrderCold(number, (ulong)lots, orders.NextPriority());
            if (book.Rest(slot) != BookResult.Ok) orders.Free(slot);
        }

        Rest(1, Side.Sell, 50_010, 5);
        Rest(2, Side.Sell, 50_010, 5);
        Rest(3, Side.Buy, 49_990, 7);

        // A buyer takes 8 lots at 50,020 or better. The loop is the caller's, so that anything can happen between two fills.
        var left = 8L;
        var fills = new List<string>();
        while (left > 0 && book.BestMaker(Side.Buy, new PriceTicks(50_020)) is var maker and not 0)
        {
            var hot = orders.Hot(maker);
            var lots = Math.Min(left, hot.LeavesLots);
            fills.Add($"{lots} lots of order {orders.Cold(maker).ClientOrderId} at {hot.PriceTicks}");
            book.Fill(maker, new QuantityLots(lots));
            if (lots == hot.LeavesLots) orders.Free(maker);
            left -= lots;
        }

        book.TryGetTop(Side.Sell, out var ask);

        Assert.That(fills, Is.EqualTo(new[] { "5 lots of order 1 at 50010", "3 lots of order 2 at 50010" }));
        Assert.That(ask, Is.EqualTo(new BookLevel(new PriceTicks(50_010), new QuantityLots(2), 1)));
    }

    [Test]
    public void Engine_of_the_page_trades_as_the_page_says()
    {
        using var engine = new InProcessEngine(EngineLimits.Small) { Time = new TimeNanos(1_700_000_000_000_000_000) };

        // An underlying, an oracle that tells its price, and then the perpetual.
        engine.SendOperator(ListUnderlyingEncoder.Wrap(engine.Buffer).SetUnderlyingId(1).SetOracleQuorum(1)
            .SetSettlementThresholdTicks(1).SetInitialMarginPpm(100_000).SetShortOptionMarginPpm(150_000)
            .SetShortOptionMinimumPpm(100_000).SetOracleMaxAgeNanos(3_600_000_000_000).SetRiskTimeoutNanos(10_000_000_000)
            .SetSymbol("BTC"u8).EncodedLength);
        OpenSession(engine, session: 2, account: 0, SessionRoles.OracleSource);
        engine.SendRequest(new SessionHandle(2), OracleReportEncoder.Wrap(engine.Buffer).SetSourceId(1).SetUnderlyingId(1)
            .SetSourceSequence(1).SetSourceTime(engine.Time.Value).SetPrice(100_000).SetSignature([]).EncodedLength);
        engine.SendOperator(ListInstrumentEncoder.Wrap(engine.Buffer).SetInstrumentId(1).SetUnderlyingId(1)
            .SetKind(InstrumentKind.Perpetual).SetOptionKind(OptionKind.None).SetAtomsPerTick(1).SetAtomsPerUnderlyingTick(1)
            .SetSymbol("BTC-PERP"u8).EncodedLength);

        // Two traders with money; their sessions have the numbers of their accounts.
        foreach (var account in (uint[])[16, 17])
        {
            engine.SendOperator(OpenAccountEncoder.Wrap(engine.Buffer).SetAccountId(account).EncodedLength);
            OpenSession(engine, account, account, SessionRoles.Trader);
            engine.SendOperator(DepositEncoder.Wrap(engine.Buffer).SetAccountId(account).SetAmount(10_000_000)
                .SetDepositId(account).EncodedLength);
        }

        SendOrder(engine, 16, clientOrderId: 1, OrderSide.Sell, price: 100_500, lots: 3);
        SendOrder(engine, 17, clientOrderId: 2, OrderSide.Buy, price: 100_600, lots: 2);

        // The events of the last command: what the two sides are told, the trade, the new top of the book.
        var trades = new List<string>();
        while (engine.TryReadEvent(out _, out var frame))
        {
            HftDeltaSchema.TryPeekHeader(frame, out var header);
            if (header.TemplateId != TradeDecoder.TemplateId) continue;
            var trade = TradeDecoder.Trusted(frame);
            trades.Add($"{trade.Quantity} lots at {trade.Price}");
        }

        Assert.That(trades, Is.EqualTo(new[] { "2 lots at 100500" }));
        Assert.That(engine.View.OrderCount, Is.EqualTo(1));
        Assert.That(engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
    }

    [Test]
    public void Code_of_the_page_stands_in_these_tests()
    {
        var source = Squeezed(SourceTree.Instance.File(Source).Text);
        var blocks = SourceTree.Instance.File(Page).Text.Split("```csharp\n").Skip(1).Select(rest => rest.Split("```")[0]);
        var squeezed = blocks.Select(block => Squeezed(block).Replace("staticvoid", "privatestaticvoid")).ToList();
        Assert.That(squeezed, Has.Count.EqualTo(3));
        foreach (var block in squeezed) Assert.That(source, Does.Contain(block));
    }

    private static void OpenSession(InProcessEngine engine, uint session, uint account, SessionRoles roles)
    {
        Span<byte> id = stackalloc byte[16];
        BitConverter.TryWriteBytes(id, session);
        engine.SendOperator(SessionOpenedEncoder.Wrap(engine.Buffer).SetSessionHandle(session).SetAccountId(account)
            .SetSessionId(id).SetRoles(roles).EncodedLength);
    }

    private static void SendOrder(
        InProcessEngine engine, uint account, ulong clientOrderId, OrderSide side, long price, long lots) =>
        engine.SendRequest(new SessionHandle(account), NewOrderSingleEncoder.Wrap(engine.Buffer).SetAccountId(account)
            .SetInstrumentId(1).SetClientOrderId(clientOrderId).SetPrice(price).SetQuantity(lots).SetSide(side)
            .SetOrderType(OrderType.Limit).SetTimeInForce(TimeInForce.GoodTillCancel).EncodedLength);

    private static string Squeezed(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
}
