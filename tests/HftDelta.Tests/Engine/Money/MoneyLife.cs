using System.Numerics;
using HftDelta.Engine;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Settlement;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using PowerDegree = HftDelta.Wire.Internal.PowerDegree;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// One random life of a venue with everything that moves money: three owners with two accounts each, a perpetual, a future, two
/// options, a power perpetual, a perpetual option and a spread, funding and true-ups, fees of every sign, two assets as
/// collateral, withdrawals, transfers, epochs and expiry. After each command every account is compared with the model to the
/// last 2^-32 of an atom.
/// </summary>
internal sealed class MoneyLife : IDisposable
{
    private const uint FirstAccount = 20;
    private const uint Accounts = 6;
    private const uint Perpetual = 1;
    private const uint Future = 2;
    private const uint Power = 5;
    private const uint PerpetualOption = 6;
    private const uint LastListed = 6;
    private const uint Spread = 7;

    private static readonly EngineLimits Limits = EngineLimits.Small with
    {
        Accounts = 32, Positions = 128, Orders = 1_024, Instruments = 16, Sessions = 32, OutcomesPerSession = 16,
        ReportsPerSession = 16, EventSlotsPerCommand = 512, PendingUnitsPerCommand = 3, WithdrawalsPerEpoch = 3,
        Balances = 8, Withdrawals = 12,
    };

    private readonly SeededRandom _random;
    private readonly VenueScript _venue;
    private readonly AppliedPosition[] _scratch = new AppliedPosition[256];
    private readonly (long AtomsPerUnit, long QuoteAtomsPerTick)[] _assets = [(100_000_000, 10), (7, 3)];
    private readonly uint[] _haircuts = [200_000, 333_333];
    private readonly long[] _accountMaxima = [3_000, 20];
    private readonly long[] _venueMaxima = [15_000, 60];
    private readonly long _atomsPerTick;
    private readonly bool _hasIntervals;
    private long _price = 100_000;
    private ulong _epoch;
    private ulong _movement = 1_000;

    public MoneyLife(ulong seed)
    {
        _random = new SeededRandom(seed);
        Engine = new EngineHarness(Limits);
        _venue = new VenueScript(Engine);
        _atomsPerTick = _random.NextInRange(1L, 50);
        IsGarbled = _random.Chance(1, 2);
        _hasIntervals = _random.Chance(3, 4);
        if (IsGarbled)
        {
            _ = new GivenDeltas(Engine) { Each = _ => _random.NextInRange(-3L << 32, 3L << 32) };
        }

        List();
        for (var account = FirstAccount; account < FirstAccount + Accounts; account++)
        {
            _venue.OpenOwned(account, owner: 1 + (account / 2));
            Pay(account, 0, _random.Chance(1, 3) ? _random.NextInRange(1L, 3_000_000) : 1L << 40);
        }
    }

    public EngineHarness Engine { get; }

    public MoneyModel Model { get; } = new();

    /// <summary>Deltas are not the kernel's: such a life cannot be replayed, and must pay the same.</summary>
    public bool IsGarbled { get; }

    public void Run(int commands)
    {
        for (var command = 0; command < commands; command++)
        {
            Engine.TimeNanos += _random.NextBelow(2 * VenueScript.Second);
            Step();
            Check();
        }

        Engine.TimeNanos += 1_000 * VenueScript.Second;
        _venue.Oracle(_price);
        Engine.DrainPendingWork();
        Settle();
        Touch();
    }

    public void Dispose() => Engine.Dispose();

