using System.Numerics;
using HftDelta.Engine.Accounts;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// The venue's accounts against the model, each to the last 2^-32 of an atom, and the sums of both by themselves: what all
/// accounts have is what was paid in, whatever was applied, asset by asset.
/// </summary>
internal sealed class MoneyCheck(EngineHarness engine, MoneyModel model, MoneyMarket market, uint firstAccount, uint accounts)
{
    private readonly AppliedPosition[] _scratch = new AppliedPosition[256];

    /// <summary>After every command.</summary>
    public void Check()
    {
        model.CheckConservation();
        BigInteger sum = 0;
        BigInteger paid = 0;
        Span<long> assets = stackalloc long[(int)MoneyModel.AssetsMax + 1];
        for (uint account = 1; account < firstAccount + accounts; account++)
        {
            if (!engine.View.IsOpen(new AccountId(account)))
            {
                continue;
            }

            var facts = engine.View.Account(new AccountId(account));
            var applied = engine.View.AsApplied(new AccountId(account), _scratch);
            sum += applied.Cash.Value;
            paid += facts.SettledCash.Value;

            // What is borrowed costs when it is charged and not before; the pool has it then.
            var cash = applied.Cash.Value + facts.InterestOwed.Value - (account == MoneyModel.Pool ? OwedToPool() : 0);
            var due = model.MoneyOf(account) + model.Owed(account);
            Demand.That(cash == due, $"cash of {account} is {cash}, its life makes it {due}");
            CheckAssets(account, assets);
            if (account >= firstAccount)
            {
                CheckClient(account, facts, applied);
            }
        }

        Demand.That(sum == model.Deposited[0] << 32, $"accounts as applied add up to {sum}");
        Demand.That(paid == model.Deposited[0] << 32, $"accounts before fees add up to {paid}");
        Demand.That(engine.View.DepositedAtoms == (Int128)model.Deposited[0], "what was paid in");
        Demand.That(engine.View.ConservationError.Value == 0, "conservation");
        for (uint asset = 1; asset <= MoneyModel.AssetsMax; asset++)
        {
            Demand.That(assets[(int)asset] == model.Deposited[asset], $"asset {asset} adds up to {assets[(int)asset]}");
            Demand.That(engine.View.Deposited(new AssetId(asset)).Value == model.Deposited[asset], $"asset {asset}");
            Demand.That(engine.View.ConservationErrorOf(new AssetId(asset)).Value == 0, $"conservation of {asset}");
        }

        Demand.That(engine.View.HeldWithdrawals == model.HeldCount, "what is held");
    }

    private Int128 OwedToPool()
    {
        Int128 owed = 0;
        for (var account = firstAccount; account < firstAccount + accounts; account++)
        {
            var id = new AccountId(account);
            owed += engine.View.IsOpen(id) ? engine.View.Account(id).InterestOwed.Value : 0;
        }

        return owed;
    }

    private void CheckAssets(uint account, Span<long> sums)
    {
        for (uint asset = 1; asset <= MoneyModel.AssetsMax; asset++)
        {
            var held = engine.View.Balance(new AccountId(account), new AssetId(asset)).Value;
            sums[(int)asset] += held;
            var due = model.MoneyOf(account, asset);
            Demand.That((BigInteger)held << 32 == due, $"asset {asset} of {account} is {held}, its life makes it {due} / 2^32");
        }
    }

    private void CheckClient(uint account, in AccountFacts facts, in AppliedAccount applied)
    {
        BigInteger collateral = 0;
        for (uint asset = 1; asset <= MoneyModel.AssetsMax; asset++)
        {
            var (atomsPerUnit, quoteAtomsPerTick) = market.Assets[asset];
            var settled = engine.View.SettlementPrice(new InstrumentId(asset == 1 ? 1u : 7u)).Value;
            var worth = model.MoneyOf(account, asset) * settled * quoteAtomsPerTick / atomsPerUnit;
            collateral += worth * (1_000_000 - market.Haircuts[asset]) / 1_000_000;
        }

        var equity = facts.Equity.Value;
        var asApplied = applied.Equity.Value + collateral;
        Demand.That(equity == asApplied, $"equity of {account} is {equity}, as applied {asApplied} with {facts}");
        var parts = facts.SettledCash.Value - facts.FeesOwed.Value - facts.InterestOwed.Value + facts.Residual.Value
            + facts.Collateral.Value;
        Demand.That(equity == parts, $"equity of {account} is {equity}, its parts are {parts}");
        for (uint instrument = 1; instrument <= MoneyMarket.LastListed; instrument++)
        {
            var state = engine.View.InstrumentState(new InstrumentId(instrument));
            if (state is not (InstrumentState.Expired or InstrumentState.Removed))
            {
                var lots = engine.View.Position(new AccountId(account), new InstrumentId(instrument)).Value;
                Demand.That(lots == model.LotsOf(account, instrument), $"account {account} has {lots} lots of {instrument}");
            }
        }
    }
}
