using System.Buffers.Binary;
using System.Diagnostics;
using HftDelta.Engine;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// A core with a thousand instruments of one underlying and any number of accounts that hold positions in them: the first
/// <see cref="WideAccounts"/> in twenty instruments each, the others in two. One account sold it all to them. The limits are the
/// same however many there are, so that only the people differ. One thread.
/// </summary>
internal sealed class HeldMarket : IDisposable
{
    public const int Instruments = 1_000;
    public const int WideAccounts = 1_000;
    public const int WidePositions = 20;
    public const int NarrowPositions = 2;

    private const uint Maker = AccountId.FirstClient;
    private const uint FirstHolder = Maker + 1;
    private const uint MakerSession = 10;
    private const uint HolderSession = 11;
    private const int AccountsMax = 100_000;
    private const long MakerAtoms = 1L << 56;
    private const long HolderAtoms = 1L << 41;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    public static readonly EngineLimits Limits = new()
    {
        Accounts = AccountsMax + (int)FirstHolder,
        Positions = (WideAccounts * (WidePositions + 1)) + (AccountsMax * NarrowPositions) + (2 * Instruments),
        PositionsPerAccount = 2 * Instruments,
        Orders = 4_096,
        ExtendedOrders = 16,
        Instruments = 2 * Instruments,
        Sessions = 16,
        LevelsPerBook = 64,
    };

    private readonly BareEngine _engine;
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly uint _accounts;
    private ulong _holderRequests;
    private ulong _clientOrderIds;
    private ulong _depositIds;

    public HeldMarket(int accounts, CommandRecorder? recorder = null)
    {
        _accounts = (uint)accounts;
        _engine = new BareEngine(Limits, Begin) { Recorder = recorder };
        var market = new FlowMarket(_engine.Apply, Begin);
        market.ListUnderlying();
        market.Report(FlowMarket.Price);
        market.ListInstruments(Instruments - 1, hasBands: false);
        Check.That(_engine.Processor.View.InstrumentCount == Instruments);
        Steps = new SettlementSteps(_engine, market);
        Open(Maker, MakerAtoms);
        OpenSession(MakerSession, Maker);
        for (uint instrument = 1; instrument <= Instruments; instrument++)
        {
            Order(MakerSession, instrument, Maker, instrument, Side.Sell, accounts);
        }

        for (uint place = 0; place < _accounts; place++)
        {
            OpenHolder(place);
        }

        Check.That(_engine.Processor.View.ConservationError == default);
    }

    public CommandProcessor Processor => _engine.Processor;

    /// <summary>Tick, computation and install of the whole underlying.</summary>
    public SettlementSteps Steps { get; }

    /// <summary>A deposit to each of the accounts of twenty positions, a command each: it applies them first.</summary>
    /// <returns>Nanoseconds for each, the median of the commands.</returns>
    public double DepositNanos()
    {
        var nanos = new double[WideAccounts];
        for (uint place = 0; place < WideAccounts; place++)
        {
            var length = DepositEncoder.Wrap(_buffer).SetAccountId(FirstHolder + place).SetAmount(1)
                .SetDepositId(++_depositIds).EncodedLength;
            _engine.SkipEvents();
            var began = Stopwatch.GetTimestamp();
            _engine.Apply(RecordSource.Operator, SessionHandle.None, _buffer.AsSpan(0, length));
            nanos[place] = Pace.Nanos(began, Stopwatch.GetTimestamp());
        }

        return PairedRuns.Median(nanos);
    }

    /// <summary>Deposits to accounts here and there, so that the caches hold what they would in a venue at work.</summary>
    public void Disturb()
    {
        const int Commands = 64;
        for (var command = 0; command < Commands; command++)
        {
            Deposit(FirstHolder + (uint)(_depositIds * 7_919 % _accounts), 1);
        }
    }

    public void CheckSound()
    {
        var view = _engine.Processor.View;
        Check.That(view.ConservationError == default);
        for (uint instrument = 1; instrument <= WidePositions; instrument++)
        {
            // The first account is wide and holds the first twenty.
            Check.That(view.Position(new AccountId(FirstHolder), new InstrumentId(instrument)).Value == 1);
        }
    }

    public void Dispose() => _engine.Dispose();

    private void OpenHolder(uint place)
    {
        var account = FirstHolder + place;
        Open(account, HolderAtoms);
        OpenSession(HolderSession, account);
        _holderRequests = 0;
        var count = place < WideAccounts ? WidePositions : NarrowPositions;
        for (uint position = 0; position < count; position++)
        {
            Order(HolderSession, ++_holderRequests, account, (((place * 7) + position) % Instruments) + 1, Side.Buy, 1);
        }

        Send(SessionClosedEncoder.Wrap(_buffer).SetSessionHandle(HolderSession).EncodedLength);
    }

    private void Open(uint account, long atoms)
    {
        Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId(account).EncodedLength);
        Deposit(account, atoms);
    }

    private void Deposit(uint account, long atoms) =>
        Send(DepositEncoder.Wrap(_buffer).SetAccountId(account).SetAmount(atoms).SetDepositId(++_depositIds).EncodedLength);

    private void OpenSession(uint session, uint account)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(id, account);
        Send(SessionOpenedEncoder.Wrap(_buffer).SetSessionHandle(session).SetAccountId(account).SetSessionId(id)
            .SetRoles(SessionRoles.Trader).SetCancelOnDisconnect(0).EncodedLength);
    }

    private void Order(uint session, ulong request, uint account, uint instrument, Side side, long lots)
    {
        var length = NewOrderSingleEncoder.Wrap(_buffer).SetAccountId(account).SetInstrumentId(instrument)
            .SetClientOrderId(++_clientOrderIds).SetPrice(FlowMarket.Price / 2).SetQuantity(lots).SetSide(side)
            .SetOrderType(OrderType.Limit)
            .SetTimeInForce(side == Side.Sell ? TimeInForce.GoodTillCancel : TimeInForce.ImmediateOrCancel).EncodedLength;
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(session).SetSequence(request)
            .SetSendingTime(Begin.Value);
        _engine.Apply(RecordSource.Client, new SessionHandle(session), _buffer.AsSpan(0, length));
        _buffer.AsSpan(0, length).Clear();
    }

    private void Send(int lengthBytes)
    {
        _engine.Apply(RecordSource.Operator, SessionHandle.None, _buffer.AsSpan(0, lengthBytes));
        _buffer.AsSpan(0, lengthBytes).Clear();
    }
}
