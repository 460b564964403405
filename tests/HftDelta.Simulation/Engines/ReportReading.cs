using System.Collections.Immutable;
using HftDelta.Primitives;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// Decodes the core's events into reports. Order ids become numbers in the order in which they were first told; one that is
/// told as new a second time breaks the run. Public tops, prices and settlement ticks are left out.
/// </summary>
internal sealed class ReportReading
{
    /// <summary>Said where a command names an order that never got an id.</summary>
    public const ulong NoSuchOrder = 0x7FFF_FFFF_0000_0001;

    private readonly Dictionary<ulong, ulong> _numberOf = [];
    private readonly Dictionary<(uint Session, ulong ClientOrderId), ulong> _idOf = [];
    private readonly List<VenueReport> _reports = [];
    private ulong _last;

    public ulong VenueIdOf(uint session, ulong clientOrderId) =>
        _idOf.GetValueOrDefault((session, clientOrderId), NoSuchOrder);

    public IReadOnlyList<VenueReport> Read(List<EngineEvent> events)
    {
        _reports.Clear();
        foreach (var record in events)
        {
            var report = record.SchemaId == HftDeltaSchema.Id ? Read(record.TemplateId, record.Frame) : ReadInternal(record);
            if (report is not null)
            {
                _reports.Add(report);
            }
        }

        return _reports;
    }

    private static Refused? ReadInternal(EngineEvent record) => record.TemplateId == CommandRefusedDecoder.TemplateId
        ? new Refused((RejectCode)CommandRefusedDecoder.Trusted(record.Frame).Code)
        : null;

    private VenueReport? Read(ushort template, byte[] frame) => template switch
    {
        OrderAcceptedDecoder.TemplateId => Read(OrderAcceptedDecoder.Trusted(frame)),
        OrderRejectedDecoder.TemplateId => Read(OrderRejectedDecoder.Trusted(frame)),
        OrderFilledDecoder.TemplateId => Read(OrderFilledDecoder.Trusted(frame)),
        StrategyLegFilledDecoder.TemplateId => Read(StrategyLegFilledDecoder.Trusted(frame)),
        OrderCanceledDecoder.TemplateId => Read(OrderCanceledDecoder.Trusted(frame)),
        OrderReplacedDecoder.TemplateId => Read(OrderReplacedDecoder.Trusted(frame)),
        OrderCancelRejectedDecoder.TemplateId => Read(OrderCancelRejectedDecoder.Trusted(frame)),
        OrderRepricedDecoder.TemplateId => Read(OrderRepricedDecoder.Trusted(frame)),
        OrderDecrementedDecoder.TemplateId => Read(OrderDecrementedDecoder.Trusted(frame)),
        MassCancelReportDecoder.TemplateId => Read(MassCancelReportDecoder.Trusted(frame)),
        MassQuoteReportDecoder.TemplateId => Read(MassQuoteReportDecoder.Trusted(frame)),
        AccountSettledDecoder.TemplateId => Read(AccountSettledDecoder.Trusted(frame)),
        ProtectionReportDecoder.TemplateId => Read(ProtectionReportDecoder.Trusted(frame)),
        TradeDecoder.TemplateId => Read(TradeDecoder.Trusted(frame)),
        AuctionIndicationDecoder.TemplateId => Read(AuctionIndicationDecoder.Trusted(frame)),
        InstrumentStatusDecoder.TemplateId => Read(InstrumentStatusDecoder.Trusted(frame)),
        _ => null,
    };

    private Accepted Read(in OrderAcceptedDecoder message)
    {
        var number = NumberNew(message.OrderId);
        _idOf[(message.Header.SessionHandle, message.ClientOrderId)] = message.OrderId;
        return new Accepted(message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
            number, message.ClientOrderId, message.Price, message.Quantity);
    }

    private static Rejected Read(in OrderRejectedDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
        message.ClientOrderId, message.Code, message.Bound);