    private void List()
    {
        _venue.ListUnderlying(
            thresholdTicks: _random.NextInRange(1L, 500), intervalNanos: _hasIntervals ? 7 * VenueScript.Second : 0);
        _venue.Oracle(_price);
        for (var id = Perpetual; id <= LastListed; id++)
        {
            var words = id switch
            {
                Perpetual => WithFunding(new ListingWords { Instrument = id, Kind = InstrumentKind.Perpetual }),
                Future => Dated(new ListingWords { Instrument = id, Kind = InstrumentKind.Future }),
                Power => PowerPerpetual(),
                PerpetualOption => Lasting(Option(id, InstrumentKind.PerpetualOption)),
                _ => Dated(Option(id, InstrumentKind.EuropeanOption)),
            };
            _venue.List(words with { AtomsPerTick = _atomsPerTick, AtomsPerUnderlyingTick = _atomsPerTick });
            Assert.That(Engine.View.InstrumentCount, Is.EqualTo((int)id), "listed");
            Model.List(id, new ModelListing
            {
                AtomsPerTick = _atomsPerTick,
                Strike = words.Strike,
                IsCall = words.OptionKind == OptionKind.Call,
                SettledPrice = _price,
                Index = Engine.View.DeltaIndex(new InstrumentId(id)).Value,
            });
        }

        _venue.ListStrategy(Spread, 0, 0, (Perpetual, 1), (Future, -1));
        for (uint asset = 1; asset <= 2; asset++)
        {
            var (atomsPerUnit, quoteAtomsPerTick) = _assets[asset - 1];
            _venue.ListAsset(
                asset, 1, atomsPerUnit, quoteAtomsPerTick, _haircuts[asset - 1], _venueMaxima[asset - 1],
                _accountMaxima[asset - 1]);
        }
    }

    private ListingWords Option(uint id, InstrumentKind kind) => new()
    {
        Instrument = id, Kind = kind, OptionKind = _random.Chance(1, 2) ? OptionKind.Call : OptionKind.Put,
        Strike = _random.NextInRange(90_000L, 110_000), Volatility = VenueScript.FullVolatility,
    };

    private ListingWords Dated(ListingWords words) => words with
    {
        ExpiryTime = Engine.TimeNanos + ((20 + _random.NextBelow(150)) * VenueScript.Second),
        TrueUpEvery = _hasIntervals ? (uint)_random.NextBelow(4) : 0,
    };

    /// <summary>Short periods, so that much is paid; a perpetual where there are no intervals at which it could be.</summary>
    private ListingWords Lasting(ListingWords words) => _hasIntervals
        ? words with { FundingPeriod = (7 + _random.NextBelow(994)) * VenueScript.Second }
        : new ListingWords { Instrument = words.Instrument, Kind = InstrumentKind.Perpetual };

    private ListingWords WithFunding(ListingWords words) => _hasIntervals && _random.Chance(3, 4)
        ? Lasting(words) with
        {
            BasePpb = _random.NextInRange(-1_000_000L, 1_000_000), CapPpb = _random.NextInRange(1L, 10_000_000),
            ImpactLots = _random.NextInRange(0L, 10),
        }
        : words;

    /// <summary>A lot of it is worth what a lot of the perpetual is worth, at first.</summary>
    private ListingWords PowerPerpetual()
    {
        var degree = (PowerDegree)_random.NextBelow(3);
        var (scale, bits) = degree switch
        {
            PowerDegree.Root => (316UL, 0),
            PowerDegree.Two => ((1UL << 40) / 100_000, 40),
            _ => ((1UL << 50) / 10_000_000_000, 50),
        };
        return Lasting(new ListingWords
        {
            Instrument = Power, Kind = InstrumentKind.PowerPerpetual, Volatility = VenueScript.FullVolatility,
            PowerScale = scale * (ulong)_atomsPerTick, PowerScaleBits = (ushort)bits, Degree = degree,
        });
    }

