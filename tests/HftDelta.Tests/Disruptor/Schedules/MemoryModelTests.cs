using NUnit.Framework;

namespace HftDelta.Tests.Disruptor.Schedules;

/// <summary>
/// The ordering arguments of the sequencers, checked on a machine with a weak memory: with the orders that the code uses
/// no execution goes wrong, and without any single one of them some execution does. So none is missing and none is idle.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class MemoryModelTests
{
    private const int Slot = 0;
    private const int Cursor = 1;
    private const int Gate = 2;
    private const int List = 3;
    private const int Added = 4;

    [Test]
    public void Hand_over_and_hand_back_are_right_with_the_orders_in_use()
    {
        var (executions, wrong) = Ring(Order.Release, Order.Acquire, Order.Release, Order.Acquire).RunAll();
        Assert.That(executions, Is.GreaterThan(50));
        Assert.That(wrong, Is.Zero);
    }

    [TestCase(Order.Plain, Order.Acquire, Order.Release, Order.Acquire, TestName = "Plain_publish_is_caught")]
    [TestCase(Order.Release, Order.Plain, Order.Release, Order.Acquire, TestName = "Plain_read_of_the_cursor_is_caught")]
    [TestCase(Order.Release, Order.Acquire, Order.Plain, Order.Acquire, TestName = "Plain_release_of_a_slot_is_caught")]
    public void Missing_order_is_caught(Order publish, Order look, Order release, Order claim) =>
        Assert.That(Ring(publish, look, release, claim).RunAll().Wrong, Is.GreaterThan(0));

    [Test]
    public void Consumer_added_during_a_claim_is_either_seen_or_starts_behind_it()
    {
        var (executions, wrong) = Adding(Order.Full).RunAll();
        Assert.That(executions, Is.GreaterThan(5));
        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public void Missing_fence_before_the_list_is_read_is_caught() =>
        Assert.That(Adding(Order.Plain).RunAll().Wrong, Is.GreaterThan(0));

    /// <summary>
    /// A ring of one slot. The producer publishes event 0 (value 100), and event 1 (value 101) if the consumer has given the
    /// slot back; the consumer looks twice. Registers: 0 the gate or cursor seen, 1 and 2 the values read, 3 the second look.
    /// </summary>
    private static ReorderingMachine Ring(Order publish, Order look, Order release, Order claim)
    {
        Access[] producer =
        [
            new("slot", true, Order.Plain, (memory, _) => memory[Slot] = 100),
            new("cursor", true, publish, (memory, _) => memory[Cursor] = 0),
            new("gate", false, claim, (memory, registers) => registers[0] = memory[Gate]),
            new("slot", true, Order.Plain, (memory, registers) => memory[Slot] = registers[0] >= 0 ? 101 : memory[Slot], 2),
            new("cursor", true, publish, (memory, registers) => memory[Cursor] = registers[0] >= 0 ? 1 : memory[Cursor], 2),
        ];
        Access[] consumer =
        [
            new("cursor", false, look, (memory, registers) => registers[0] = memory[Cursor]),
            new("slot", false, Order.Plain, (memory, registers) => registers[1] = memory[Slot]),
            new("gate", true, release, (memory, registers) => memory[Gate] = registers[0] >= 0 ? 0 : memory[Gate], 0),
            new("cursor", false, look, (memory, registers) => registers[3] = memory[Cursor]),
            new("slot", false, Order.Plain, (memory, registers) => registers[2] = memory[Slot]),
        ];
        return new ReorderingMachine([producer, consumer], [0, -1, -1, 0, 0], 4, (_, files) =>
        {
            var registers = files[1];
            var firstIsRight = registers[0] < 0 || registers[1] == 100;
            var secondIsRight = registers[0] < 0 || registers[3] < 1 || registers[2] == 101;
            return firstIsRight && secondIsRight;
        });
    }

    /// <summary>
    /// The producer publishes up to 5, then looks at the list to learn how far it may claim; meanwhile a consumer is added.
    /// Wrong: the producer found the list empty and measured from 5, and the consumer starts before 5.
    /// </summary>
    private static ReorderingMachine Adding(Order fence)
    {
        Access[] producer =
        [
            new("cursor", true, Order.Release, (memory, _) => memory[Cursor] = 5),
            new("fence", false, fence, (_, _) => { }),
            new("list", false, Order.Acquire, (memory, registers) => registers[0] = memory[List]),
        ];
        Access[] adder =
        [
            new("list", true, Order.Full, (memory, _) => memory[List] = 1),
            new("cursor", false, Order.Acquire, (memory, registers) => registers[0] = memory[Cursor]),
            new("added", true, Order.Release, (memory, registers) => memory[Added] = registers[0]),
        ];
        return new ReorderingMachine([producer, adder], [0, -1, -1, 0, -1], 1, (memory, files) =>
            files[0][0] == 1 || memory[Added] >= 5);
    }
}
