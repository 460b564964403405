using System.Buffers.Binary;
using System.Numerics;
using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Trees;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Replica.Trees;

/// <summary>
/// Leaves of a venue with everything that moves money lazily: delta and funding indices, fees of both, interest of the pool,
/// other assets as collateral. Indices are those that the venue's events told, cash is what the engine itself comes to when it
/// applies the account, values are computed in unbounded integers from what a client knows.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class LeafMoneyTests
{
    private const uint First = 20;
    private const uint Last = 27;
    private const uint Coin = 1;
    private const uint Chip = 2;
    private const uint Haircut = 200_000;

    private static readonly (long PerUnit, long QuotePerTick)[] _assets = [(100_000_000, 10), (7, 3)];

    [Test]
    public void A_leaf_says_what_the_engine_pays_when_it_applies_the_account_and_what_it_is_worth()
    {
        var (funded, negative, collateral, dust) = (0, 0, 0, 0);
        for (var seed = 1UL; seed <= 12; seed++)
        {
            using var life = new Life(seed);
            life.Run(150);
            var view = life.Engine.View;
            var accounts = new AccountTree(life.Engine.Limits);
            accounts.Update(view);
            CheckSum(accounts, view);
            for (var account = First; account <= Last; account++)
            {
                var leaf = accounts.Leaf(new AccountId(account))!.Value;
                var equity = Worth(life, account, ((BigInteger)leaf.Cash.Value << 32) + leaf.Dust);
                var escape = equity > 0 ? equity >> 32 : 0;
                Assert.That((BigInteger)leaf.EscapeValue, Is.EqualTo(escape), $"seed {seed} account {account}");
                Assert.That(leaf.BalancesRoot, Is.EqualTo(BalancesOf(view, account)), $"seed {seed} account {account}");
                negative += leaf.Cash.Value < 0 ? 1 : 0;
                collateral += leaf.OtherAssets;
                dust += leaf.Dust != 0 ? 1 : 0;
            }

            funded += life.FundingIndices.Values.Count(index => index != 0);
            for (var account = First; account <= Last; account++)
            {
                life.Touch(account);
                var leaf = accounts.Leaf(new AccountId(account))!.Value;
                Assert.That(view.Cash(leaf.Id).Value, Is.EqualTo(leaf.Cash.Value + 1), $"seed {seed} account {account}");
                Assert.That(view.Dust(leaf.Id), Is.EqualTo(leaf.Dust), $"seed {seed} account {account}");
            }
        }

        Assert.That(new[] { funded, negative, collateral, dust }, Is.All.Positive, "funding, borrowed cash, assets, dust");
    }

    [Test]
    public void An_instruments_leaf_holds_the_indices_that_were_told()
    {
        var told = 0;
        for (var seed = 21UL; seed <= 26; seed++)
        {
            using var life = new Life(seed);
            life.Run(120);
            var tree = new InstrumentTree(life.Engine.Limits);
            var root = tree.Update(life.Engine.View);
            foreach (var id in new uint[] { 1, 2, 3 })
            {
                var funding = life.FundingIndices.GetValueOrDefault(id);
                var bytes = new byte[InstrumentTree.LeafLengthBytes];
                InstrumentTree.Write(life.Engine.View.Instrument(new InstrumentId(id)), bytes);
                Assert.That(BinaryPrimitives.ReadInt128BigEndian(bytes.AsSpan(54)), Is.EqualTo(funding), $"F of {id}");
                Assert.That(
                    BinaryPrimitives.ReadInt128BigEndian(bytes.AsSpan(22)), Is.EqualTo(life.DeltaIndices[id]), $"D of {id}");
                var proof = tree.Prove(new InstrumentId(id));
                Assert.That(proof.Leaf, Is.EqualTo(Keccak256.Compute(bytes)));
                Assert.That(proof.Verify(root), Is.True);
                told += funding != 0 ? 1 : 0;
            }
        }

        Assert.That(told, Is.Positive, "some funding has moved");
    }

    [Test]
    public void The_escape_value_of_who_holds_assets_alone_is_their_value_less_the_haircut()
    {
        using var life = new Life(1);
        const uint Holder = 29;
        life.Venue.OpenTrader(Holder, 0);
        life.Venue.DepositAsset(Holder, Coin, 150_000_000, 1);
        var tree = new AccountTree(life.Engine.Limits);
        tree.Update(life.Engine.View);
        var leaf = tree.Leaf(new AccountId(Holder))!.Value;

        // One unit and a half at 100,000 x 10, a fifth off.
        Assert.That((leaf.Cash.Value, leaf.EscapeValue), Is.EqualTo((0L, (UInt128)1_200_000)));
    }

    private static void CheckSum(AccountTree tree, VenueView view)
    {
        BigInteger sum = 0;
        for (uint id = 1; id <= Last; id++)
        {
            if (tree.Leaf(new AccountId(id)) is { } leaf)
            {
                sum += ((BigInteger)leaf.Cash.Value << 32) + leaf.Dust;
            }
        }

        Assert.That(sum, Is.EqualTo((BigInteger)view.DepositedAtoms << 32), "the leaves hold what was deposited");
    }

    /// <summary>Applied cash, what each lot is worth beyond its index, and the assets.</summary>
    private static BigInteger Worth(Life life, uint account, BigInteger cash)
    {
        var view = life.Engine.View;
        for (uint id = 1; id <= view.InstrumentCount; id++)
        {
            var lots = view.Position(new AccountId(account), new InstrumentId(id)).Value;
            cash += lots * ((BigInteger)view.Mark(new InstrumentId(id)).Value - view.DeltaIndex(new InstrumentId(id)).Value);
        }

        for (uint asset = Coin; asset <= Chip; asset++)
        {
            var (perUnit, quotePerTick) = _assets[asset - 1];
            var atoms = (BigInteger)view.Balance(new AccountId(account), new AssetId(asset)).Value;
            var full = ((atoms * life.SettledPrice * quotePerTick) << 32) / perUnit;
            cash += full * (1_000_000 - Haircut) / 1_000_000;
        }

        return cash;
    }

    private static Bytes32 BalancesOf(VenueView view, uint account)
    {
        var text = "07";
        for (uint asset = Coin; asset <= Chip; asset++)
        {
            var atoms = view.Balance(new AccountId(account), new AssetId(asset)).Value;
            text += atoms == 0 ? "" : $"{asset:x8}{atoms:x16}{0:x8}";
        }

        return text.Length == 2 ? Bytes32.Zero : Keccak256.Compute(Convert.FromHexString(text));
    }

    /// <summary>Trades at random while price and time move; writes down every index that the venue tells.</summary>
    private sealed class Life : IDisposable
    {
        private SplitMix64 _random;
        private long _price = 100_000;
        private ulong _movement = 1_000;

        public Life(ulong seed)
        {
            _random = new SplitMix64(seed);
            Venue = new VenueScript(Engine);
            Venue.ListUnderlying(thresholdTicks: 50, intervalNanos: 7 * VenueScript.Second);
            Venue.Oracle(_price);
            Venue.List(new ListingWords
            {
                Instrument = 1, Kind = InstrumentKind.Perpetual, FundingPeriod = 60 * VenueScript.Second, BasePpb = 500_000,
                CapPpb = 10_000_000, ImpactLots = 1,
            });
            Venue.List(Option(2, InstrumentKind.EuropeanOption) with { ExpiryTime = Engine.TimeNanos + (1UL << 52) });
            Venue.List(Option(3, InstrumentKind.PerpetualOption) with { FundingPeriod = 300 * VenueScript.Second });
            Venue.SetFees(1, FeeBasis.TradedValue, 0, new TierRates(Maker: -20, Taker: 50, Settlement: 700, Funding: 900));
            for (uint id = 1; id <= 3; id++)
            {
                Venue.SetInstrumentFees(id, 1);
                DeltaIndices[id] = Engine.View.DeltaIndex(new InstrumentId(id)).Value;
            }

            for (uint asset = Coin; asset <= Chip; asset++)
            {
                var (perUnit, quotePerTick) = _assets[asset - 1];
                Venue.ListAsset(asset, 1, perUnit, quotePerTick, Haircut, 1_000_000_000, 500_000_000);
            }

            Engine.SendInternal(SettlementPoolTermsEncoder.Wrap(Engine.Buffer).SetShareOfClaimPpm(1_000_000).SetKinkPpm(500_000)
                .SetCapAtoms(1L << 50).SetIdleRatePpm(1_000_000).SetKinkRatePpm(2_000_000).SetFullRatePpm(3_000_000)
                .EncodedLength);
            for (var account = First; account <= Last; account++)
            {
                Venue.OpenTrader(account, account % 3 == 0 ? 0 : 100_000_000);
                if (account % 3 == 0)
                {
                    // No cash: what it loses is borrowed.
                    Venue.DepositAsset(account, Coin, 30_000_000 + account, ++_movement);
                    Venue.DepositAsset(account, Chip, 5, ++_movement);
                }
            }
        }

        public EngineHarness Engine { get; } = new();

        public VenueScript Venue { get; }

        /// <summary>As events told them.</summary>
        public Dictionary<uint, Int128> DeltaIndices { get; } = [];

        public Dictionary<uint, Int128> FundingIndices { get; } = [];

        public long SettledPrice { get; private set; } = 100_000;

        public void Run(int commands)
        {
            for (var command = 0; command < commands; command++)
            {
                Engine.TimeNanos += Next(3) * VenueScript.Second;
                if (Next(3) == 0)
                {
                    _price += (long)Next(401) - 200;
                    Venue.Oracle(_price);
                    Read();
                }
                else
                {
                    Trade();
                }
            }

            // Fees and funding that nobody was charged for yet.
            Engine.TimeNanos += 8 * VenueScript.Second;
            Venue.Oracle(_price + 300);
            Read();
        }

        /// <summary>An atom comes in, which applies the account first.</summary>
        public void Touch(uint account) => Venue.Deposit(account, 1, ++_movement);

        public void Dispose() => Engine.Dispose();

        private static ListingWords Option(uint id, InstrumentKind kind) => new()
        {
            Instrument = id, Kind = kind, OptionKind = OptionKind.Call, Strike = 100_000,
            Volatility = VenueScript.FullVolatility,
        };

        private void Trade()
        {
            var (buyer, seller) = (First + (uint)Next(8), First + (uint)Next(8));
            var instrument = 1 + (uint)Next(3);
            var price = instrument == 1 ? _price : 3_000;
            var lots = 1 + (long)Next(3);
            Venue.Order(seller, instrument, Side.Sell, price, lots);
            Read();
            Venue.Order(buyer, instrument, Side.Buy, price, lots, TimeInForce.ImmediateOrCancel);
            Read();
        }

        private ulong Next(ulong bound) => _random.Next() % bound;

        private void Read()
        {
            foreach (var record in Engine.Events.Where(record => record.SchemaId == HftDeltaSchema.Id))
            {
                if (record.TemplateId == DeltaSettlementDecoder.TemplateId)
                {
                    var message = DeltaSettlementDecoder.Trusted(record.Frame);
                    SettledPrice = message.Price;
                    foreach (var entry in message.Instruments)
                    {
                        DeltaIndices[entry.InstrumentId] = entry.DeltaIndex.ToInt128();
                    }
                }
                else if (record.TemplateId == FundingSettlementDecoder.TemplateId)
                {
                    foreach (var entry in FundingSettlementDecoder.Trusted(record.Frame).Instruments)
                    {
                        FundingIndices[entry.InstrumentId] = entry.FundingIndex.ToInt128();
                    }
                }
            }
        }
    }
}
