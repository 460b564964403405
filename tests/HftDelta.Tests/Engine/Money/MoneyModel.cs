using System.Numerics;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.InstrumentKind;
using OptionKind = HftDelta.Wire.OptionKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// What every account should have, by arithmetic without deltas: deposits, named transfers, lots x price at each fill, payoffs at
/// expiry, funding and interest as told, less fees, in big integers of 2^-32 atoms. It knows nothing but what the venue
/// reported and the operator set, and charges at once what the venue charges when it touches an account. Plain on purpose.
/// </summary>
internal sealed class MoneyModel
{
    public const uint TradingFees = 2;
    public const uint SettlementFees = 3;
    public const uint Withdrawals = 4;
    public const uint Pool = 5;
    public const uint Penalties = 6;
    public const uint AssetsMax = 2;

    private const int AccountsMax = 32;
    private const int InstrumentsMax = 16;

    private readonly BigInteger[,] _money = new BigInteger[AccountsMax, AssetsMax + 1];
    private readonly long[,] _lots = new long[AccountsMax, InstrumentsMax];
    private readonly ModelListing?[] _listings = new ModelListing?[InstrumentsMax];
    private readonly uint[] _tiers = new uint[AccountsMax];
    private readonly CashSpan[] _cash = new CashSpan[AccountsMax];
    private readonly SortedDictionary<ulong, HeldMoney> _held = [];
    private readonly List<ModelFill> _fills = [];

    /// <summary>Deposits less withdrawals of each asset, in atoms.</summary>
    public BigInteger[] Deposited { get; } = new BigInteger[AssetsMax + 1];

    public MoneyTally Tally { get; } = new();

    public ModelDeliveries Deliveries { get; } = new();

    /// <summary>What is held, in the order of requests.</summary>
    public IEnumerable<HeldMoney> Held => _held.Values;

    public int HeldCount => _held.Count;

    /// <summary>An index moved while the last events were read.</summary>
    public bool HasTicked { get; private set; }

    /// <summary>Schedules by id: the basis, its bound and the tiers.</summary>
    public Dictionary<ushort, (FeeBasis Basis, uint Multiple, TierRates[] Tiers)> Schedules { get; } = [];

    /// <summary>The schedule of each instrument.</summary>
    public Dictionary<uint, ushort> Charged { get; } = [];

    public long LotsOf(uint account, uint instrument) => _lots[account, instrument];

    /// <summary>Money of an account in 2^-32 atoms of the asset; the quote asset's without what its positions are owed.</summary>
    public BigInteger MoneyOf(uint account, uint asset = 0) => _money[account, asset];

    /// <summary>What the indices, as told, have paid for the lots that an account holds now: nothing when it is flat.</summary>
    public BigInteger Owed(uint account)
    {
        BigInteger owed = 0;
        for (uint instrument = 1; instrument < InstrumentsMax; instrument++)
        {
            if (_lots[account, instrument] is var lots && lots != 0)
            {
                owed += lots * _listings[instrument]!.Index;
            }
        }

        return owed;
    }

    /// <summary>Nobody holds any.</summary>
    public bool IsFlat(uint instrument)
    {
        var isFlat = true;
        for (uint account = 0; account < AccountsMax; account++)
        {
            isFlat &= _lots[account, instrument] == 0;
        }

        return isFlat;
    }

    /// <summary>The sum over all accounts and over all holders, by which nothing was made or lost.</summary>
    public void CheckConservation()
    {
        for (uint asset = 0; asset <= AssetsMax; asset++)
        {
            BigInteger sum = 0;
            for (uint account = 0; account < AccountsMax; account++)
            {
                sum = _money[account, asset] is { IsZero: false } some ? sum + some : sum;
            }

            Demand.That(sum == Deposited[asset] << 32, $"asset {asset} adds up to {Deposited[asset]} atoms, not {sum} / 2^32");
        }

        for (uint instrument = 1; instrument < InstrumentsMax; instrument++)
        {
            long sum = 0;
            for (uint account = 0; account < AccountsMax; account++)
            {
                sum += _lots[account, instrument];
            }

            Demand.That(sum == 0, $"lots of {instrument} add up to nothing");
        }
    }

