using System.Numerics;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// What every account should have, by arithmetic without indices: deposits, named transfers, lots x price at each fill, payoffs
/// at expiry, funding as told, less fees, in big integers of 2^-32 atoms. It reads fills, settlement ticks and reports, and
/// charges at once what the venue charges when it touches an account. Slow and plain on purpose.
/// </summary>
internal sealed class MoneyModel
{
    public const uint TradingFees = 2;
    public const uint SettlementFees = 3;
    public const uint Withdrawals = 4;

    private readonly Dictionary<(uint Account, uint Asset), BigInteger> _money = [];
    private readonly Dictionary<(uint Account, uint Instrument), long> _lots = [];
    private readonly Dictionary<uint, ModelListing> _listings = [];
    private readonly Dictionary<uint, uint> _tiers = [];
    private readonly Dictionary<ulong, HeldMoney> _held = [];

    /// <summary>Deposits less withdrawals of each asset, in atoms.</summary>
    public Dictionary<uint, BigInteger> Deposited { get; } = [];

    public SortedDictionary<string, int> Tally { get; } = [];

    /// <summary>What is held, in the order of requests.</summary>
    public IEnumerable<HeldMoney> Held => _held.Values.OrderBy(held => held.Id);

    /// <summary>Schedules by id: the basis, its bound and the tiers.</summary>
    public Dictionary<ushort, (FeeBasis Basis, uint Multiple, TierRates[] Tiers)> Schedules { get; } = [];

    /// <summary>The schedule of each instrument.</summary>
    public Dictionary<uint, ushort> Charged { get; } = [];

    public IEnumerable<(uint Instrument, long Lots)> LotsOf(uint account) => _lots
        .Where(held => held.Key.Account == account && held.Value != 0).Select(held => (held.Key.Instrument, held.Value));

    /// <summary>Money of an account in 2^-32 atoms of the asset; the quote asset's without what its positions are owed.</summary>
    public BigInteger MoneyOf(uint account, uint asset = 0) => _money.GetValueOrDefault((account, asset));

    public void List(uint instrument, ModelListing listing) => _listings[instrument] = listing;

    public void SetTier(uint account, uint tier) => _tiers[account] = tier;

    public void Deposit(uint account, uint asset, long atoms)
    {
        Change(account, asset, (BigInteger)atoms << 32);
        Deposited[asset] = Deposited.GetValueOrDefault(asset) + atoms;
    }

    /// <summary>What the venue said in the last command, in order.</summary>
    public void Read(EngineHarness engine)
    {
        var fills = new List<ModelFill>();
        foreach (var record in engine.Events.Where(record => record.SchemaId == HftDeltaSchema.Id))
        {
            switch (record.TemplateId)
            {
                case OrderFilledDecoder.TemplateId:
                    var fill = OrderFilledDecoder.Trusted(record.Frame);
                    if (_listings.ContainsKey(fill.InstrumentId))
                    {
                        fills.Add(new ModelFill(
                            fill.TradeId, fill.AccountId, fill.InstrumentId, fill.Side, fill.Price, fill.Quantity,
                            fill.Liquidity, fill.Fee.ToInt128()));
                    }

                    break;
                case StrategyLegFilledDecoder.TemplateId:
                    var leg = StrategyLegFilledDecoder.Trusted(record.Frame);
                    Count("leg fills");
                    fills.Add(new ModelFill(
                        leg.TradeId, leg.AccountId, leg.InstrumentId, leg.Side, leg.Price, leg.Quantity, leg.Liquidity,
                        leg.Fee.ToInt128()));
                    break;
                case TradeDecoder.TemplateId:
                    // Both sides of a trade were told before: fills wait for it, since a tick may follow in the same command.
                    var id = TradeDecoder.Trusted(record.Frame).TradeId;
                    Trade(fills.Where(entry => entry.TradeId == id).ToArray());
                    break;
                case DeltaSettlementDecoder.TemplateId:
                    Settle(DeltaSettlementDecoder.Trusted(record.Frame));
                    break;
                case FundingSettlementDecoder.TemplateId:
                    Fund(FundingSettlementDecoder.Trusted(record.Frame));
                    break;
                case WithdrawalReportDecoder.TemplateId:
                    Withdraw(WithdrawalReportDecoder.Trusted(record.Frame));
                    break;
                case TransferReportDecoder.TemplateId:
                    Transfer(TransferReportDecoder.Trusted(record.Frame));
                    break;
                default:
                    break;
            }
        }
    }