    private void Step()
    {
        var account = FirstAccount + (uint)_random.NextBelow(Accounts);
        switch (_random.PickWeighted([10, 30, 6, 8, 8, 4, 8, 3, 3, 3, 2, 2]))
        {
            case 0:
                _price = Math.Max(80_000, _price + _random.NextInRange(-1_000L, 1_000));
                _venue.Oracle(_price);
                break;
            case 1:
                Trade(account);
                break;
            case 2:
                TradeSpread(account);
                break;
            case 3:
                Pay(account, (uint)_random.NextBelow(3), _random.NextInRange(1L, 1_000));
                return;
            case 4:
                _venue.RequestWithdrawal(account, Amount(account, out var asked), asked);
                break;
            case 5:
                Cancel(account);
                break;
            case 6:
                var to = _random.Chance(7, 8) ? account ^ 1 : FirstAccount + (uint)_random.NextBelow(Accounts);
                _venue.Transfer(account, to, Amount(account, out var asset), asset);
                break;
            case 7:
                CloseEpoch();
                return;
            case 8:
                SetFees();
                return;
            case 9:
                var tier = (uint)_random.NextBelow(8);
                _venue.SetTier(account, tier);
                Settle();
                Model.SetTier(account, tier);
                return;
            case 10:
                CallAndUncross();
                return;
            default:
                SetHaircut();
                return;
        }

        Settle();
    }

    private void Settle() => Model.Read(Engine);

    /// <summary>Mostly something that is held, now and then anything.</summary>
    private void Cancel(uint account)
    {
        var held = Model.Held.ToArray();
        if (held.Length == 0 || _random.Chance(1, 4))
        {
            _venue.CancelWithdrawal(account, _random.NextBelow(12));
            return;
        }

        var one = held[(int)_random.NextBelow((ulong)held.Length)];
        _venue.CancelWithdrawal(one.Account, one.Id);
    }

    private void Pay(uint account, uint asset, long atoms)
    {
        _venue.DepositAsset(account, asset, asset == 2 ? Math.Min(atoms, 9) : atoms, ++_movement);
        Settle();
        foreach (var record in Engine.Events.Where(record =>
            record.SchemaId == CashMovedDecoder.SchemaId && record.TemplateId == CashMovedDecoder.TemplateId))
        {
            var moved = CashMovedDecoder.Trusted(record.Frame);
            Model.Deposit(moved.AccountId, moved.AssetId, moved.Amount);
        }
    }

    /// <summary>Some of it, all of it, or more than all of it.</summary>
    private long Amount(uint account, out uint asset)
    {
        asset = (uint)_random.PickWeighted([4, 1, 1]);
        var id = new AccountId(account);
        var held = asset == 0 ? Engine.View.Cash(id).Value : Engine.View.Balance(id, new AssetId(asset)).Value;
        return _random.NextBelow(4) switch
        {
            0 => held,
            1 => held + 1,
            2 when asset == 0 => (long)Int128.Clamp(Free(account) >> 32, 0, Math.Max(0, held)),
            _ => _random.NextInRange(0L, Math.Max(1, held / 4)),
        };
    }

    private void Trade(uint account)
    {
        var id = 1 + (uint)_random.NextBelow(LastListed);
        var middle = id switch
        {
            Perpetual or Future => _price,
            Power or PerpetualOption =>
                (long)((Engine.View.Instrument(new InstrumentId(id)).Mark.Value >> 32) / _atomsPerTick),
            _ => 4_000,
        };
        _venue.Order(
            account, id, _random.Chance(1, 2) ? Side.Buy : Side.Sell, middle + _random.NextInRange(-500L, 500),
            _random.NextInRange(1L, 20), _random.Chance(1, 3) ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancel);
    }

    private void TradeSpread(uint account) => _venue.Order(
        account, Spread, _random.Chance(1, 2) ? Side.Buy : Side.Sell, _random.NextInRange(-100L, 100),
        _random.NextInRange(1L, 9));