    public void SetTier(uint account, uint tier) => _tiers[account] = tier;

    /// <summary>What the venue said in the last command, in order.</summary>
    public void Read(EngineHarness engine)
    {
        _fills.Clear();
        HasTicked = false;
        foreach (var record in engine.Events)
        {
            if (record.SchemaId == HftDeltaSchema.Id)
            {
                Read(record.TemplateId, record.Frame);
            }
            else if (record.TemplateId == CashMovedDecoder.TemplateId)
            {
                Move(CashMovedDecoder.Trusted(record.Frame));
            }
        }

        Demand.That(_fills.Count == 0, "every fill has its trade");
        for (uint id = 1; id < InstrumentsMax && _listings[id] is { } listing; id++)
        {
            listing.Delta = engine.View.Delta(new InstrumentId(id)).Value;
        }
    }

    private void Read(ushort template, byte[] frame)
    {
        switch (template)
        {
            case InstrumentDefinitionDecoder.TemplateId:
                Define(InstrumentDefinitionDecoder.Trusted(frame));
                break;
            case OrderFilledDecoder.TemplateId:
                Fill(OrderFilledDecoder.Trusted(frame));
                break;
            case StrategyLegFilledDecoder.TemplateId:
                var leg = StrategyLegFilledDecoder.Trusted(frame);
                Tally.Count("leg fills");
                _fills.Add(new ModelFill(
                    leg.TradeId, leg.AccountId, leg.InstrumentId, leg.Side, leg.Price, leg.Quantity, leg.Liquidity,
                    leg.Fee.ToInt128()));
                break;
            case TradeDecoder.TemplateId:
                // Both sides of a trade were told before: fills wait for it, since a tick may follow in the same command.
                Trade(TradeDecoder.Trusted(frame).TradeId);
                break;
            case DeltaSettlementDecoder.TemplateId:
                Settle(DeltaSettlementDecoder.Trusted(frame));
                break;
            case FundingSettlementDecoder.TemplateId:
                Fund(FundingSettlementDecoder.Trusted(frame));
                break;
            case AccountSettledDecoder.TemplateId:
                Apply(AccountSettledDecoder.Trusted(frame));
                break;
            case WithdrawalReportDecoder.TemplateId:
                Withdraw(WithdrawalReportDecoder.Trusted(frame));
                break;
            case TransferReportDecoder.TemplateId:
                Transfer(TransferReportDecoder.Trusted(frame));
                break;
            case BalanceChangedDecoder.TemplateId:
                Swap(BalanceChangedDecoder.Trusted(frame));
                break;
            case DeliveryReportDecoder.TemplateId:
                var delivery = DeliveryReportDecoder.Trusted(frame);
                Tally.Count($"delivery {delivery.State}");
                Deliveries.Take(delivery);
                break;
            case OrderRejectedDecoder.TemplateId:
                Tally.Count($"order refused {OrderRejectedDecoder.Trusted(frame).Code}");
                break;
            default:
                break;
        }
    }

    /// <summary>Terms, and D as it begins; later definitions repeat what settlements said.</summary>
    private void Define(in InstrumentDefinitionDecoder definition)
    {
        if (definition.Kind == InstrumentKind.Strategy || _listings[definition.InstrumentId] is not null)
        {
            return;
        }

        _listings[definition.InstrumentId] = new ModelListing
        {
            Kind = definition.Kind,
            Name = definition.Kind switch
            {
                InstrumentKind.PowerPerpetual => $"power {definition.PowerDegree}",
                _ when definition.Strike != 0 => $"{definition.Kind} {definition.OptionKind}",
                _ => $"{definition.Kind}",
            },
            Underlying = definition.UnderlyingId,
            AtomsPerTick = definition.AtomsPerTick,
            AtomsPerUnderlyingTick = definition.AtomsPerUnderlyingTick,
            Strike = definition.Strike,
            IsCall = definition.OptionKind == OptionKind.Call,
            IsPhysical = definition.IsPhysical != 0,
            ExpiryTime = definition.ExpiryTime,
            TrueUpEvery = definition.TrueUpEvery,
            SettledPrice = definition.SettlementPrice,
            Index = definition.DeltaIndex.ToInt128(),
        };
    }

