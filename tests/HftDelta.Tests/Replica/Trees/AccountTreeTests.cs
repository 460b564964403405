using HftDelta.Engine;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Trees;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Replica.Trees;

[TestFixture]
[CancelAfter(120_000)]
public sealed class AccountTreeTests
{
    private const uint FirstAccount = 16;
    private const uint LastAccount = 25;

    private static readonly Keccak256 Keccak = new();

    [Test]
    public void The_incremental_tree_is_the_one_that_is_computed_from_nothing()
    {
        for (var seed = 1UL; seed <= 4; seed++)
        {
            using var engine = new EngineHarness();
            var life = new Life(engine, seed);
            var tree = new AccountTree(engine.Limits);
            for (var epoch = 1; epoch <= 8; epoch++)
            {
                life.Run(commands: 25);
                var stateHash = engine.Processor.StateHash();
                var root = tree.Update(engine.View);

                Assert.That(engine.Processor.RecomputeStateHash(), Is.EqualTo(stateHash), "the core is not touched");
                Assert.That(new AccountTree(engine.Limits).Update(engine.View), Is.EqualTo(root), $"seed {seed}");
                for (var id = FirstAccount; id <= LastAccount + 1; id++)
                {
                    var proof = tree.Prove(new AccountId(id));
                    Assert.That(proof.Verify(root), Is.True);
                    var expected = tree.Leaf(new AccountId(id))?.Hash(Keccak) ?? Bytes32.Zero;
                    Assert.That(proof.Leaf, Is.EqualTo(expected));
                }
            }

            Assert.That(tree.LeavesHashed, Is.LessThan(8 * tree.AccountCount), "some accounts stood still");
        }
    }

    [Test]
    public void A_leaf_says_what_the_account_has_once_the_engine_itself_applies_it()
    {
        for (var seed = 10UL; seed <= 14; seed++)
        {
            using var engine = new EngineHarness();
            var life = new Life(engine, seed);
            life.Run(commands: 150);
            var tree = new AccountTree(engine.Limits);
            tree.Update(engine.View);
            var equities = Enumerable.Range(0, (int)(LastAccount + 1))
                .Select(id => engine.View.IsOpen(new AccountId((uint)id)) ? engine.View.Equity(new AccountId((uint)id)) : default)
                .ToArray();
            var positions = Enumerable.Range(0, (int)(LastAccount + 1))
                .Select(id => PositionsOf(engine.View, new AccountId((uint)id))).ToArray();

            // A trade in a new instrument applies both sides, and what it pays besides is known.
            life.ListTouchstone();
            for (var id = FirstAccount; id < LastAccount; id += 2)
            {
                var net = life.Touch(buyer: id, seller: id + 1);
                AssertIsApplied(engine.View, tree.Leaf(new AccountId(id))!.Value, -net, $"seed {seed} account {id}");
                AssertIsApplied(engine.View, tree.Leaf(new AccountId(id + 1))!.Value, net, $"seed {seed} account {id + 1}");
            }

            for (var id = FirstAccount; id <= LastAccount; id++)
            {
                var leaf = tree.Leaf(new AccountId(id))!.Value;
                var escape = equities[id].Value > 0 ? equities[id].FloorAtoms : 0;
                Assert.That(leaf.EscapeValue, Is.EqualTo((UInt128)escape), $"seed {seed} account {id}");
                Assert.That(leaf.PositionsRoot, Is.EqualTo(positions[id]), $"seed {seed} account {id}");
            }
        }
    }

    [Test]
    public void A_leaf_is_packed_as_its_table_says()
    {
        var leaf = new AccountLeaf
        {
            Id = new AccountId(0x010203),
            Owner = EthereumAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            Nonce = 5,
            Cash = new Atoms(-2),
            Dust = 0xfffffffe,
            PositionsRoot = Bytes32.FromNumber(7),
            SessionKeysHash = Bytes32.FromNumber(8),
            Flags = 9,
            EscapeValue = ((UInt128)1 << 64) + 10,
        };
        var bytes = new byte[AccountLeaf.LengthBytes];
        leaf.Write(bytes);

        Assert.That(
            Convert.ToHexStringLower(bytes),
            Is.EqualTo(
                "00" + "00010203" + "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed" + "0000000000000005" + "0001"
                + "fffffffffffffffe" + "fffffffe" + $"{7:x64}" + $"{8:x64}" + "00000009"
                + "0000000000000001000000000000000a"));
        Assert.That(leaf.Hash(Keccak), Is.EqualTo(Keccak256.Compute(bytes)));
    }

