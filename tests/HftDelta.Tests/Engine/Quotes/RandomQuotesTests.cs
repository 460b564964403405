using HftDelta.Engine;
using HftDelta.Simulation.Engines;
using HftDelta.Simulation.Randomness;
using HftDelta.Tests.Engine.Orders;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Engine.Quotes;

/// <summary>
/// Quotes, protection and mass cancels under the smallest bounds, so that pulls and cancels are mostly pending work: the state is
/// audited, a second account of what lives proves what was promised, and the fixture replays it all.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class RandomQuotesTests : VenueFixture
{
    private const int Commands = 4_000;

    private readonly Dictionary<ulong, LiveOrder> _live = [];
    private readonly HashSet<ulong> _pulled = [];
    private readonly Dictionary<ulong, (int Command, ulong[] Covered)> _cancels = [];
    private int _command;
    private int _acted;
    private int _massCanceled;

    protected override EngineLimits Limits => EngineLimits.Small with
    {
        Accounts = 64,
        Orders = 400,
        EventSlotsPerCommand = EngineLimits.EventSlotsPerCommandMin,
        PendingUnitsPerCommand = 3,
    };

    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(3UL)]
    public void Random_quotes_keep_every_promise(ulong seed)
    {
        var random = new SeededRandom(seed);
        _live.Clear();
        _pulled.Clear();
        _cancels.Clear();
        _acted = 0;
        _massCanceled = 0;
        for (_command = 0; _command < Commands; _command++)
        {
            Engine.TimeNanos += random.NextBelow(100);
            Say(random, 20 + (uint)random.NextBelow(3));
            if (_command % 50 == 0)
            {
                Engine.View.Audit();
            }
        }

        Engine.Events.Clear();
        Engine.DrainPendingWork();
        Watch(isProtected: false);
        foreach (var account in new[] { Alice, Bob, Carol })
        {
            Venue.CancelMany(account, request: 1_000_000 + account);
            Engine.DrainPendingWork();
            Watch(isProtected: false);
        }

        Assert.That(Engine.View.OrderCount, Is.Zero, $"seed {seed}");
        Assert.That(_live, Is.Empty, "every end was told");
        Assert.That(_acted, Is.GreaterThan(20));
        Assert.That(_massCanceled, Is.GreaterThan(20));
        Assert.That(Engine.View.ConservationError.Value, Is.EqualTo((Int128)0));
        Assert.That(Engine.SlotsMost, Is.LessThanOrEqualTo(
            Limits.EventSlotsPerCommand + HftDelta.Engine.Output.EventWriter.PaddingSlotsMax));
    }

    private void Say(SeededRandom random, uint account)
    {
        var isProtected = random.Chance(2, 3);
        var flags = isProtected ? ExecutionFlags.MarketMakerProtection : default;
        switch (random.NextBelow(40))
        {
            case < 12:
                var bid = 99_990 + (long)random.NextBelow(20);
                Venue.QuoteMany(
                    account,
                    [
                        new QuoteEntry(Perpetual, bid, Lots(random, 9), bid + 1 + Lots(random, 6), Lots(random, 9)),
                        new QuoteEntry(Call, 2_000, Lots(random, 3), 2_001, Lots(random, 3)),
                    ],
                    flags);
                break;
            case 12:
                var request = (ulong)_command + 1;
                var covered = _live.Where(order => order.Value.Account == account).Select(order => order.Key).ToArray();
                Venue.CancelMany(account, request: request);
                if (!Engine.Told().Any(line => line.StartsWith($"{request} not", StringComparison.Ordinal)))
                {
                    _cancels[request] = (_command, covered);
                }

                break;
            case < 16:
                Venue.SetProtection(
                    account, 1 + random.NextBelow(2_000), random.NextBelow(300), lots: Lots(random, 12),
                    delta: Lots(random, 9) << 32, count: (uint)random.NextBelow(4));
                isProtected = false;
                break;
            default:
                Venue.Order(
                    account, Perpetual, random.Chance(1, 2) ? Side.Buy : Side.Sell, 99_985 + (long)random.NextBelow(30),
                    1 + (long)random.NextBelow(random.Chance(1, 10) ? 60u : 9u), flags: flags);
                break;
        }

        Watch(isProtected);
    }

    /// <summary>Follows the reports of the last commands; new orders among them are protected or not.</summary>
    private void Watch(bool isProtected)
    {
        foreach (var record in Engine.Events.Where(record => record.SchemaId == HftDeltaSchema.Id))
        {
            switch (record.TemplateId)
            {
                case OrderAcceptedDecoder.TemplateId:
                    var accepted = OrderAcceptedDecoder.Trusted(record.Frame);
                    _live.Add(accepted.OrderId, new LiveOrder(accepted.AccountId, isProtected, _command));
                    break;
                case MassQuoteReportDecoder.TemplateId:
                    Watch(MassQuoteReportDecoder.Trusted(record.Frame), isProtected);
                    break;
                case OrderFilledDecoder.TemplateId:
                    var filled = OrderFilledDecoder.Trusted(record.Frame);
                    Assert.That(_pulled.Contains(filled.OrderId), Is.False, $"command {_command}: filled after protection acted");
                    if (filled.Leaves == 0)
                    {
                        Assert.That(_live.Remove(filled.OrderId), Is.True);
                    }

                    break;
                case OrderCanceledDecoder.TemplateId:
                    Watch(OrderCanceledDecoder.Trusted(record.Frame));
                    break;
                case ProtectionReportDecoder.TemplateId:
                    Watch(ProtectionReportDecoder.Trusted(record.Frame));
                    break;
                case MassCancelReportDecoder.TemplateId:
                    var done = MassCancelReportDecoder.Trusted(record.Frame);
                    if (done.Code == 0 && _cancels.Remove(done.ClientOrderId, out var cancel))
                    {
                        _massCanceled++;
                        Assert.That(cancel.Covered.Where(_live.ContainsKey), Is.Empty, $"command {_command}");
                    }

                    break;
            }
        }
    }

    private void Watch(in MassQuoteReportDecoder report, bool isProtected)
    {
        foreach (var entry in report.Quotes)
        {
            foreach (var order in new[] { entry.BidOrderId, entry.AskOrderId })
            {
                if (order != 0)
                {
                    _live.TryAdd(order, new LiveOrder(report.AccountId, isProtected, _command));
                }
            }
        }
    }

    private void Watch(in OrderCanceledDecoder report)
    {
        Assert.That(_live.Remove(report.OrderId, out var order), Is.True, $"command {_command}: ended twice");
        if (report.Reason == CancelReason.MarketMakerProtection)
        {
            Assert.That(_pulled.Contains(report.OrderId), Is.True, $"command {_command}: pulled and not protected");
        }

        if (report.Reason == CancelReason.MassCancel && _cancels.TryGetValue(report.RequestClientOrderId, out var cancel))
        {
            Assert.That(order!.Command, Is.LessThan(cancel.Command), "an order that came after the request");
        }
    }

    private void Watch(in ProtectionReportDecoder report)
    {
        if (report.ClientOrderId != 0)
        {
            return;
        }

        _acted++;
        var account = report.AccountId;
        foreach (var (id, order) in _live)
        {
            if (order.IsProtected && order.Account == account)
            {
                _pulled.Add(id);
            }
        }
    }

    private static long Lots(SeededRandom random, uint below) => (long)random.NextBelow(below);

    private sealed record LiveOrder(uint Account, bool IsProtected, int Command);
}
