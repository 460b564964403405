using System.Runtime.CompilerServices;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Books;
using HftDelta.Engine.Fees;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Engine.Output;

/// <summary>
/// The engine's words: every event that goes to a session or to the public stream, encoded in place. Recoverable reports
/// get their sequence number here and are kept for retransmission. Owner: the engine agent.
/// </summary>
[SkipLocalsInit]
internal sealed class EventEmitter(VenueState state, EventWriter writer)
{
    /// <summary>The one public stream of this version.</summary>
    public const uint PublicStream = 1;

    public void OrderAccepted(uint slot)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var session = state.Orders.Slab.SessionOf(slot);
        var message = OrderAcceptedEncoder.Wrap(writer.Open(OrderAcceptedDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(hot.Account).SetInstrumentId(hot.Instrument.Value)
            .SetOrderId(state.Orders.Slab.IdOf(slot).Value).SetClientOrderId(state.Orders.Slab.Cold(slot).ClientOrderId)
            .SetPrice(hot.PriceTicks).SetQuantity(state.Orders.QuantityLots(slot));
        Report(message.EncodedLength, session, sequence);
    }

    public void OrderRejected(uint session, in OrderReference order, RejectCode code, long limit)
    {
        var message = OrderRejectedEncoder.Wrap(writer.Open(OrderRejectedDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(order.Account).SetInstrumentId(order.Instrument).SetClientOrderId(order.ClientOrderId)
            .SetCode(code).SetBound(limit);
        Report(message.EncodedLength, session, sequence);
    }

    public void OrderCancelRejected(
        uint session, in OrderReference order, ushort requestTemplateId, RejectCode code, long limit)
    {
        var message = OrderCancelRejectedEncoder.Wrap(writer.Open(OrderCancelRejectedDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(order.Account).SetInstrumentId(order.Instrument).SetOrderId(order.OrderId)
            .SetOriginalClientOrderId(order.OriginalClientOrderId).SetClientOrderId(order.ClientOrderId)
            .SetCode(code).SetRequestTemplateId(requestTemplateId).SetBound(limit);
        Report(message.EncodedLength, session, sequence);
    }

    public void OrderFilled(uint slot, in TradeFacts trade, Liquidity liquidity) =>
        OrderFilled(slot, trade, liquidity, trade.Fees.Of(liquidity));

    /// <summary>The same where liquidity does not tell the sides apart.</summary>
    public void OrderFilled(uint slot, in TradeFacts trade, Liquidity liquidity, Int128 fee)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var session = state.Orders.Slab.SessionOf(slot);
        var message = OrderFilledEncoder.Wrap(writer.Open(OrderFilledDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(hot.Account).SetInstrumentId(hot.Instrument.Value)
            .SetOrderId(state.Orders.Slab.IdOf(slot).Value).SetClientOrderId(state.Orders.Slab.Cold(slot).ClientOrderId)
            .SetTradeId(trade.TradeId).SetPrice(trade.Price).SetQuantity(trade.Lots).SetLeaves(state.Orders.OpenLots(slot))
            .SetCash(state.Accounts.Read(hot.Account).CashAtoms)
            .SetSide((Side)hot.Side).SetLiquidity(liquidity);
        Write(message.DeltaIndex, trade.DeltaIndex);
        Write(message.Fee, fee);
        Report(message.EncodedLength, session, sequence);
    }

    public void OrderCanceled(uint slot, ulong requestClientOrderId, CancelReason reason)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var session = state.Orders.Slab.SessionOf(slot);
        var message = OrderCanceledEncoder.Wrap(writer.Open(OrderCanceledDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(hot.Account).SetInstrumentId(hot.Instrument.Value)
            .SetOrderId(state.Orders.Slab.IdOf(slot).Value).SetClientOrderId(state.Orders.Slab.Cold(slot).ClientOrderId)
            .SetRequestClientOrderId(requestClientOrderId).SetQuantity(state.Orders.OpenLots(slot))
            .SetReason(reason).SetSide((Side)hot.Side);
        Report(message.EncodedLength, session, sequence);
    }

    public void OrderReplaced(uint slot, ulong originalClientOrderId, bool priorityKept)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var session = state.Orders.Slab.SessionOf(slot);
        var message = OrderReplacedEncoder.Wrap(writer.Open(OrderReplacedDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(hot.Account).SetInstrumentId(hot.Instrument.Value)
            .SetOrderId(state.Orders.Slab.IdOf(slot).Value).SetOriginalClientOrderId(originalClientOrderId)
            .SetClientOrderId(state.Orders.Slab.Cold(slot).ClientOrderId)
            .SetPrice(hot.PriceTicks).SetQuantity(state.Orders.QuantityLots(slot))
            .SetLeaves(state.Orders.OpenLots(slot)).SetPriorityKept(priorityKept ? (byte)1 : (byte)0).SetSide((Side)hot.Side);
        Report(message.EncodedLength, session, sequence);
    }

    /// <summary>Self-trade prevention took lots; with nothing left the order has ended.</summary>
    public void OrderDecremented(uint slot, long lots)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var session = state.Orders.Slab.SessionOf(slot);
        var message = OrderDecrementedEncoder.Wrap(writer.Open(OrderDecrementedDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(hot.Account).SetInstrumentId(hot.Instrument.Value)
            .SetOrderId(state.Orders.Slab.IdOf(slot).Value).SetClientOrderId(state.Orders.Slab.Cold(slot).ClientOrderId)
            .SetQuantity(lots).SetLeaves(state.Orders.OpenLots(slot));
        Report(message.EncodedLength, session, sequence);
    }

    /// <summary>The venue has activated a stop, or priced a pegged order again.</summary>
    public void OrderRepriced(uint slot, RepriceReason reason)
    {
        ref readonly var hot = ref state.Orders.Slab.Hot(slot);
        var session = state.Orders.Slab.SessionOf(slot);
        var message = OrderRepricedEncoder.Wrap(writer.Open(OrderRepricedDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetAccountId(hot.Account).SetInstrumentId(hot.Instrument.Value)
            .SetOrderId(state.Orders.Slab.IdOf(slot).Value).SetClientOrderId(state.Orders.Slab.Cold(slot).ClientOrderId)
            .SetPrice(hot.PriceTicks).SetLeaves(state.Orders.OpenLots(slot)).SetReason(reason).SetSide((Side)hot.Side);
        Report(message.EncodedLength, session, sequence);
    }

    /// <summary>Tells the account's own session what settlement moved; nothing if no session ever had it.</summary>
    public void AccountSettled(uint account, long amount, in AppliedChanges applied)
    {
        ref readonly var record = ref state.Accounts.Read(account);
        if (record.SessionHandle == 0)
        {
            return;
        }

        var message = AccountSettledEncoder.Wrap(writer.Open(AccountSettledDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, record.SessionHandle);
        message.SetAccountId(account).SetPositions(applied.PositionsMoved).SetAmount(amount).SetCash(record.CashAtoms)
            .SetDust(record.Dust);
        Write(message.Fee, applied.Fee);
        Write(message.Funding, applied.Funding);
        Write(message.Interest, applied.Interest);
        Report(message.EncodedLength, record.SessionHandle, sequence);
    }

    public void OracleReportRefused(uint session, uint source, uint underlying, ulong sourceSequence, RejectCode code)
    {
        var message = OracleReportRefusedEncoder.Wrap(writer.Open(OracleReportRefusedDecoder.FrameLength));
        var sequence = WriteHeader(message.Header, session);
        message.SetSourceId(source).SetUnderlyingId(underlying).SetSourceSequence(sourceSequence).SetCode(code);
        Report(message.EncodedLength, session, sequence);
    }

    public void Trade(uint instrument, Side aggressor, in TradeFacts trade)
    {
        var message = TradeEncoder.Wrap(writer.Open(TradeDecoder.FrameLength));
        WriteHeader(message.Header);
        message.SetInstrumentId(instrument).SetAggressorSide(aggressor).SetTradeId(trade.TradeId)
            .SetPrice(trade.Price).SetQuantity(trade.Lots);
        Write(message.DeltaIndex, trade.DeltaIndex);
        Publish(message.EncodedLength);
    }

    public void BookTop(uint instrument, OrderBook book)
    {
        var message = BookTopEncoder.Wrap(writer.Open(BookTopDecoder.FrameLength));
        WriteHeader(message.Header);
        message.SetInstrumentId(instrument);
        if (book.TryGetTop(Primitives.Units.Side.Buy, out var bid))
        {
            message.SetBidPrice(bid.Price.Value).SetBidQuantity(bid.Volume.Value);
        }

        if (book.TryGetTop(Primitives.Units.Side.Sell, out var ask))
        {
            message.SetAskPrice(ask.Price.Value).SetAskQuantity(ask.Volume.Value);
        }

        Publish(message.EncodedLength);
    }

    public void InstrumentDefinition(uint instrument)
    {
        ref readonly var record = ref state.Instruments.Read(instrument);
        var message = InstrumentDefinitionEncoder.Wrap(writer.Open(InstrumentDefinitionDecoder.FrameLength));
        WriteHeader(message.Header);
        message.SetInstrumentId(instrument).SetUnderlyingId(record.Underlying).SetKind(record.Kind)
            .SetOptionKind(record.OptionKind).SetState(record.State).SetStrike(record.Strike)
            .SetExpiryTime(record.ExpiryTime).SetAtomsPerTick(record.AtomsPerTick)
            .SetAtomsPerUnderlyingTick(record.AtomsPerUnderlyingTick).SetSettlementPrice(record.SettlementPrice)
            .SetSymbol(record.Symbol).SetFundingPeriodNanos(record.FundingPeriodNanos).SetPowerScale(record.PowerScale)
            .SetTrueUpEvery(record.TrueUpEvery).SetPowerScaleBits(record.PowerScaleBits)
            .SetPowerDegree((PowerDegree)record.Degree).SetIsPhysical(record.IsPhysical);
        Write(message.DeltaIndex, record.Index);
        Write(message.FundingIndex, state.Funding.Read(instrument).Index);
        Publish(message.EncodedLength);
    }

    public void OraclePrice(uint underlying, uint sources, long price)
    {
        var message = OraclePriceEncoder.Wrap(writer.Open(OraclePriceDecoder.FrameLength));
        WriteHeader(message.Header);
        message.SetUnderlyingId(underlying).SetSources(sources).SetPrice(price);
        Publish(message.EncodedLength);
    }

    /// <summary>Starts a public message that the caller completes and ends with <see cref="Publish"/>.</summary>
    public void WriteHeader(StreamHeaderEncoder header) =>
        header.SetStreamId(PublicStream).SetSequence(++state.StreamSequence)
            .SetCommandSequence((ulong)state.Sequence).SetTime(state.TimeNanos);

    public void Publish(int lengthBytes) => writer.Commit(lengthBytes, RecordSource.MarketData, SessionHandle.None);

    public static void Write(Int128Encoder target, Int128 value) =>
        target.SetLow((ulong)(UInt128)value).SetHigh((long)(value >> 64));

    /// <summary>Room for a report or a public message that the caller encodes; the calls below end it.</summary>
    public Span<byte> Open(int lengthMaxBytes) => writer.Open(lengthMaxBytes);

    /// <summary>Starts a report to a session.</summary>
    /// <returns>Its place among the session's recoverable reports, for <see cref="Report"/>.</returns>
    public ulong WriteHeader(ReportHeaderEncoder header, uint session)
    {
        ref var record = ref state.Sessions.Write(session);
        var sequence = record.NextReport++;
        header.SetSessionHandle(session).SetSequence(sequence).SetRequestSequence(record.NextRequest - 1)
            .SetCommandSequence((ulong)state.Sequence).SetTime(state.TimeNanos);
        return sequence;
    }

    /// <summary>Ends a report and keeps it for retransmission.</summary>
    public void Report(int lengthBytes, uint session, ulong sequence)
    {
        var frame = writer.Commit(lengthBytes, RecordSource.Report, new SessionHandle(session));
        state.Sessions.KeepReport(session, sequence, frame);
    }
}

/// <summary>What both sides and the public learn of one trade.</summary>
internal readonly record struct TradeFacts(ulong TradeId, long Price, long Lots, Int128 DeltaIndex, TradeFees Fees);

/// <summary>How a request named its order: echoed in rejects.</summary>
internal readonly record struct OrderReference(
    uint Account, uint Instrument, ulong OrderId, ulong OriginalClientOrderId, ulong ClientOrderId);
