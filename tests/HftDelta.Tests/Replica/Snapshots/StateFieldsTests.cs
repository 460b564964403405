using HftDelta.Engine;
using HftDelta.Primitives.Collections;
using HftDelta.Replica.Snapshots;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Snapshots;

/// <summary>
/// Every field that the engine can reach is held by a snapshot or named as no state. A new field is held without anybody's doing;
/// one of a kind that cannot be held fails here by its name.
/// </summary>
[TestFixture]
[CancelAfter(20_000)]
public sealed class StateFieldsTests
{
    [Test]
    public void Every_field_that_the_engine_can_reach_is_of_a_kind_that_a_snapshot_holds()
    {
        var seen = new HashSet<Type>();
        var fields = 0;
        Walk(typeof(CommandProcessor), seen, ref fields);
        TestContext.Out.WriteLine($"{seen.Count} types, {fields} fields");
        Assert.That(seen.Select(type => type.Name), Is.SupersetOf(new[]
        {
            "VenueState", "AccountTable", "PositionTable", "OrderBook", "OrderSlab", "SessionTable", "FrameHistory",
            "PendingQueue",
            "Timers", "GovernanceTable", "WithdrawalTable", "ObligationTable", "SettlementPool", "RiskWorkspace", "EventWriter",
        }));
        Assert.That(fields, Is.GreaterThan(400));
    }

    [Test]
    public void A_kind_that_cannot_be_held_is_refused_by_the_name_of_its_field()
    {
        foreach (var type in new[] { typeof(WithDelegate), typeof(WithInterface), typeof(WithOpenClass) })
        {
            Assert.That(
                () => StateFields.All.Of(type),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains($"{type.Name}.Held"), type.Name);
        }
    }

    [Test]
    public void What_is_written_is_read_back_of_every_kind()
    {
        var written = new Kinds { Number = 7, Numbers = [1, 2, 3], Same = new Leaf { Value = 5 } };
        written.Slab.At(9) = 81;
        written.Again = written.Same;
        written.Leaves[1] = new Leaf { Value = 6 };
        unsafe
        {
            written.Place = written.Slab.Pointer + 9;
        }

        var output = new ImageOutput(64);
        StateImageWriter.Write(written, StateFields.All, output);
        var read = new Kinds { Number = 1 };
        StateImageReader.Read(read, StateFields.All, SnapshotLife.InputOf(output));
        Assert.That(read.Number, Is.EqualTo(7));
        Assert.That(read.Numbers, Is.EqualTo(new[] { 1L, 2, 3 }));
        Assert.That(read.Same!.Value, Is.EqualTo(5));
        Assert.That(read.Again, Is.SameAs(read.Same), "one object, not two alike");
        Assert.That(read.Leaves.Select(leaf => leaf?.Value), Is.EqualTo(new int?[] { null, 6 }));
        Assert.That(read.Slab.At(9), Is.EqualTo(81));
        unsafe
        {
            Assert.That((nint)read.Place, Is.EqualTo((nint)(read.Slab.Pointer + 9)), "the place in its own slab");
        }

        written.Slab.Dispose();
        read.Slab.Dispose();
    }

    private static void Walk(Type type, HashSet<Type> seen, ref int fields)
    {
        if (!seen.Add(type))
        {
            return;
        }

        foreach (var field in StateFields.All.Of(type))
        {
            fields++;
            var of = field.Info.FieldType;
            switch (field.Form)
            {
                case FieldForm.Object or FieldForm.Struct:
                    Walk(of, seen, ref fields);
                    break;
                case FieldForm.Objects:
                    Assert.That(of.GetElementType()!.IsSealed, $"{field.Info}: the array's elements");
                    Walk(of.GetElementType()!, seen, ref fields);
                    break;
                case FieldForm.Slab:
                    _ = ValueLayout.AddressesIn(of.GetGenericArguments()[0]);
                    break;
                default:
                    break;
            }
        }
    }

    private sealed class Leaf
    {
        public int Value { get; set; }
    }

    private sealed unsafe class Kinds
    {
        public NativeSlab<ulong> Slab { get; } = new(64);

        public ulong* Place { get; set; }

        public int Number { get; set; }

        public long[]? Numbers { get; set; }

        public Leaf? Same { get; set; }

        public Leaf? Again { get; set; }

        public Leaf?[] Leaves { get; } = new Leaf?[2];
    }

    private sealed class WithDelegate(Action held)
    {
        public Action Held = held;
    }

    private sealed class WithInterface(IDisposable held)
    {
        public IDisposable Held = held;
    }

    private sealed class WithOpenClass(Exception held)
    {
        public Exception Held = held;
    }
}
