using HftDelta.Engine;
using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Journal.Recovery;
using HftDelta.Node.Pipeline;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Storage;
using HftDelta.Wire;

namespace HftDelta.SystemTests.Network;

/// <summary>A name of an order: that of its client, within its session.</summary>
internal readonly record struct OrderName(SessionHandle Session, ClientOrderId Order);

/// <summary>What a journal says about orders, found by replaying it: independent of everything that a client was told.</summary>
internal sealed class JournaledOrders : ReplayObserver
{
    private readonly HashSet<OrderName> _asked = [];

    public Dictionary<OrderName, OrderId> Accepted { get; } = [];

    public HashSet<OrderName> Rejected { get; } = [];

    /// <summary>Requests for a new order that were sequenced more than once under one name.</summary>
    public int Repeated { get; private set; }

    public ReplayResult? Result { get; private set; }

    public static JournaledOrders Of(string journal)
    {
        var orders = new JournaledOrders();
        var storage = new FileStorage(journal);
        using var host = new EngineHost(EngineLimitsFile.Read(storage) ?? EngineLimits.Default);
        orders.Result = JournalReplay.Run(storage, host, JournalRecovery.Examine(storage).LastSequence, observer: orders);
        Assert.That(host.Processor.View.ConservationError, Is.EqualTo(default(SubAtoms)));
        return orders;
    }

    protected override void OnCommand(in RecordView command)
    {
        HftDeltaSchema.TryPeekHeader(command.Frame, out var header);
        if (command.Envelope.Source == RecordSource.Client && header.TemplateId == NewOrderSingleDecoder.TemplateId)
        {
            var name = new OrderName(
                new SessionHandle(command.Envelope.SessionHandle),
                new ClientOrderId(NewOrderSingleDecoder.Trusted(command.Frame).ClientOrderId));
            Repeated += _asked.Add(name) ? 0 : 1;
        }
    }

    protected override void OnEvent(in RingRecord record)
    {
        if (record.Envelope.Source != RecordSource.Report)
        {
            return;
        }

        var session = new SessionHandle(record.Envelope.SessionHandle);
        HftDeltaSchema.TryPeekHeader(record.Frame, out var header);
        switch ((ushort)header.TemplateId)
        {
            case OrderAcceptedDecoder.TemplateId:
                var accepted = OrderAcceptedDecoder.Trusted(record.Frame);
                Accepted.Add(
                    new OrderName(session, new ClientOrderId(accepted.ClientOrderId)), new OrderId(accepted.OrderId));
                break;
            case OrderRejectedDecoder.TemplateId:
                Rejected.Add(new OrderName(session, new ClientOrderId(OrderRejectedDecoder.Trusted(record.Frame).ClientOrderId)));
                break;
            default:
                break;
        }
    }
}