    private void Trade(ModelFill[] sides)
    {
        if (sides.Length == 0)
        {
            // The strategy's own line; its legs have theirs.
            return;
        }

        Require(sides.Length == 2, "a trade has two sides");
        var isAuction = sides.All(side => side.Liquidity == Liquidity.Maker);
        Count(isAuction ? "auction trades" : "trades");
        foreach (var fill in sides)
        {
            var fee = FeeOf(fill, isAuction);
            Require(fee == fill.Fee, $"fee {fill.Fee} of {fill} is not {fee}");
            Count(fee < 0 ? "rebates" : fee == 0 ? "free" : "fees");
            var lots = fill.Side == Side.Buy ? fill.Lots : -fill.Lots;
            var listing = _listings[fill.Instrument];
            Change(fill.Account, 0, -((BigInteger)lots * fill.Price * listing.AtomsPerTick << 32) - fee);
            Change(TradingFees, 0, fee);
            _lots[(fill.Account, fill.Instrument)] = _lots.GetValueOrDefault((fill.Account, fill.Instrument)) + lots;
        }
    }

    private BigInteger FeeOf(ModelFill fill, bool isAuction)
    {
        if (!TryRates(fill.Account, fill.Instrument, out var rates, out var schedule))
        {
            return 0;
        }

        var listing = _listings[fill.Instrument];
        var traded = BigInteger.Abs((BigInteger)fill.Price * fill.Lots * listing.AtomsPerTick);
        var basis = traded;
        if (schedule.Basis == FeeBasis.UnderlyingValue)
        {
            basis = (BigInteger)fill.Lots * listing.SettledPrice * listing.AtomsPerTick;
            basis = schedule.Multiple == 0 ? basis : BigInteger.Min(basis, traded * schedule.Multiple);
        }

        var rate = isAuction ? rates.Auction : fill.Liquidity == Liquidity.Taker ? rates.Taker : (long)rates.Maker;
        return Ceiling((basis << 32) * rate, 1_000_000);
    }

    /// <summary>Every holder owes a part of what the index moved; at expiry it has its payoff too, and no lots.</summary>
    private void Settle(in DeltaSettlementDecoder settlement)
    {
        foreach (var entry in settlement.Instruments)
        {
            var listing = _listings[entry.InstrumentId];
            var index = entry.DeltaIndex.ToInt128();
            var moved = BigInteger.Abs((BigInteger)index - listing.Index);
            listing.Index = index;
            listing.SettledPrice = settlement.Price;
            var isOver = settlement.Trigger == SettlementTrigger.Expiry;
            Count(isOver ? "expiries" : "ticks");
            var id = entry.InstrumentId;
            foreach (var (account, lots) in _lots.Where(held => held.Key.Instrument == id)
                .Select(held => (held.Key.Account, held.Value)).ToArray())
            {
                if (TryRates(account, id, out var rates, out _) && lots != 0)
                {
                    var fee = Ceiling(moved * rates.Settlement, 1_000_000) * Math.Abs(lots);
                    Count(fee != 0 ? "settlement fees" : "free settlements");
                    Change(account, 0, -fee);
                    Change(SettlementFees, 0, fee);
                }

                if (isOver)
                {
                    var payoff = (BigInteger)lots * listing.PayoffTicks(settlement.Price) * listing.AtomsPerTick;
                    Change(account, 0, payoff << 32);
                    _lots.Remove((account, id));
                }
            }
        }
    }

