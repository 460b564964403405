using HftDelta.Engine;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Replica.Signing;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// A venue's life with a part of everything that a venue has: drawn trading with every kind of order, quote and strategy, and
/// beside it, on an underlying of its own, perpetual kinds with funding, options on a surface, a future that is delivered, fees
/// and tiers, assets, withdrawals, borrowing from the settlement pool, and parameters that keys govern. It ends in the middle:
/// with risk that nobody has computed and accounts that are not reached yet. One thread.
/// </summary>
public sealed class WholeLife : IDisposable
{
    /// <summary>The underlying of what is scripted; those before it are drawn.</summary>
    public const uint Underlying = 3;

    private const uint Perpetual = 11;
    private const uint PowerPerpetual = 12;
    private const uint Call = 13;
    private const uint Put = 14;
    private const uint Future = 15;
    private const uint FirstAccount = 40;
    private const uint LastAccount = 45;
    private const uint Module = 2;
    private const uint OracleSession = 60;
    private const ushort Schedule = 1;
    private const ulong Minute = 60 * VenueScript.Second;

    private readonly EngineVenue _venue;
    private readonly VenueScript _script;
    private readonly GovernanceScript _governance;
    private ulong _report = 10_000;
    private ulong _movement = 5_000;
    private ulong _epoch;
    private long _price = 100_000;

    /// <param name="seed">Of what is drawn.</param>
    /// <param name="drawnCommands">How many of them.</param>
    public WholeLife(ulong seed = 5, int drawnCommands = 600)
    {
        var world = DifferentialWorld.Small;
        _venue = new EngineVenue(world, Limits(world), keepsCommands: true);
        foreach (var command in new CommandDraw(world, VenueFeatures.All, seed).Draw(drawnCommands))
        {
            _venue.Apply(command);
        }

        _script = new VenueScript(Engine);
        _governance = new GovernanceScript(Engine)
        {
            SignerOf = number => new ManagedSigner(Bytes32.FromNumber(number).ToArray()),
        };
        List();
        TradeAndSettle();
        Deliver();
        Withdraw();
        Govern();
        BreakOff();
    }

    public EngineHarness Engine => _venue.Harness;

    public void Dispose() => _venue.Dispose();

    private static EngineLimits Limits(VenueWorld world) => EngineVenue.LimitsOf(world) with
    {
        PositionsPerAccount = 8, Instruments = 32, PendingUnitsPerCommand = 3, Orders = 64, Sessions = 64,
        Balances = 16, Withdrawals = 12, WithdrawalsPerEpoch = 2, Obligations = 64, Assets = 2, Protections = 16,
    };

    private void List()
    {
        _script.ListUnderlying(Underlying, thresholdTicks: 50, intervalNanos: 7 * VenueScript.Second);
        Price(0);
        var expiry = Engine.TimeNanos + (30 * 24 * 60 * Minute);
        ListingWords[] listed =
        [
            new() { Instrument = Perpetual, Kind = InstrumentKind.Perpetual, FundingPeriod = Minute, CapPpb = 1_000_000 },
            new()
            {
                Instrument = PowerPerpetual, Kind = InstrumentKind.PowerPerpetual, FundingPeriod = Minute,
                Degree = PowerDegree.Two, PowerScale = (1UL << 40) / 100_000, PowerScaleBits = 40,
                Volatility = VenueScript.FullVolatility,
            },
            Option(Call, OptionKind.Call, expiry),
            Option(Put, OptionKind.Put, expiry),
            new()
            {
                Instrument = Future, Kind = InstrumentKind.Future, ExpiryTime = Engine.TimeNanos + (2 * Minute),
                IsPhysical = true, DeliveryNanos = 10 * Minute, DeliveryPenaltyPpm = 1_000,
            },
        ];
        foreach (var words in listed)
        {
            _script.List(words with { Underlying = Underlying });
        }

        _script.SetSvi(
            expiry, new SviParameters((long)(VenueScript.FullVolatility / 50), (long)(VenueScript.FullVolatility / 10),
                -(long)(VenueScript.FullVolatility / 4), 0, (long)(VenueScript.FullVolatility / 10)), underlying: Underlying);
        new OracleScript(Engine, Underlying).Rules(new OracleRulesWords { JumpPpm = 900_000 });
        new OracleScript(Engine, Underlying).Forward(expiry, basis: 100);
        _script.SetRules(Call, new TradingRules { OrderLotsMax = 1_000 });
        _script.ListAsset(
            1, Underlying, atomsPerUnit: 100, haircutPpm: 200_000, venueMaximum: 100_000, accountMaximum: 20_000);
        _script.SetFees(Schedule, FeeBasis.TradedValue, 0, new TierRates(-10, 40, 5, 20, 7), new TierRates(3, 20, 5, 10, 3));
        for (var account = FirstAccount; account <= LastAccount; account++)
        {
            _script.OpenOwned(account, owner: 1 + (account / 2));
            _script.Deposit(account, account == LastAccount ? 60_000 : 1L << 34, ++_movement);
            _script.DepositAsset(account, 1, 1_000, ++_movement);
        }

        _script.SetTier(FirstAccount, 1);
        Engine.SendInternal(SettlementPoolTermsEncoder.Wrap(Engine.Buffer).SetShareOfClaimPpm(800_000).SetKinkPpm(500_000)
            .SetCapAtoms(1L << 30).SetIdleRatePpm(10_000).SetKinkRatePpm(2_000_000).SetFullRatePpm(6_000_000).EncodedLength);
    }