    /// <summary>A deposit, or what the operator paid out.</summary>
    private void Move(in CashMovedDecoder moved)
    {
        Tally.Count(moved.Amount < 0 ? "paid out" : moved.AssetId == 0 ? "deposits" : "deposits of other assets");
        Change(moved.AccountId, moved.AssetId, (BigInteger)moved.Amount << 32);
        Touch(moved.AccountId, moved.AssetId);
        Deposited[moved.AssetId] += moved.Amount;
    }

    private void Fill(in OrderFilledDecoder fill)
    {
        // A strategy's own line is no fill of money: its legs have theirs.
        if (_listings[fill.InstrumentId] is null)
        {
            return;
        }

        Tally.Count(fill.Leaves != 0 ? "partial fills" : "last fills");
        _fills.Add(new ModelFill(
            fill.TradeId, fill.AccountId, fill.InstrumentId, fill.Side, fill.Price, fill.Quantity, fill.Liquidity,
            fill.Fee.ToInt128()));
    }

    private void Trade(ulong id)
    {
        var sides = _fills.FindAll(fill => fill.TradeId == id);
        if (sides.Count == 0)
        {
            return;
        }

        _fills.RemoveAll(fill => fill.TradeId == id);
        Demand.That(sides.Count == 2, "a trade has two sides");
        var listing = _listings[sides[0].Instrument]!;
        var isAuction = sides.TrueForAll(side => side.Liquidity == Liquidity.Maker);
        Tally.Count(isAuction ? "auction trades" : "trades");
        Tally.Count(listing.Name);
        foreach (var fill in sides)
        {
            var fee = FeeOf(fill, isAuction);
            Demand.That(fee == fill.Fee, $"fee {fill.Fee} of {fill} is not {fee}");
            Tally.Count(fee < 0 ? "rebates" : fee == 0 ? "free" : "fees");
            var lots = fill.Side == Side.Buy ? fill.Lots : -fill.Lots;
            Change(fill.Account, 0, -((BigInteger)lots * fill.Price * listing.AtomsPerTick << 32) - fee);
            Change(TradingFees, 0, fee);
            _lots[fill.Account, fill.Instrument] += lots;
            Touch(fill.Account, 0);
        }
    }

    private BigInteger FeeOf(in ModelFill fill, bool isAuction)
    {
        if (!TryRates(fill.Account, fill.Instrument, out var rates, out var schedule))
        {
            return 0;
        }

        var listing = _listings[fill.Instrument]!;
        var traded = BigInteger.Abs((BigInteger)fill.Price * fill.Lots * listing.AtomsPerTick);
        var basis = traded;
        if (schedule.Basis == FeeBasis.UnderlyingValue)
        {
            basis = (BigInteger)fill.Lots * listing.SettledPrice * listing.AtomsPerUnderlyingTick;
            basis = schedule.Multiple == 0 ? basis : BigInteger.Min(basis, traded * schedule.Multiple);
        }

        var rate = isAuction ? rates.Auction : fill.Liquidity == Liquidity.Taker ? rates.Taker : (long)rates.Maker;
        return Ceiling((basis << 32) * rate, 1_000_000);
    }

    /// <summary>Every holder owes a part of what the index moved; at expiry it has its payoff too, and no lots.</summary>
    private void Settle(in DeltaSettlementDecoder settlement)
    {
        HasTicked = true;
        Tally.Count($"tick {settlement.Trigger}");
        var isOver = settlement.Trigger == SettlementTrigger.Expiry;
        foreach (var entry in settlement.Instruments)
        {
            var id = entry.InstrumentId;
            var listing = _listings[id]!;
            var index = (BigInteger)entry.DeltaIndex.ToInt128();
            var moved = index - listing.Index;
            Demand.That(moved == entry.Amount.ToInt128(), "D moved by what is told");
            var ticks = (BigInteger)entry.SettlementPrice - entry.PreviousPrice;
            var byDelta = entry.Delta * ticks * listing.AtomsPerUnderlyingTick;
            Tally.Count(isOver ? "expiries" : moved != byDelta ? "true-ups" : moved.IsZero ? "still" : "moves by delta");
            var isTruedUp = settlement.Trigger == SettlementTrigger.Interval && listing.TrueUpEvery != 0;
            Demand.That(moved == byDelta || isOver || isTruedUp, $"what delta moves of {listing.Name}, by {moved}");
            Demand.That(ticks.IsZero || isOver || entry.Delta == listing.Delta, $"delta of {listing.Name} as before the move");
            listing.Index = index;
            listing.SettledPrice = entry.SettlementPrice;
            for (uint account = 0; account < AccountsMax; account++)
            {
                if (_lots[account, id] is not 0 and var lots)
                {
                    ChargeMove(account, id, lots, moved, "settlement fees", static rates => rates.Settlement);
                    if (isOver)
                    {
                        Expire(account, id, lots, settlement.Price);
                    }
                }
            }
        }
    }