    private Filled Read(in OrderFilledDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
        NumberOf(message.OrderId), message.ClientOrderId, message.TradeId, message.Price, message.Quantity, message.Leaves,
        message.DeltaIndex.ToInt128(), message.Cash, message.Side, message.Liquidity);

    private LegFilled Read(in StrategyLegFilledDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
        NumberOf(message.OrderId), message.ClientOrderId, message.TradeId, message.Price, message.Quantity,
        message.DeltaIndex.ToInt128(), message.Cash, message.Side, message.Liquidity);

    private Canceled Read(in OrderCanceledDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
        NumberOf(message.OrderId), message.ClientOrderId, message.RequestClientOrderId, message.Quantity, message.Reason,
        message.Side);

    private Replaced Read(in OrderReplacedDecoder message)
    {
        _idOf[(message.Header.SessionHandle, message.ClientOrderId)] = message.OrderId;
        return new Replaced(message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
            NumberOf(message.OrderId), message.OriginalClientOrderId, message.ClientOrderId, message.Price,
            message.Quantity, message.Leaves, message.PriorityKept == 1, message.Side);
    }

    private CancelRejected Read(in OrderCancelRejectedDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
        NumberOf(message.OrderId), message.OriginalClientOrderId, message.ClientOrderId, message.Code,
        message.RequestTemplateId, message.Bound);

    private Repriced Read(in OrderRepricedDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
        NumberOf(message.OrderId), message.ClientOrderId, message.Price, message.Leaves, message.Reason, message.Side);

    private Decremented Read(in OrderDecrementedDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.InstrumentId,
        NumberOf(message.OrderId), message.ClientOrderId, message.Quantity, message.Leaves);

    private static MassCanceled Read(in MassCancelReportDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, (RejectCode)message.Code,
        message.ClientOrderId, message.Canceled, message.Bound);

    private Quoted Read(in MassQuoteReportDecoder message)
    {
        var entries = ImmutableArray.CreateBuilder<QuoteOutcome>();
        var session = message.Header.SessionHandle;
        var client = message.ClientOrderId;
        foreach (var entry in message.Quotes)
        {
            var key = client ^ ((ulong)entry.InstrumentId << 48);
            entries.Add(new QuoteOutcome(
                entry.InstrumentId, (RejectCode)entry.BidCode, (RejectCode)entry.AskCode,
                Quote(session, key, entry.BidOrderId), Quote(session, key ^ (1UL << 63), entry.AskOrderId)));
        }

        return new Quoted(session, message.Header.Sequence, message.AccountId, (RejectCode)message.Code, client,
            message.Bound, entries.ToImmutable());
    }

    private static Settled Read(in AccountSettledDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.Positions, message.Amount,
        message.Cash, message.Dust);

    private static Protected Read(in ProtectionReportDecoder message) => new(
        message.Header.SessionHandle, message.Header.Sequence, message.AccountId, message.UnderlyingId,
        message.ClientOrderId, message.FrozenUntil, (RejectCode)message.Code, message.Bound);

    private static Traded Read(in TradeDecoder message) => new(
        message.InstrumentId, message.AggressorSide, message.TradeId, message.Price, message.Quantity,
        message.DeltaIndex.ToInt128());

    private static Indicated Read(in AuctionIndicationDecoder message) => new(
        message.InstrumentId, message.State, message.ImbalanceSide,
        message.Price == AuctionIndicationDecoder.PriceNull ? null : message.Price, message.Volume, message.Imbalance,
        message.EndTime);

    private static StatusChanged Read(in InstrumentStatusDecoder message) =>
        new(message.InstrumentId, message.State, message.EndTime);

    private ulong Quote(uint session, ulong key, ulong id)
    {
        if (id == 0)
        {
            return 0;
        }

        _idOf[(session, key)] = id;
        return _numberOf.TryGetValue(id, out var number) ? number : NumberNew(id);
    }

    private ulong NumberNew(ulong id)
    {
        Check.That(!_numberOf.ContainsKey(id));
        return _numberOf[id] = ++_last;
    }

    private ulong NumberOf(ulong id) => id is 0 or NoSuchOrder ? id : _numberOf[id];
}