    private static ListingWords Option(uint id, OptionKind kind, ulong expiry) => new()
    {
        Instrument = id, Kind = InstrumentKind.EuropeanOption, OptionKind = kind, Strike = 100_000, ExpiryTime = expiry,
        Volatility = VenueScript.FullVolatility,
    };

    /// <summary>A price after some time, so that what is due in it is done.</summary>
    private void Price(long move, ulong waitNanos = 2 * VenueScript.Second)
    {
        Engine.TimeNanos += waitNanos;
        _price += move;
        _script.Oracle(_price, Underlying, sourceSequence: ++_report, through: OracleSession);
        Engine.DrainPendingWork();
    }

    private void TradeAndSettle()
    {
        for (var instrument = Perpetual; instrument <= Future; instrument++)
        {
            _script.SetInstrumentFees(instrument, Schedule);
            var price = instrument is Call or Put ? 4_000 : _price;
            for (var account = FirstAccount; account < LastAccount; account++)
            {
                _script.Order(account, instrument, Side.Sell, price + account, 3);
                _script.Order(account + 1, instrument, Side.Buy, price + account, 2);
            }
        }

        foreach (var move in (long[])[90, -30, 400, -2_000, 55, 60, 3_000])
        {
            Price(move, waitNanos: 9 * VenueScript.Second);
        }
    }

    private void Deliver()
    {
        Price(10, waitNanos: 2 * Minute);
        Engine.SendInternal(ResolveDeliveryEncoder.Wrap(Engine.Buffer).SetObligationId(1).SetIsDelivered(1).EncodedLength);
        Price(-400);
    }

    private void Withdraw()
    {
        for (var account = FirstAccount; account < LastAccount; account++)
        {
            _script.RequestWithdrawal(account, 1_000 + account);
        }

        _script.CloseEpoch(++_epoch);
        _script.Transfer(FirstAccount, FirstAccount + 1, 77);
        _script.WithdrawAsset(FirstAccount, 1, 10, ++_movement);
        Price(-700);
    }

    private void Govern()
    {
        _governance.SetKey(GovernanceScript.Governor, GovernanceRole.Governance);
        _governance.SetKey(Module, GovernanceRole.Module, ParameterId.SettlementThresholdTicks);
        _governance.SetEnvelope(
            ParameterId.SettlementThresholdTicks, Underlying, new ParameterLimits(10, 1_000, StepMax: 50, Minute, Minute));
        _governance.Seal(Minute);
        var now = Engine.TimeNanos;
        _governance.Propose(
            ParameterId.SettlementThresholdTicks, 60, Module, activationTime: now + (3 * Minute), scope: Underlying);
        _governance.Propose(
            ParameterId.InitialMarginPpm, 120_000, activationTime: now + (30 * Minute), scope: Underlying);
        Price(25, waitNanos: 4 * Minute);
    }

    /// <summary>A large move and nobody who computes, nor who reaches every account.</summary>
    private void BreakOff()
    {
        _script.CloseEpoch(++_epoch);
        for (var order = 0; order < 8; order++)
        {
            _script.Order(FirstAccount, Perpetual, Side.Sell, _price + 9_000 + order, 1);
        }

        Engine.SendRequest(FirstAccount, MassCancelRequestEncoder.Wrap(Engine.Buffer).SetAccountId(FirstAccount)
            .SetClientOrderId(_script.TakeClientOrderId()).EncodedLength);
        _script.Kill(LastAccount, cancelsOrders: true);
        Engine.AnswerRisk = false;
        Engine.TimeNanos += VenueScript.Second;
        _price += 5_000;
        _script.Oracle(_price, Underlying, sourceSequence: ++_report, through: OracleSession);
    }
}