    private void CloseEpoch()
    {
        // What falls due by now comes first, so that the close changes no mark.
        Engine.Tick();
        Settle();
        var waiting = Model.Held.ToArray();
        var back = waiting.Select(held => Free(held.Account)).ToArray();
        _venue.CloseEpoch(++_epoch);
        Settle();
        var listed = new ReleasedWithdrawal[Limits.WithdrawalsPerEpoch];
        var count = Engine.View.CopyReleased(listed);
        Assert.That(count, Is.EqualTo(Engine.View.ReleasedWithdrawals));
        var expected = waiting.Except(Model.Held).Where(held => listed[..count].Any(line => line.Id.Value == held.Id)).ToArray();
        Assert.That(
            listed[..count].Select(line => (line.Id.Value, line.Account.Value, line.Asset.Value, line.Amount.Value, line.Epoch)),
            Is.EqualTo(expected.Select(held => (held.Id, held.Account, held.Asset, held.Atoms, _epoch))));

        // The first is judged by what was free before the close, whatever the close itself did.
        if (waiting.Length > 0 && Engine.Events.Any(record => record.TemplateId == WithdrawalReportDecoder.TemplateId))
        {
            Assert.That(expected.Contains(waiting[0]), Is.EqualTo(back[0] >= 0).Or.EqualTo(Free(waiting[0].Account) >= 0));
        }

        Assert.That(waiting.Except(Model.Held).Count(), Is.EqualTo(Math.Min(waiting.Length, Limits.WithdrawalsPerEpoch)));
    }

    private Int128 Free(uint account) => Engine.View.FreeEquity(new AccountId(account)).Value;

    private void SetFees()
    {
        var schedule = (ushort)_random.NextInRange(1, 3);
        var least = _random.NextInRange(-40, 40);
        var tiers = new TierRates[_random.NextInRange(1, 8)];
        for (var tier = 0; tier < tiers.Length; tier++)
        {
            tiers[tier] = new TierRates(
                _random.NextInRange(least, 60), Math.Max(-least, 0) + _random.NextInRange(0, 300), (uint)_random.NextBelow(200),
                (uint)_random.NextBelow(3_000), (uint)_random.NextBelow(30_000));
        }

        var basis = _random.Chance(1, 2) ? FeeBasis.TradedValue : FeeBasis.UnderlyingValue;
        var multiple = basis == FeeBasis.TradedValue ? 0 : (uint)_random.NextBelow(600);
        _venue.SetFees(schedule, basis, multiple, tiers);
        Settle();
        Model.Schedules[schedule] = (basis, multiple, tiers);
        var instrument = 1 + (uint)_random.NextBelow(LastListed);
        if (Engine.View.InstrumentState(new InstrumentId(instrument)) is not (InstrumentState.Expired or InstrumentState.Removed))
        {
            _venue.SetInstrumentFees(instrument, schedule);
            Settle();
            if (!Engine.Events.Any(record => record.SchemaId == InternalSchema.Id
                && record.TemplateId == CommandRefusedDecoder.TemplateId))
            {
                Model.Charged[instrument] = schedule;
            }
        }
    }

    private void CallAndUncross()
    {
        var instrument = 1 + (uint)_random.NextBelow(LastListed);
        _venue.ChangeState(instrument, InstrumentState.PreOpen);
        Settle();
        for (var order = 0; order < 6; order++)
        {
            Trade(FirstAccount + (uint)_random.NextBelow(Accounts));
            Settle();
        }

        _venue.ChangeState(instrument, InstrumentState.Open);
        Settle();
    }

    private void SetHaircut()
    {
        var asset = 1 + (uint)_random.NextBelow(2);
        _haircuts[asset - 1] = (uint)_random.NextBelow(1_000_001);
        _venue.SetAssetTerms(asset, _haircuts[asset - 1], _venueMaxima[asset - 1], _accountMaxima[asset - 1]);
        Settle();
    }

