using HftDelta.Gateway.Connections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Demo.Participants;

/// <summary>
/// One session of one account: encodes its requests and reads its reports. What it knows of its orders and positions comes from
/// those reports alone. Owner: the driver.
/// </summary>
internal sealed class TradingSession(
    InProcessConnection connection, AccountId account, NanoClock clock, DemoTally tally) : IOrderDesk
{
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly Dictionary<ulong, LiveOrder> _live = [];
    private readonly Dictionary<ulong, Side> _sent = [];
    private readonly Dictionary<uint, long> _positions = [];
    private ulong _sequence;
    private ulong _clientOrderId;

    public AccountId Account => account;

    public SessionHandle Session => connection.Session;

    public int LiveCount => _live.Count;

    public bool IsReady => true;

    /// <summary>The driver reads the answers of all that was sent before it asks.</summary>
    public bool IsAnswered(ClientOrderId order) => true;

    public LiveOrder? Find(ClientOrderId order) => _live.GetValueOrDefault(order.Value);

    public long PositionLots(InstrumentId instrument) => _positions.GetValueOrDefault(instrument.Value);

    /// <summary>A limit order.</summary>
    /// <returns>The name that it has from now on.</returns>
    public ClientOrderId New(
        InstrumentId instrument, Side side, long price, long lots, TimeInForce timeInForce = TimeInForce.GoodTillCancel,
        ExecutionFlags flags = default, TimeNanos expireTime = default)
    {
        var id = ++_clientOrderId;
        _sent[id] = side;
        var message = NewOrderSingleEncoder.Wrap(_buffer).SetAccountId(account.Value).SetInstrumentId(instrument.Value)
            .SetClientOrderId(id).SetPrice(price).SetQuantity(lots).SetExpireTime(expireTime.Value).SetSide(side)
            .SetOrderType(OrderType.Limit).SetTimeInForce(timeInForce).SetExecutionFlags(flags);
        Send(message.EncodedLength);
        tally.NewOrdersSent++;
        return new ClientOrderId(id);
    }

    /// <summary>Cancels by the venue's name of the order, or by the client's own.</summary>
    public void Cancel(InstrumentId instrument, ClientOrderId order, OrderId venueOrder = default)
    {
        var original = venueOrder == default ? order.Value : 0;
        var message = OrderCancelRequestEncoder.Wrap(_buffer).SetAccountId(account.Value).SetInstrumentId(instrument.Value)
            .SetOrderId(venueOrder.Value).SetOriginalClientOrderId(original).SetClientOrderId(order.Value);
        Send(message.EncodedLength);
        tally.CancelsSent++;
    }

    /// <summary>Another price, another quantity, or both.</summary>
    /// <returns>The order's name from now on, if the venue does it.</returns>
    public ClientOrderId Replace(LiveOrder order, long price, long leavesLots)
    {
        var id = ++_clientOrderId;
        var message = OrderReplaceRequestEncoder.Wrap(_buffer).SetAccountId(account.Value)
            .SetInstrumentId(order.Instrument.Value).SetOrderId(0).SetOriginalClientOrderId(order.ClientId.Value)
            .SetClientOrderId(id).SetPrice(price).SetQuantity(order.FilledLots + leavesLots);
        Send(message.EncodedLength);
        tally.ReplacesSent++;
        return new ClientOrderId(id);
    }

    /// <summary>Reads everything that the venue has released to this session.</summary>
    public void Read()
    {
        while (connection.TryPeek(out var record))
        {
            var frame = record.Frame;
            HftDeltaSchema.TryPeekHeader(frame, out var header);
            Take((ushort)header.TemplateId, frame);
            connection.Advance();
        }

        connection.Release();
    }

    private void Send(int lengthBytes)
    {
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(connection.Session.Value)
            .SetSequence(++_sequence).SetSendingTime(clock.Now.Value);
        FrameSender.Send(connection, _buffer.AsSpan(0, lengthBytes));
    }

    private void Take(ushort templateId, ReadOnlySpan<byte> frame)
    {
        switch (templateId)
        {
            case OrderAcceptedDecoder.TemplateId:
                TakeAccepted(OrderAcceptedDecoder.Trusted(frame));
                break;
            case OrderRejectedDecoder.TemplateId:
                _sent.Remove(OrderRejectedDecoder.Trusted(frame).ClientOrderId);
                tally.Rejected++;
                break;
            case OrderFilledDecoder.TemplateId:
                TakeFilled(OrderFilledDecoder.Trusted(frame));
                break;
            case OrderCanceledDecoder.TemplateId:
                TakeCanceled(OrderCanceledDecoder.Trusted(frame));
                break;
            case OrderReplacedDecoder.TemplateId:
                TakeReplaced(OrderReplacedDecoder.Trusted(frame));
                break;
            case OrderCancelRejectedDecoder.TemplateId:
                tally.CancelRejected++;
                break;
            case AccountSettledDecoder.TemplateId:
                tally.Settlements++;
                break;
            case BalanceChangedDecoder.TemplateId:
                // The operator paid in or out; the books are checked at the end.
                break;
            default:
                tally.Unexpected++;
                break;
        }
    }

    private void TakeAccepted(in OrderAcceptedDecoder report)
    {
        tally.Accepted++;
        _sent.Remove(report.ClientOrderId, out var side);
        _live[report.ClientOrderId] = new LiveOrder
        {
            ClientId = new ClientOrderId(report.ClientOrderId),
            OrderId = new OrderId(report.OrderId),
            Instrument = new InstrumentId(report.InstrumentId),
            Side = side,
            Price = new PriceTicks(report.Price),
            LeavesLots = report.Quantity,
        };
    }

    private void TakeFilled(in OrderFilledDecoder report)
    {
        tally.Fills++;
        var lots = report.Side == Side.Buy ? report.Quantity : -report.Quantity;
        _positions[report.InstrumentId] = _positions.GetValueOrDefault(report.InstrumentId) + lots;
        if (report.Leaves == 0)
        {
            _live.Remove(report.ClientOrderId);
        }
        else if (_live.TryGetValue(report.ClientOrderId, out var order))
        {
            order.FilledLots += report.Quantity;
            order.LeavesLots = report.Leaves;
        }
    }

    private void TakeCanceled(in OrderCanceledDecoder report)
    {
        tally.Canceled++;
        tally.CanceledByExpiry += report.Reason == CancelReason.InstrumentExpired ? 1 : 0;
        tally.CanceledBySessionClose += report.Reason == CancelReason.SessionClosed ? 1 : 0;
        _live.Remove(report.ClientOrderId);
    }

    private void TakeReplaced(in OrderReplacedDecoder report)
    {
        tally.Replaced++;
        _live.Remove(report.OriginalClientOrderId);
        _live[report.ClientOrderId] = new LiveOrder
        {
            ClientId = new ClientOrderId(report.ClientOrderId),
            OrderId = new OrderId(report.OrderId),
            Instrument = new InstrumentId(report.InstrumentId),
            Side = report.Side,
            Price = new PriceTicks(report.Price),
            FilledLots = report.Quantity - report.Leaves,
            LeavesLots = report.Leaves,
        };
    }
}