    private void Expire(uint account, uint instrument, long lots, long price)
    {
        var listing = _listings[instrument]!;
        Change(account, 0, (BigInteger)lots * listing.PayoffTicks(price) * listing.AtomsPerUnderlyingTick << 32);
        Deliveries.Expire(account, listing, lots, price);
        _lots[account, instrument] = 0;
    }

    /// <summary>Longs pay what the funding index rises, shorts receive it, and both owe a part of it.</summary>
    private void Fund(in FundingSettlementDecoder settlement)
    {
        HasTicked = true;
        foreach (var entry in settlement.Instruments)
        {
            var id = entry.InstrumentId;
            var listing = _listings[id]!;
            var amount = (BigInteger)entry.Amount.ToInt128();
            listing.FundingIndex += amount;
            Demand.That(listing.FundingIndex == entry.FundingIndex.ToInt128(), "F moved by what is told");
            for (uint account = 0; account < AccountsMax; account++)
            {
                if (_lots[account, id] is not 0 and var lots)
                {
                    Tally.Count(amount.IsZero ? "no funding" : $"funding of {listing.Kind}");
                    Change(account, 0, -lots * amount);
                    ChargeMove(account, id, lots, amount, "funding fees", static rates => rates.Funding);
                }
            }
        }
    }

    private void ChargeMove(
        uint account, uint instrument, long lots, BigInteger moved, string what, Func<TierRates, uint> rateOf)
    {
        if (TryRates(account, instrument, out var rates, out _))
        {
            var fee = Ceiling(BigInteger.Abs(moved) * rateOf(rates), 1_000_000) * Math.Abs(lots);
            Tally.Count(fee.IsZero ? "free moves" : what);
            Change(account, 0, -fee);
            Change(SettlementFees, 0, fee);
        }
    }

    /// <summary>The account was touched: its cash is whole at last, and what it borrowed is charged.</summary>
    private void Apply(in AccountSettledDecoder settled)
    {
        var interest = settled.Interest.ToInt128();
        Tally.Count("accounts applied");
        Tally.Count(interest == 0 ? "no interest" : interest > 0 ? "interest" : "interest of lenders");
        Tally.Count(settled.Dust == 0 ? "no dust" : "dust");
        Tally.Count(settled.Cash < 0 ? "cash below zero" : "cash above zero");
        if (interest != 0)
        {
            // Who had both cash above and below zero since the last time may have more of either.
            var cash = _cash[settled.AccountId];
            Demand.That(interest > 0 || cash.Most > 0, $"account {settled.AccountId} is paid for borrowing");
            Demand.That(interest < 0 || cash.Least < 0, $"account {settled.AccountId} pays for lending");
            _cash[settled.AccountId] = default;
        }

        Change(settled.AccountId, 0, -interest);
        Change(Pool, 0, interest);
        var told = ((BigInteger)settled.Cash << 32) + settled.Dust;
        var due = MoneyOf(settled.AccountId) + Owed(settled.AccountId);
        Demand.That(told == due, $"account {settled.AccountId} was told {told} when it was touched and should have {due}");
        Touch(settled.AccountId, 0);
    }