    /// <summary>Every account against the model: exactly, applied or not.</summary>
    private void Check()
    {
        Int128 sum = 0;
        for (uint account = 1; account < FirstAccount + Accounts; account++)
        {
            if (!Engine.View.IsOpen(new AccountId(account)))
            {
                continue;
            }

            var applied = Engine.View.AsApplied(new AccountId(account), _scratch);
            sum += applied.Cash.Value;
            if (account == 1)
            {
                continue;
            }

            var owed = Owed(account);
            Assert.That((BigInteger)applied.Cash.Value, Is.EqualTo(Model.MoneyOf(account) + owed), $"cash of {account}");
            for (uint asset = 1; asset <= 2; asset++)
            {
                Assert.That(
                    (BigInteger)Engine.View.Balance(new AccountId(account), new AssetId(asset)).Value << 32,
                    Is.EqualTo(Model.MoneyOf(account, asset)), $"asset {asset} of {account}");
            }

            if (account >= FirstAccount)
            {
                CheckEquity(account, applied.Equity.Value);
                CheckParts(Engine.View.Account(new AccountId(account)));
            }
        }

        Assert.That((BigInteger)sum, Is.EqualTo(Model.Deposited[0] << 32), "the quote asset");
        Assert.That((BigInteger)Engine.View.DepositedAtoms, Is.EqualTo(Model.Deposited[0]));
        for (uint asset = 1; asset <= 2; asset++)
        {
            Assert.That(
                (BigInteger)Engine.View.Deposited(new AssetId(asset)).Value,
                Is.EqualTo(Model.Deposited.GetValueOrDefault(asset)), $"asset {asset}");
            Assert.That(Engine.View.ConservationErrorOf(new AssetId(asset)).Value, Is.EqualTo((Int128)0));
        }

        Assert.That(Engine.View.HeldWithdrawals, Is.EqualTo(Model.Held.Count()));
    }

    /// <summary>What the indices have paid for the lots that an account holds now.</summary>
    private BigInteger Owed(uint account) => Model.LotsOf(account).Aggregate(BigInteger.Zero, (owed, held) =>
        owed + (held.Lots * (BigInteger)Engine.View.DeltaIndex(new InstrumentId(held.Instrument)).Value));

    private void CheckEquity(uint account, Int128 quoteEquity)
    {
        BigInteger collateral = 0;
        for (uint asset = 1; asset <= 2; asset++)
        {
            var (atomsPerUnit, quoteAtomsPerTick) = _assets[asset - 1];
            var settled = Engine.View.SettlementPrice(new InstrumentId(Perpetual)).Value;
            var worth = Model.MoneyOf(account, asset) * settled * quoteAtomsPerTick / atomsPerUnit;
            collateral += worth * (1_000_000 - _haircuts[asset - 1]) / 1_000_000;
        }

        Assert.That(
            (BigInteger)Engine.View.Equity(new AccountId(account)).Value, Is.EqualTo(quoteEquity + collateral),
            $"equity of {account}");
    }

    private static void CheckParts(in AccountFacts facts) => Assert.That(
        facts.SettledCash.Value - facts.FeesOwed.Value - facts.InterestOwed.Value + facts.Residual.Value + facts.Collateral.Value,
        Is.EqualTo(facts.Equity.Value), $"parts of {facts.Id}");

    /// <summary>Whoever was not touched is applied by an atom, so that cash itself is the sum of the account's life.</summary>
    private void Touch()
    {
        for (var account = FirstAccount; account < FirstAccount + Accounts; account++)
        {
            Pay(account, 0, 1);
            var id = new AccountId(account);
            var owed = Owed(account);
            var cash = ((BigInteger)Engine.View.Cash(id).Value << 32) + Engine.View.Dust(id);
            Assert.That(cash, Is.EqualTo(Model.MoneyOf(account) + owed), $"lifetime cash of {account}");
            Assert.That(
                Model.LotsOf(account).All(held => held.Instrument is not (Future or 3 or 4)), "all that is dated has expired");
        }

        Check();
        Engine.View.Audit();
    }
}
