using HftDelta.Perf.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Perf.Micro;

/// <summary>
/// A new order of a client and its cancel in turns, the whole way of a command: session, margin, book, ledger, reports, hash.
/// </summary>
internal sealed class CommandWork : CoreWork
{
    private const uint Account = FlowMarket.FirstAccount;
    private const int Levels = 16;
    private ulong _requests;
    private ulong _orders;

    public CommandWork()
    {
        Engine.SkipEvents();
        Order(1);
        Check.That(Saw(OrderAcceptedDecoder.TemplateId));
        Cancel();
        Check.That(Saw(OrderCanceledDecoder.TemplateId));
    }

    public override void Run()
    {
        for (var operation = 0; operation < Operations; operation += 2)
        {
            Order(1 + (operation / 2 % Levels));
            Cancel();
        }

        CheckSound(Engine.Processor.View);
    }

    private void Order(long distanceTicks) => Send(
        NewOrderSingleEncoder.Wrap(Frame).SetAccountId(Account).SetInstrumentId(FlowMarket.Perpetual)
            .SetClientOrderId(++_orders).SetPrice(FlowMarket.Price - distanceTicks).SetQuantity(1).SetSide(Side.Buy)
            .SetOrderType(OrderType.Limit).SetTimeInForce(TimeInForce.GoodTillCancel).EncodedLength);

    private void Cancel() => Send(
        OrderCancelRequestEncoder.Wrap(Frame).SetAccountId(Account).SetInstrumentId(FlowMarket.Perpetual)
            .SetOriginalClientOrderId(_orders).SetClientOrderId(_orders).EncodedLength);

    private void Send(int lengthBytes)
    {
        RequestHeaderEncoder.Wrap(Frame[HftDeltaSchema.HeaderLength..]).SetSessionHandle(Account).SetSequence(++_requests);
        Apply(RecordSource.Client, new SessionHandle(Account), lengthBytes);
    }

    private bool Saw(ushort templateId)
    {
        var seen = false;
        while (Engine.TryReadEvent(out _, out var frame))
        {
            seen |= HftDeltaSchema.TryPeekHeader(frame, out var header) && header.TemplateId == templateId;
        }

        return seen;
    }
}
