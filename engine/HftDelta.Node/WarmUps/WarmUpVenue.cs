using System.Buffers.Binary;
using HftDelta.Engine;
using HftDelta.Gateway.Connections;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.WarmUps;

/// <summary>
/// A venue that nobody but its maker knows: a journal of its own, a market of its own, two accounts that trade with each other.
/// Stepped by hand. What runs in it is the code of every venue, which is what it is for. Owner: one thread.
/// </summary>
internal sealed class WarmUpVenue : IDisposable
{
    private const uint OracleSession = 2;
    private const uint FirstSession = 3;
    private const uint FirstAccount = AccountId.FirstClient;
    private const int Accounts = 2;
    private const uint Instrument = 1;
    private const uint Underlying = 1;
    private const long Price = 50_000;
    private const int BandTicks = 4_096;
    private const long DepositAtoms = 1L << 50;
    private const ulong HourNanos = 3_600UL * 1_000_000_000;
    private const int StepsMax = 10_000;
    private const int RestingMax = 64;

    private readonly Venue _venue;
    private readonly SystemNanoClock _clock = new();
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly InProcessConnection _oracle;
    private readonly InProcessConnection[] _traders = new InProcessConnection[Accounts];
    private readonly ulong[] _requests = new ulong[Accounts];
    private ulong _reports;
    private int _round;

    /// <param name="folder">Empty; whoever made it deletes it.</param>
    public WarmUpVenue(string folder)
    {
        _venue = Venue.Open(new VenueOptions
        {
            JournalDirectory = folder,
            SegmentBytes = 1 << 20,
            Limits = EngineLimits.Small,
            UsesSnapshots = false,
            Clock = _clock,
            OnNotice = static _ => { },
        });
        _oracle = _venue.Connect(new SessionHandle(OracleSession), source: RecordSource.Oracle);
        for (var account = 0; account < Accounts; account++)
        {
            var session = new SessionHandle(FirstSession + (uint)account);
            _traders[account] = _venue.Connect(session, account == 0 ? ConnectionInterests.MarketData : ConnectionInterests.None);
        }

        _venue.StartByHand();
        List();
    }

    /// <summary>Commands that were applied.</summary>
    public long Commands => _venue.LastSequence.Value;

    /// <summary>Fills that the two accounts were told.</summary>
    public long Fills { get; private set; }

    /// <summary>Cancels that they were told.</summary>
    public long Cancels { get; private set; }

    /// <summary>Requests that were refused: none, or the warm-up runs other code than it means to.</summary>
    public long Refusals { get; private set; }

    public SubAtoms ConservationError => _venue.Processor.View.ConservationError;

    /// <summary>
    /// One round: a dozen resting orders, one of them taken and one cancelled, one that finds nobody and is gone, and now and
    /// then a new price of the oracle.
    /// </summary>
    public void Round()
    {
        _round++;
        var maker = _round % Accounts;
        var taker = (maker + 1) % Accounts;
        var first = _requests[maker] + 1;
        for (var place = 0; place < 6; place++)
        {
            Order(maker, Side.Buy, Price - 1 - place, 2, TimeInForce.GoodTillCancel);
            Order(maker, Side.Sell, Price + 1 + place, 2, TimeInForce.GoodTillCancel);
        }

        Run();
        Order(taker, Side.Buy, Price + 1, 2, TimeInForce.ImmediateOrCancel);
        Order(taker, Side.Sell, Price - 1, 2, TimeInForce.ImmediateOrCancel);
        Order(taker, Side.Sell, Price + 40, 1, TimeInForce.ImmediateOrCancel);
        Run();
        for (var place = 2; place < 12; place++)
        {
            Cancel(maker, first + (ulong)place);
        }

        if (_round % RestingMax == 0)
        {
            Report(Price + (_round % 3));
        }

        Run();
    }

    public void Dispose() => _venue.Dispose();

