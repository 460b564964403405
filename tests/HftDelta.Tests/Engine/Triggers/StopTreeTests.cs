using CsCheck;
using HftDelta.Engine;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Triggers;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Triggers;

/// <summary>The tree of waiting stops against a sorted list, and how deep it can get.</summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StopTreeTests
{
    private static readonly EngineLimits Limits = EngineLimits.Small with { Orders = 4_096, ExtendedOrders = 4_096 };

    [TestCase(false)]
    [TestCase(true)]
    public void It_gives_what_a_sorted_list_gives(bool isSell) => Gen.Select(
        Gen.Int[0, 2], Gen.Long[1, 12], Gen.Int[0, 1_000]).Array[1, 200].Sample(
        steps =>
        {
            using var orders = new OrderStore(Limits);
            var tree = new StopTree(orders);
            var model = new List<(long Key, ulong Entry, uint Record)>();
            uint root = 0;
            ulong entry = 0;
            foreach (var (kind, trigger, place) in steps)
            {
                if (kind == 0 && model.Count > 0)
                {
                    var at = place % model.Count;
                    root = tree.Remove(root, model[at].Record);
                    orders.Extras.Remove(model[at].Record);
                    model.RemoveAt(at);
                }
                else
                {
                    var record = Add(orders, trigger, isSell);
                    root = tree.Add(root, record);
                    model.Add((isSell ? -trigger : trigger, ++entry, record));
                    model.Sort();
                }

                Assert.That(tree.First(root), Is.EqualTo(model.Count == 0 ? 0 : model[0].Record));
            }

            Assert.That(InOrder(orders, root), Is.EqualTo(model.Select(stop => stop.Record)));
        },
        iter: 300);

    [TestCase("rising")]
    [TestCase("falling")]
    [TestCase("outside in")]
    public void No_order_of_entry_makes_it_deep(string shape)
    {
        const int Count = 4_000;
        using var orders = new OrderStore(Limits);
        var tree = new StopTree(orders);
        uint root = 0;
        for (var index = 0; index < Count; index++)
        {
            var trigger = shape switch
            {
                "rising" => 1 + index,
                "falling" => Count - index,
                _ => index % 2 == 0 ? 1 + index : (2 * Count) - index,
            };
            root = tree.Add(root, Add(orders, trigger, isSell: false));
        }

        Assert.That(DepthOf(orders, root), Is.LessThanOrEqualTo(17), "1.44 times the logarithm of their number");
        for (var index = 0; index < Count; index++)
        {
            var first = tree.First(root);
            root = tree.Remove(root, first);
            orders.Extras.Remove(first);
        }

        Assert.That(root, Is.Zero);
    }

    private static uint Add(OrderStore orders, long trigger, bool isSell)
    {
        // A slot for each record ever made: numbers stay in order when records are used again.
        orders.Slab.TryAllocate(out var slot);
        var record = orders.Extras.Add(slot);
        orders.Extras[record].TriggerPrice = trigger;
        orders.Extras[record].IsSell = isSell ? (byte)1 : (byte)0;
        return record;
    }

    private static List<uint> InOrder(OrderStore orders, uint root)
    {
        var records = new List<uint>();
        void Visit(uint node)
        {
            if (node != 0)
            {
                Visit(orders.Extras[node].Previous);
                records.Add(node);
                Visit(orders.Extras[node].Next);
            }
        }

        Visit(root);
        return records;
    }

    private static int DepthOf(OrderStore orders, uint root) => root == 0
        ? 0
        : 1 + Math.Max(DepthOf(orders, orders.Extras[root].Previous), DepthOf(orders, orders.Extras[root].Next));
}
