using System.Buffers.Binary;
using HftDelta.Engine;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Perf.Pipeline;

/// <summary>How large a market is, apart from what happens in it.</summary>
/// <param name="Accounts">Each with money; the active ones are spread over them.</param>
/// <param name="Instruments">A perpetual and options of one underlying; the active ones are spread over them.</param>
/// <param name="RestingOrders">In the books where it happens.</param>
/// <param name="Sessions">Open ones; the active accounts have the first.</param>
internal sealed record MarketSize(int Accounts, int Instruments, int RestingOrders, int Sessions)
{
    public static readonly MarketSize Least = new(1_000, 16, 1_024, 64);
}

/// <summary>
/// A core whose market has any size and whose activity is always the same: 64 accounts spread over all enter an order into one of
/// 16 books spread over all, and cancel it. The limits do not depend on the size. One thread.
/// </summary>
internal sealed class ScaledMarket : IDisposable
{
    public const int ActiveAccounts = 64;
    public const int ActiveInstruments = 16;

    private const uint OwnerSession = 10;
    private const uint FirstSession = 100;
    private const long MoneyAtoms = 1L << 45;
    private const int LevelsPerBook = 1_024;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    /// <summary>The largest of every size at once.</summary>
    public static readonly EngineLimits Limits = new()
    {
        Accounts = 70_000,
        Positions = 4_096,
        Orders = 140_000,
        OrdersPerSession = 140_000,
        ExtendedOrders = 16,
        Instruments = 2_048,
        Sessions = 4_200,
        LevelsPerBook = 2 * LevelsPerBook,
    };

    private readonly BareEngine _engine;
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly MarketSize _size;
    private readonly ulong[] _requests = new ulong[ActiveAccounts];
    private ulong _ownerRequests;
    private ulong _orders;

    public ScaledMarket(MarketSize size)
    {
        _size = size;
        _engine = new BareEngine(Limits, Begin);
        var market = new FlowMarket(_engine.Apply, Begin);
        market.ListUnderlying();
        market.Report(FlowMarket.Price);
        market.ListInstruments(size.Instruments - 1, hasBands: false);
        for (var place = 0; place < size.Accounts; place++)
        {
            Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId(AccountAt(place)).EncodedLength);
            Send(DepositEncoder.Wrap(_buffer).SetAccountId(AccountAt(place)).SetAmount(MoneyAtoms).SetDepositId(1).EncodedLength);
        }

        for (var session = 0; session < size.Sessions; session++)
        {
            var account = session < ActiveAccounts ? ActiveAccount(session) : AccountAt(session % size.Accounts);
            OpenSession(FirstSession + (uint)session, account);
        }

        FillBooks();
        var view = _engine.Processor.View;
        Check.That(view.InstrumentCount == size.Instruments);
        Check.That(view.ConservationError == default);
    }

    /// <summary>An order and its cancel, again and again.</summary>
    /// <param name="pairs">How many.</param>
    /// <param name="counters">Stand around them; null: nothing is counted.</param>
    /// <returns>Nanoseconds of one command in the median chunk.</returns>
    public double CommandNanos(int pairs, PhaseCounters? counters = null)
    {
        const int CommandsPerPair = 2;
        var clock = new ChunkClock(pairs / 16);
        counters?.Begin();
        for (var pair = 0; pair < pairs; pair++)
        {
            var active = pair % ActiveAccounts;
            var instrument = InstrumentAt(pair / ActiveAccounts % ActiveInstruments);
            var (order, price) = (++_orders, FlowMarket.Price / 2);
            Enter(FirstSession + (uint)active, ++_requests[active], ActiveAccount(active), instrument, order, price);
            Cancel(active, instrument, order);
            clock.Count();
        }

        counters?.End();
        return clock.MedianNanos / CommandsPerPair;
    }

    /// <summary>Nothing was refused, and all money is there.</summary>
    public void CheckSound()
    {
        Check.That(_engine.Processor.View.ConservationError == default);
        _engine.SkipEvents();
        CommandNanos(16);
        var accepted = 0;
        while (_engine.TryReadEvent(out _, out var frame))
        {
            var template = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
            Check.That(template is not (OrderRejectedDecoder.TemplateId or OrderCancelRejectedDecoder.TemplateId));
            accepted += template == OrderAcceptedDecoder.TemplateId ? 1 : 0;
        }

        Check.That(accepted > 0);
    }

    public void Dispose() => _engine.Dispose();

    private void FillBooks()
    {
        OpenSession(OwnerSession, AccountAt(0));
        for (var order = 0; order < _size.RestingOrders; order++)
        {
            // Below what is active, so that it rests for ever; over many prices, so that levels grow with it at first.
            var price = (FlowMarket.Price / 4) + (order / ActiveInstruments % LevelsPerBook);
            Enter(OwnerSession, ++_ownerRequests, AccountAt(0), InstrumentAt(order % ActiveInstruments), ++_orders, price);
        }
    }

    private static uint AccountAt(int place) => FlowMarket.FirstAccount + (uint)place;

    private uint ActiveAccount(int active) => AccountAt((int)((long)active * _size.Accounts / ActiveAccounts));

    private uint InstrumentAt(int active) => FlowMarket.Perpetual + (uint)(active * _size.Instruments / ActiveInstruments);

    private void Enter(uint session, ulong request, uint account, uint instrument, ulong order, long price)
    {
        var length = NewOrderSingleEncoder.Wrap(_buffer).SetAccountId(account).SetInstrumentId(instrument)
            .SetClientOrderId(order).SetPrice(price).SetQuantity(1).SetSide(Side.Buy).SetOrderType(OrderType.Limit)
            .SetTimeInForce(TimeInForce.GoodTillCancel).EncodedLength;
        Apply(session, request, length);
    }

    private void Cancel(int active, uint instrument, ulong order)
    {
        var length = OrderCancelRequestEncoder.Wrap(_buffer).SetAccountId(ActiveAccount(active)).SetInstrumentId(instrument)
            .SetOriginalClientOrderId(order).SetClientOrderId(order).EncodedLength;
        Apply(FirstSession + (uint)active, ++_requests[active], length);
    }

    private void Apply(uint session, ulong request, int lengthBytes)
    {
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(session).SetSequence(request);
        _engine.Apply(RecordSource.Client, new SessionHandle(session), _buffer.AsSpan(0, lengthBytes));
        _buffer.AsSpan(0, lengthBytes).Clear();
    }

    private void OpenSession(uint session, uint account)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(id, session);
        Send(SessionOpenedEncoder.Wrap(_buffer).SetSessionHandle(session).SetAccountId(account).SetSessionId(id)
            .SetRoles(SessionRoles.Trader).SetCancelOnDisconnect(0).EncodedLength);
    }

    private void Send(int lengthBytes)
    {
        _engine.Apply(RecordSource.Operator, SessionHandle.None, _buffer.AsSpan(0, lengthBytes));
        _buffer.AsSpan(0, lengthBytes).Clear();
    }
}
