using HftDelta.Primitives.Records;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>After warm-up no command makes garbage anywhere on its way.</summary>
[CancelAfter(60_000)]
internal sealed class AllocationTests
{
    private const int Rounds = 2_000;

    [Test]
    public void A_command_makes_no_garbage_from_ring_to_ring()
    {
        using var driver = VenueDriver.Trading(VenueDriver.SmallOptions() with { SegmentBytes = 8 << 20 });
        var maker = driver.ConnectionOf(VenueDriver.Maker);
        var taker = driver.ConnectionOf(VenueDriver.Taker);
        var sell = driver.OrderFrame(VenueDriver.Maker, Side.Sell, 1_001, 1).ToArray();
        var buy = driver.OrderFrame(VenueDriver.Taker, Side.Buy, 1_001, 1).ToArray();
        Trade(driver, maker, taker, sell, buy, 1, Rounds);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Trade(driver, maker, taker, sell, buy, Rounds + 1, Rounds);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(driver.Venue.Processor.View.LastTradeId, Is.EqualTo(2 * Rounds), "every pair traded");
        Assert.That(allocated, Is.Zero, $"in {2 * Rounds} commands and their reports");
    }

    [Test]
    public void Nor_do_orders_of_every_other_kind()
    {
        using var driver = VenueDriver.Trading(VenueDriver.SmallOptions() with { SegmentBytes = 16 << 20 });
        var maker = driver.ConnectionOf(VenueDriver.Maker);
        var taker = driver.ConnectionOf(VenueDriver.Taker);
        var sell = Extended(VenueDriver.Maker, Side.Sell, message => message.SetDisplayQuantity(1)
            .SetExecutionFlags(ExecutionFlags.PostOnly | ExecutionFlags.Reprice).SetTimeInForce(TimeInForce.Day));
        var buy = Extended(VenueDriver.Taker, Side.Buy, message => message.SetTimeInForce(TimeInForce.FillOrKill)
            .SetSelfTradePrevention(SelfTradePrevention.Decrement));
        Trade(driver, maker, taker, sell, buy, 1, Rounds);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Trade(driver, maker, taker, sell, buy, Rounds + 1, Rounds);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(driver.Venue.Processor.View.LastTradeId, Is.EqualTo(2 * Rounds * 3), "part by part");
        Assert.That(allocated, Is.Zero, $"in {2 * Rounds} commands and their reports");
    }

    [Test]
    public void Nor_do_mass_quotes_mass_cancels_and_protection()
    {
        using var driver = VenueDriver.Trading(VenueDriver.SmallOptions() with { SegmentBytes = 16 << 20 });
        var maker = driver.ConnectionOf(VenueDriver.Maker);
        var frames = new[] { Quote(1_001), Quote(1_002), Protection(), Quote(1_001), MassCancel() };
        SendRound(driver, maker, frames, Rounds);

        var before = GC.GetAllocatedBytesForCurrentThread();
        SendRound(driver, maker, frames, Rounds, first: (Rounds * frames.Length) + 1);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(driver.Venue.Processor.View.OrderCount, Is.Zero, "all cancelled at last");
        Assert.That(allocated, Is.Zero, $"in {Rounds * frames.Length} commands and their reports");
    }

    private static byte[] Quote(long price)
    {
        var frame = new byte[512];
        var message = MassQuoteEncoder.Wrap(frame).SetAccountId(VenueDriver.Maker).SetUnderlyingId(1)
            .SetExecutionFlags(ExecutionFlags.MarketMakerProtection);
        message.SetQuotes(1).Next().SetInstrumentId(1).SetBidPrice(price - 10).SetBidQuantity(1).SetAskPrice(price + 10)
            .SetAskQuantity(1);
        return frame[..message.EncodedLength];
    }

    private static byte[] Protection()
    {
        var frame = new byte[512];
        return frame[..ProtectionRequestEncoder.Wrap(frame).SetAccountId(VenueDriver.Maker).SetUnderlyingId(1)
            .SetClientOrderId(1).SetWindowNanos(1_000).SetCountLimit(5).EncodedLength];
    }

    private static byte[] MassCancel()
    {
        var frame = new byte[512];
        return frame[..MassCancelRequestEncoder.Wrap(frame).SetAccountId(VenueDriver.Maker).SetClientOrderId(1).EncodedLength];
    }

    private static void SendRound(
        VenueDriver driver, HftDelta.Gateway.Connections.InProcessConnection maker, byte[][] frames, int rounds, int first = 1)
    {
        for (var number = first; number < first + (rounds * frames.Length); number++)
        {
            var frame = frames[(number - 1) % frames.Length];
            RequestHeaderEncoder.Wrap(frame.AsSpan(8)).SetSessionHandle(VenueDriver.Maker).SetSequence((ulong)number);
            if (MassQuoteDecoder.TemplateId == BitConverter.ToUInt16(frame, 2))
            {
                BitConverter.TryWriteBytes(frame.AsSpan(8 + MassQuoteDecoder.ClientOrderIdOffset), (ulong)number + 1_000);
            }

            if (!maker.TrySend(frame))
            {
                throw new InvalidOperationException("the ring is full");
            }

            driver.Venue.Step();
            driver.Venue.Step();
            Drop(maker);
        }
    }

    private static byte[] Extended(uint account, Side side, Func<NewOrderExtendedEncoder, NewOrderExtendedEncoder> terms)
    {
        var frame = new byte[NewOrderExtendedDecoder.FrameLength];
        terms(NewOrderExtendedEncoder.Wrap(frame).SetAccountId(account).SetInstrumentId(1)
            .SetPrice(1_001).SetQuantity(3).SetSide(side).SetOrderType(OrderType.Limit));
        return frame;
    }

    private static void Trade(
        VenueDriver driver,
        HftDelta.Gateway.Connections.InProcessConnection maker,
        HftDelta.Gateway.Connections.InProcessConnection taker,
        byte[] sell,
        byte[] buy,
        int first,
        int count)
    {
        for (var number = first; number < first + count; number++)
        {
            Send(maker, sell, VenueDriver.Maker, number);
            driver.Venue.Step();
            Send(taker, buy, VenueDriver.Taker, number);
            driver.Venue.Step();
            driver.Venue.Step();
            Drop(maker);
            Drop(taker);
        }
    }

    private static void Send(HftDelta.Gateway.Connections.InProcessConnection connection, byte[] frame, uint session, int number)
    {
        RequestHeaderEncoder.Wrap(frame.AsSpan(8)).SetSessionHandle(session).SetSequence((ulong)number);
        BitConverter.TryWriteBytes(frame.AsSpan(8 + NewOrderSingleDecoder.ClientOrderIdOffset), (ulong)number + 1_000);
        if (!connection.TrySend(frame))
        {
            throw new InvalidOperationException("the ring is full");
        }
    }

    private static void Drop(HftDelta.Gateway.Connections.InProcessConnection connection)
    {
        while (connection.TryPeek(out var record) && record.Envelope.Source == RecordSource.Report)
        {
            connection.Advance();
        }

        connection.Release();
    }
}
