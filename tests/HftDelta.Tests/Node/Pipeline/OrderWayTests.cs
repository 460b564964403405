using HftDelta.Primitives.Units;
using HftDelta.Wire;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>One order through the whole house, stepped by hand.</summary>
[CancelAfter(20_000)]
internal sealed class OrderWayTests
{
    [Test]
    public void An_order_goes_in_and_its_report_comes_out()
    {
        using var driver = VenueDriver.Trading();

        driver.Order(VenueDriver.Maker, Side.Sell, 1_001, 5);
        driver.Idle();
        driver.Order(VenueDriver.Taker, Side.Buy, 1_001, 2);
        driver.Idle();

        Assert.That(
            driver.Received(VenueDriver.Taker).Select(one => one.TemplateId),
            Is.EqualTo(new[] { OrderAcceptedDecoder.TemplateId, OrderFilledDecoder.TemplateId }));
        Assert.That(
            driver.Received(VenueDriver.Maker).Select(one => one.TemplateId),
            Is.EqualTo(new[] { OrderAcceptedDecoder.TemplateId, OrderFilledDecoder.TemplateId }));
        Assert.That(
            driver.Venue.Processor.View.Position(new AccountId(VenueDriver.Taker), new InstrumentId(1)).Value, Is.EqualTo(2));
    }
}