    private void Withdraw(in WithdrawalReportDecoder report)
    {
        Tally.Count($"withdrawal {report.State}");
        switch (report.State)
        {
            case WithdrawalState.Held:
                Demand.That(report.Amount > 0, "an amount");
                _held.Add(
                    report.WithdrawalId, new HeldMoney(report.WithdrawalId, report.AccountId, report.AssetId, report.Amount));
                Change(report.AccountId, report.AssetId, -((BigInteger)report.Amount << 32));
                Change(Withdrawals, report.AssetId, (BigInteger)report.Amount << 32);
                Touch(report.AccountId, report.AssetId);
                break;
            case WithdrawalState.Canceled or WithdrawalState.Returned:
                var back = End(report);
                Change(back.Account, back.Asset, (BigInteger)back.Atoms << 32);
                Touch(back.Account, back.Asset);
                break;
            case WithdrawalState.Released:
                Demand.That(_held.Keys.First() == report.WithdrawalId, "the longest waiting goes first");
                var gone = End(report);
                Deposited[gone.Asset] -= gone.Atoms;
                break;
            default:
                Tally.Count($"withdrawal refused {(RejectCode)report.Code}");
                break;
        }
    }

    private HeldMoney End(in WithdrawalReportDecoder report)
    {
        Demand.That(_held.Remove(report.WithdrawalId, out var held), "it was held");
        Demand.That(
            (held.Account, held.Asset, held.Atoms) == (report.AccountId, report.AssetId, report.Amount), "it is what was held");
        Change(Withdrawals, held.Asset, -((BigInteger)held.Atoms << 32));
        return held;
    }

    private void Transfer(in TransferReportDecoder report)
    {
        Tally.Count(report.Code == 0 ? "transfers" : $"transfer refused {(RejectCode)report.Code}");
        if (report.Code == 0)
        {
            Change(report.AccountId, report.AssetId, -((BigInteger)report.Amount << 32));
            Change(report.ToAccountId, report.AssetId, (BigInteger)report.Amount << 32);
            Touch(report.AccountId, report.AssetId);
            Touch(report.ToAccountId, report.AssetId);
        }
    }

    /// <summary>At a delivery's deadline; of what else changes balances there are other reports.</summary>
    private void Swap(in BalanceChangedDecoder report)
    {
        if (report.Cause is not (BalanceCause.Delivery or BalanceCause.DeliveryPenalty))
        {
            return;
        }

        Tally.Count($"moved by {report.Cause}");
        var amount = (BigInteger)report.Amount << 32;
        Change(report.AccountId, report.AssetId, amount);
        Change(Penalties, report.AssetId, report.Cause == BalanceCause.DeliveryPenalty ? -amount : 0);
        Touch(report.AccountId, report.AssetId);
    }

    private bool TryRates(
        uint account, uint instrument, out TierRates rates, out (FeeBasis Basis, uint Multiple, TierRates[] Tiers) schedule)
    {
        rates = default;
        schedule = default;
        if (Charged.GetValueOrDefault(instrument) is var id && id == 0)
        {
            return false;
        }

        schedule = Schedules[id];
        rates = schedule.Tiers[Math.Min((int)_tiers[account], schedule.Tiers.Length - 1)];
        return true;
    }

    private void Change(uint account, uint asset, BigInteger subAtoms) => _money[account, asset] += subAtoms;

    /// <summary>The account was applied before this: it borrows or lends what it has now, until it is touched again.</summary>
    private void Touch(uint account, uint asset)
    {
        if (asset != 0)
        {
            return;
        }

        var cash = MoneyOf(account) + Owed(account);
        ref var span = ref _cash[account];
        span.Least = BigInteger.Min(span.Least, cash);
        span.Most = BigInteger.Max(span.Most, cash);
    }

    /// <summary>Toward plus infinity.</summary>
    private static BigInteger Ceiling(BigInteger value, int divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var rest);
        return rest > 0 ? quotient + 1 : quotient;
    }

    /// <summary>The least and the most cash since interest was last told, and 0.</summary>
    private struct CashSpan
    {
        public BigInteger Least;
        public BigInteger Most;
    }

    private readonly record struct ModelFill(
        ulong TradeId, uint Account, uint Instrument, Side Side, long Price, long Lots, Liquidity Liquidity, Int128 Fee);
}