    /// <summary>Longs pay what the funding index rises, shorts receive it, and both owe a part of it.</summary>
    private void Fund(in FundingSettlementDecoder settlement)
    {
        foreach (var entry in settlement.Instruments)
        {
            var listing = _listings[entry.InstrumentId];
            var amount = (BigInteger)entry.Amount.ToInt128();
            listing.FundingIndex += amount;
            Require(listing.FundingIndex == (BigInteger)entry.FundingIndex.ToInt128(), "F moved by what is told");
            var id = entry.InstrumentId;
            foreach (var ((account, _), lots) in _lots.Where(held => held.Key.Instrument == id && held.Value != 0).ToArray())
            {
                Count(amount == 0 ? "no funding" : "funding");
                Change(account, 0, -lots * amount);
                if (TryRates(account, id, out var rates, out _))
                {
                    var fee = Ceiling(BigInteger.Abs(amount) * rates.Funding, 1_000_000) * Math.Abs(lots);
                    Count(fee != 0 ? "funding fees" : "free funding");
                    Change(account, 0, -fee);
                    Change(SettlementFees, 0, fee);
                }
            }
        }
    }

    private void Withdraw(in WithdrawalReportDecoder report)
    {
        Count($"withdrawal {report.State}");
        switch (report.State)
        {
            case WithdrawalState.Held:
                Require(report.Amount > 0 && !_held.ContainsKey(report.WithdrawalId), "a new number and an amount");
                _held.Add(
                    report.WithdrawalId, new HeldMoney(report.WithdrawalId, report.AccountId, report.AssetId, report.Amount));
                Change(report.AccountId, report.AssetId, -((BigInteger)report.Amount << 32));
                Change(Withdrawals, report.AssetId, (BigInteger)report.Amount << 32);
                break;
            case WithdrawalState.Canceled or WithdrawalState.Returned:
                var back = End(report);
                Change(back.Account, back.Asset, (BigInteger)back.Atoms << 32);
                break;
            case WithdrawalState.Released:
                Require(Held.First().Id == report.WithdrawalId, "the longest waiting goes first");
                var gone = End(report);
                Deposited[gone.Asset] -= gone.Atoms;
                break;
            default:
                Count($"withdrawal refused {(RejectCode)report.Code}");
                break;
        }
    }

    private HeldMoney End(in WithdrawalReportDecoder report)
    {
        Require(_held.Remove(report.WithdrawalId, out var held), "it was held");
        Require(
            (held.Account, held.Asset, held.Atoms) == (report.AccountId, report.AssetId, report.Amount), "it is what was held");
        Change(Withdrawals, held.Asset, -((BigInteger)held.Atoms << 32));
        return held;
    }

    private void Transfer(in TransferReportDecoder report)
    {
        Count(report.Code == 0 ? "transfers" : $"transfer refused {(RejectCode)report.Code}");
        if (report.Code == 0)
        {
            Change(report.AccountId, report.AssetId, -((BigInteger)report.Amount << 32));
            Change(report.ToAccountId, report.AssetId, (BigInteger)report.Amount << 32);
        }
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
        rates = schedule.Tiers[Math.Min((int)_tiers.GetValueOrDefault(account), schedule.Tiers.Length - 1)];
        return true;
    }

    private void Change(uint account, uint asset, BigInteger subAtoms) =>
        _money[(account, asset)] = _money.GetValueOrDefault((account, asset)) + subAtoms;

    private void Count(string what) => Tally[what] = Tally.GetValueOrDefault(what) + 1;

    /// <summary>Toward plus infinity.</summary>
    private static BigInteger Ceiling(BigInteger value, int divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var rest);
        return rest > 0 ? quotient + 1 : quotient;
    }

    private static void Require(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"not so: {what}");
        }
    }

    private readonly record struct ModelFill(
        ulong TradeId, uint Account, uint Instrument, Side Side, long Price, long Lots, Liquidity Liquidity, Int128 Fee);
}

/// <summary>A withdrawal that waits.</summary>
internal readonly record struct HeldMoney(ulong Id, uint Account, uint Asset, long Atoms);

/// <summary>What the model knows of an instrument.</summary>
internal sealed class ModelListing
{
    public required long AtomsPerTick { get; init; }

    /// <summary>0: a future or a perpetual.</summary>
    public long Strike { get; init; }

    public bool IsCall { get; init; }

    public BigInteger Index { get; set; }

    public BigInteger FundingIndex { get; set; }

    public long SettledPrice { get; set; }

    public long PayoffTicks(long price) => Strike == 0 ? price : Math.Max(0, IsCall ? price - Strike : Strike - price);
}
