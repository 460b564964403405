using System.Diagnostics;
using System.Text;
using HftDelta.Engine;
using HftDelta.Engine.InProcess;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Studies;

/// <summary>What settling costs in the core, in this process: no network, no journal. Medians.</summary>
/// <param name="TickNanos">An oracle report that settles every instrument, with their next deltas computed and installed.</param>
/// <param name="TouchNanos">A command that applies one account's positions, whatever was settled before.</param>
internal readonly record struct SettlementCost(double TickNanos, double TouchNanos);

/// <summary>
/// A venue of one underlying, a hundred options and a thousand accounts with five positions each, whose price moves and is
/// settled. One thread.
/// </summary>
internal sealed class SettlementBench : IDisposable
{
    public const int Instruments = 100;
    public const int Accounts = 1_000;
    public const int PositionsPerAccount = 5;

    private const ulong Second = 1_000_000_000;
    private const uint OracleSession = 2;
    private const uint Maker = AccountId.FirstClient;
    private const uint FirstTaker = Maker + 1;
    private const long Price = 6_000_000;
    private const long OrderPrice = 300_000;
    private const long AtomsPerTick = 100;
    private const long MakerAtoms = 1L << 55;
    private const long TakerAtoms = 1L << 42;

    private readonly InProcessEngine _engine = new(EngineLimits.Small with
    {
        Accounts = 2_048, Positions = 8_192, Sessions = 1_100, OutcomesPerSession = 16, ReportsPerSession = 16,
        EventSlotsPerCommand = EngineLimits.Default.EventSlotsPerCommand,
    });

    private ulong _reportSequence;
    private ulong _depositId;
    private ulong _clientOrderId;

    public SettlementBench()
    {
        _engine.Time = new TimeNanos(1_700_000_000 * Second);
        _engine.SendOperator(ListUnderlyingEncoder.Wrap(_engine.Buffer).SetUnderlyingId(1).SetOracleQuorum(1)
            .SetSettlementThresholdTicks(1).SetInitialMarginPpm(100_000).SetShortOptionMarginPpm(150_000)
            .SetShortOptionMinimumPpm(100_000).SetOracleMaxAgeNanos(3_600 * Second).SetRiskTimeoutNanos(3_600 * Second)
            .SetSymbol("BTC"u8).EncodedLength);
        OpenSession(OracleSession, 0, SessionRoles.OracleSource);
        Report(Price);
        for (uint id = 1; id <= Instruments; id++)
        {
            _engine.SendOperator(ListInstrumentEncoder.Wrap(_engine.Buffer).SetInstrumentId(id).SetUnderlyingId(1)
                .SetKind(InstrumentKind.EuropeanOption).SetOptionKind(OptionKind.Call)
                .SetStrike((Price / 2) + (id * (Price / Instruments))).SetExpiryTime(_engine.Time.Value + (30 * 86_400 * Second))
                .SetVolatility((ulong)(0.8 * (1UL << 48))).SetAtomsPerTick(AtomsPerTick).SetAtomsPerUnderlyingTick(AtomsPerTick)
                .SetSymbol(Encoding.ASCII.GetBytes($"C{id}")).EncodedLength);
        }

        Open(Maker, MakerAtoms);
        for (uint taker = FirstTaker; taker < FirstTaker + Accounts; taker++)
        {
            Open(taker, TakerAtoms);
        }

        Trade();
        Check.That(_engine.View.InstrumentCount == Instruments);
        Check.That(Positions == Accounts * PositionsPerAccount);
    }

    /// <summary>Atoms that settlement has moved so far.</summary>
    public Int128 SettledAtoms => _engine.View.SettledAtoms;

    /// <summary>Positions that traders hold.</summary>
    public int Positions { get; private set; }

    public SettlementCost Measure(int ticks, CancellationToken token)
    {
        var tickNanos = new List<double>();
        for (var tick = 0; tick < ticks; tick++)
        {
            token.ThrowIfCancellationRequested();
            _engine.Time = new TimeNanos(_engine.Time.Value + Second);
            var begun = Stopwatch.GetTimestamp();
            Report(Price + (tick % 2 == 0 ? Price / 1_000 : 0) + (tick % 7));
            tickNanos.Add(Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
        }

        var touchNanos = new List<double>();
        for (uint taker = FirstTaker; taker < FirstTaker + Accounts; taker++)
        {
            var begun = Stopwatch.GetTimestamp();
            Deposit(taker, 1);
            touchNanos.Add(Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
        }

        Check.That(_engine.View.ConservationError.Value == 0);
        return new SettlementCost(Median(tickNanos), Median(touchNanos));
    }

    public void Dispose() => _engine.Dispose();

    /// <summary>The maker sells a lot of five options to everybody.</summary>
    private void Trade()
    {
        for (uint id = 1; id <= Instruments; id++)
        {
            Order(Maker, id, Side.Sell, Accounts);
        }

        for (uint taker = FirstTaker; taker < FirstTaker + Accounts; taker++)
        {
            for (uint place = 0; place < PositionsPerAccount; place++)
            {
                var instrument = (((taker * 7) + (place * 19)) % Instruments) + 1;
                Order(taker, instrument, Side.Buy, 1);
                Positions += _engine.View.Position(new AccountId(taker), new InstrumentId(instrument)).Value > 0 ? 1 : 0;
            }
        }
    }

    private void Open(uint account, long atoms)
    {
        _engine.SendOperator(OpenAccountEncoder.Wrap(_engine.Buffer).SetAccountId(account).EncodedLength);
        Deposit(account, atoms);
        OpenSession(account, account, SessionRoles.Trader);
    }

    private void Deposit(uint account, long atoms) => _engine.SendOperator(DepositEncoder.Wrap(_engine.Buffer)
        .SetAccountId(account).SetAmount(atoms).SetDepositId(++_depositId).EncodedLength);

    private void OpenSession(uint session, uint account, SessionRoles roles)
    {
        Span<byte> id = stackalloc byte[16];
        BitConverter.TryWriteBytes(id, session);
        _engine.SendOperator(SessionOpenedEncoder.Wrap(_engine.Buffer).SetSessionHandle(session).SetAccountId(account)
            .SetSessionId(id).SetRoles(roles).EncodedLength);
    }

    private void Report(long price) => _engine.SendRequest(
        new SessionHandle(OracleSession),
        OracleReportEncoder.Wrap(_engine.Buffer).SetSourceId(1).SetUnderlyingId(1).SetSourceSequence(++_reportSequence)
            .SetSourceTime(_engine.Time.Value).SetPrice(price).SetSignature([]).EncodedLength);

    private void Order(uint account, uint instrument, Side side, long lots) => _engine.SendRequest(
        new SessionHandle(account),
        NewOrderSingleEncoder.Wrap(_engine.Buffer).SetAccountId(account).SetInstrumentId(instrument)
            .SetClientOrderId(++_clientOrderId).SetPrice(OrderPrice).SetQuantity(lots).SetSide(side).SetOrderType(OrderType.Limit)
            .SetTimeInForce(TimeInForce.GoodTillCancel).EncodedLength);

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