    [Test]
    public void An_empty_venue_has_its_own_accounts_alone()
    {
        using var engine = new EngineHarness();
        var tree = new AccountTree(engine.Limits);
        tree.Update(engine.View);
        Assert.That(tree.AccountCount, Is.EqualTo(VenueState.DeliveryAccount));
        Assert.That(tree.Leaf(new AccountId(1))!.Value.PositionsRoot, Is.EqualTo(Bytes32.Zero));
        Assert.That(tree.Leaf(new AccountId(FirstAccount)), Is.Null);
    }

    private static void AssertIsApplied(VenueView view, AccountLeaf leaf, Int128 paidSubAtoms, string context)
    {
        var before = ((Int128)leaf.Cash.Value << 32) + leaf.Dust;
        var after = ((Int128)view.Cash(leaf.Id).Value << 32) + view.Dust(leaf.Id);
        Assert.That(after - before, Is.EqualTo(paidSubAtoms), context);
    }

    // Every instrument asked for by itself, in order: the slow way round.
    private static Bytes32 PositionsOf(VenueView view, AccountId account)
    {
        var bytes = new List<byte> { 2 };
        for (uint id = 1; id <= view.InstrumentCount; id++)
        {
            var lots = view.Position(account, new InstrumentId(id)).Value;
            if (lots != 0)
            {
                bytes.AddRange(Convert.FromHexString($"{id:x8}{lots:x16}"));
            }
        }

        return bytes.Count == 1 ? Bytes32.Zero : Keccak256.Compute(bytes.ToArray());
    }

    /// <summary>Trades at random in a perpetual, a future and two options, while the price moves.</summary>
    private sealed class Life
    {
        private const uint Instruments = 4;
        private const uint Touchstone = 5;

        private readonly EngineHarness _engine;
        private readonly VenueScript _venue;
        private SplitMix64 _random;
        private long _price = 100_000;

        public Life(EngineHarness engine, ulong seed)
        {
            _engine = engine;
            _venue = new VenueScript(engine);
            _random = new SplitMix64(seed);
            _venue.ListUnderlying(thresholdTicks: 20);
            _venue.Oracle(_price);
            var expiry = engine.TimeNanos + (30UL * 86_400 * VenueScript.Second);
            _venue.ListPerpetual(1);
            _venue.ListFuture(2, expiry);
            _venue.ListOption(3, isCall: true, 100_000, expiry);
            _venue.ListOption(4, isCall: false, 99_000, expiry);
            for (var account = FirstAccount; account <= LastAccount; account++)
            {
                _venue.OpenTrader(account, 50_000_000);
            }
        }

        public void Run(int commands)
        {
            for (var command = 0; command < commands; command++)
            {
                _engine.TimeNanos += _random.Next() % VenueScript.Second;
                if (_random.Next() % 4 == 0)
                {
                    _price += (long)(_random.Next() % 401) - 200;
                    _venue.Oracle(_price);
                }
                else
                {
                    Trade();
                }
            }
        }

        public void ListTouchstone() => _venue.ListPerpetual(Touchstone);

        /// <summary>One lot of an instrument that nobody has traded.</summary>
        /// <returns>The sub-atoms that the buyer paid and the seller received.</returns>
        public Int128 Touch(uint buyer, uint seller)
        {
            var trades = _engine.View.LastTradeId;
            _venue.Order(seller, Touchstone, Side.Sell, _price, 1);
            _venue.Order(buyer, Touchstone, Side.Buy, _price, 1);
            Assert.That(_engine.View.LastTradeId, Is.EqualTo(trades + 1), "they trade with each other");
            return ((Int128)_price << 32) - _engine.View.DeltaIndex(new InstrumentId(Touchstone)).Value;
        }

        private void Trade()
        {
            // Two accounts of the first six: the others never trade, so their leaves stand still.
            var buyer = FirstAccount + (uint)(_random.Next() % 6);
            var seller = FirstAccount + (uint)(_random.Next() % 6);
            var instrument = 1 + (uint)(_random.Next() % Instruments);
            var price = instrument <= 2 ? _price : 2_000;
            var lots = 1 + (long)(_random.Next() % 9);
            _venue.Order(seller, instrument, Side.Sell, price, lots);
            _venue.Order(buyer, instrument, Side.Buy, price, lots, HftDelta.Wire.TimeInForce.ImmediateOrCancel);
        }
    }
}