    private void List()
    {
        Operate(ListUnderlyingEncoder.Wrap(_buffer).SetUnderlyingId(Underlying).SetOracleQuorum(1)
            .SetSettlementThresholdTicks(1).SetInitialMarginPpm(100_000).SetShortOptionMarginPpm(150_000)
            .SetShortOptionMinimumPpm(100_000).SetOracleMaxAgeNanos(HourNanos).SetRiskTimeoutNanos(HourNanos)
            .SetSymbol("WARM"u8).EncodedLength);
        OpenSession(OracleSession, 0, SessionRoles.OracleSource);
        Run();
        Report(Price);
        Run();
        Operate(ListInstrumentEncoder.Wrap(_buffer).SetInstrumentId(Instrument).SetUnderlyingId(Underlying)
            .SetKind(InstrumentKind.Perpetual).SetOptionKind(OptionKind.None).SetAtomsPerTick(1).SetAtomsPerUnderlyingTick(1)
            .SetBandTicks(BandTicks).SetBandBase(Price - (BandTicks / 2)).SetSymbol("WARM-PERP"u8).EncodedLength);
        for (var place = 0u; place < Accounts; place++)
        {
            var account = FirstAccount + place;
            Operate(OpenAccountEncoder.Wrap(_buffer).SetAccountId(account).EncodedLength);
            OpenSession(FirstSession + place, account, SessionRoles.Trader);
            Operate(DepositEncoder.Wrap(_buffer).SetAccountId(account).SetAmount(DepositAtoms).SetDepositId(1).EncodedLength);
        }

        Run();
    }

    private void OpenSession(uint session, uint account, SessionRoles roles)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(id, session);
        Operate(SessionOpenedEncoder.Wrap(_buffer).SetSessionHandle(session).SetAccountId(account).SetSessionId(id)
            .SetRoles(roles).SetCancelOnDisconnect(0).EncodedLength);
    }

    private void Operate(int lengthBytes) => Check.That(_venue.Operator.TrySend(_buffer.AsSpan(0, lengthBytes)));

    private void Report(long price)
    {
        var length = OracleReportEncoder.Wrap(_buffer).SetSourceId(1).SetUnderlyingId(Underlying)
            .SetSourceSequence(++_reports).SetSourceTime(_clock.Now.Value).SetPrice(price).SetSignature([]).EncodedLength;
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(OracleSession)
            .SetSequence(_reports);
        Check.That(_oracle.TrySend(_buffer.AsSpan(0, length)));
    }

    private void Order(int account, Side side, long price, long lots, TimeInForce timeInForce) => Send(
        account,
        NewOrderSingleEncoder.Wrap(_buffer).SetAccountId(FirstAccount + (uint)account).SetInstrumentId(Instrument)
            .SetClientOrderId(_requests[account] + 1).SetPrice(price).SetQuantity(lots).SetSide(side)
            .SetOrderType(OrderType.Limit).SetTimeInForce(timeInForce).EncodedLength);

    private void Cancel(int account, ulong order) => Send(
        account,
        OrderCancelRequestEncoder.Wrap(_buffer).SetAccountId(FirstAccount + (uint)account).SetInstrumentId(Instrument)
            .SetOriginalClientOrderId(order).SetClientOrderId(order).EncodedLength);

    private void Send(int account, int lengthBytes)
    {
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(FirstSession + (uint)account)
            .SetSequence(++_requests[account]);
        Check.That(_traders[account].TryStage(_buffer.AsSpan(0, lengthBytes)));
    }

    /// <summary>Until nothing is left to do; reads what everybody is told.</summary>
    private void Run()
    {
        foreach (var trader in _traders)
        {
            trader.Flush();
        }

        for (var step = 0; step < StepsMax && _venue.Step() > 0; step++)
        {
            Read(_venue.Operator);
            Read(_oracle);
            foreach (var trader in _traders)
            {
                Read(trader);
            }
        }
    }

    private void Read(InProcessConnection connection)
    {
        while (connection.TryPeek(out var record))
        {
            if (record.Envelope.Source == RecordSource.Report)
            {
                Count(record.Frame);
            }

            connection.Advance();
        }

        connection.Release();
    }

    private void Count(ReadOnlySpan<byte> frame)
    {
        HftDeltaSchema.TryPeekHeader(frame, out var header);
        switch (header.TemplateId)
        {
            case OrderFilledDecoder.TemplateId:
                Fills++;
                break;
            case OrderCanceledDecoder.TemplateId:
                Cancels++;
                break;
            case OrderRejectedDecoder.TemplateId or OrderCancelRejectedDecoder.TemplateId or NotAppliedDecoder.TemplateId:
                Refusals++;
                break;
        }
    }
}
