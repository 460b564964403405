using System.Text;
using HftDelta.Node.Cli;
using HftDelta.Primitives.Records;
using HftDelta.Runtime.Storage;
using HftDelta.Tests.Node.Cli;
using HftDelta.Tests.Node.Pipeline;
using HftDelta.Wire.Internal;
using NUnit.Framework;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Export;

/// <summary>
/// A journal on disk in which much happens: two lives of a venue, between them a request that was taken out; trades of two
/// instruments, of which one has an awkward symbol; settlement; cancels and refusals.
/// </summary>
internal sealed class EventfulJournal : IDisposable
{
    /// <summary>What a reader of CSV stumbles over.</summary>
    public const string AwkwardSymbol = "A \"B\", C\n=D";

    public const int RoundsOfALife = 12;

    private EventfulJournal(string location) => Location = location;

    public string Location { get; }

    /// <summary>Where a request was taken out.</summary>
    public long Quarantined { get; private set; }

    public long Last { get; private set; }

    public static EventfulJournal Make()
    {
        var journal = new EventfulJournal(Path.Combine(Path.GetTempPath(), $"hftdelta-eventful-{Guid.NewGuid():N}"));
        var options = VenueDriver.SmallOptions() with { OnNotice = _ => { } };
        using var first = VenueDriver.Trading(options, new FileStorage(journal.Location));
        List(first, 2, AwkwardSymbol);
        first.OpenAccount(23, 5_000);
        first.Idle();
        Live(first, 0);
        first.Venue.Stop();
        first.Venue.Dispose();

        VenueDriver.AppendRequest(new FileStorage(journal.Location), request: 9_999);
        journal.Quarantined = first.Venue.LastSequence.Value + 1;
        var quarantine = Run.Of("journal", "quarantine", journal.Location, $"{journal.Quarantined}");
        Assert.That(quarantine.ExitCode, Is.EqualTo(ExitCode.Ok), quarantine.Error);

        using var second = new VenueDriver(options, new FileStorage(journal.Location), clock: first.Clock);
        second.ContinueFrom(first);
        second.Venue.StartByHand();
        second.Idle();
        Live(second, 1_000);
        second.Venue.Stop();
        journal.Last = second.Venue.LastSequence.Value;
        return journal;
    }

    public void Dispose() => Directory.Delete(Location, recursive: true);

    private static void Live(VenueDriver driver, long above)
    {
        for (var round = 0; round < RoundsOfALife; round++)
        {
            var instrument = 1 + ((uint)round % 2);
            Order(driver, VenueDriver.Maker, Side.Sell, 1_001 + round, 5 + round, instrument);
            Order(driver, VenueDriver.Taker, Side.Buy, 1_001 + round, 3, instrument);
            Order(driver, 23, Side.Buy, 1_000_000, 1_000, instrument);
            driver.Cancel(VenueDriver.Taker, orderId: 77);
            driver.Idle();
            driver.Oracle(1_000 + above + (7 * (round % 5)) + round);
            driver.Idle();
        }

        foreach (var session in new[] { VenueDriver.Maker, VenueDriver.Taker, 23U, VenueDriver.OracleSession })
        {
            driver.Received(session);
        }

        VenueDriver.Received(driver.Venue.Operator);
    }

    private static void Order(VenueDriver driver, uint account, Side side, long price, long lots, uint instrument)
    {
        var frame = driver.OrderFrame(account, side, price, lots, instrument: instrument);
        driver.Request(account, frame.Length);
    }

    private static void List(VenueDriver driver, uint instrument, string symbol)
    {
        var buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
        var length = ListInstrumentEncoder.Wrap(buffer).SetInstrumentId(instrument).SetUnderlyingId(1)
            .SetKind(InstrumentKind.Perpetual).SetAtomsPerTick(3).SetAtomsPerUnderlyingTick(7)
            .SetSymbol(Encoding.ASCII.GetBytes(symbol)).EncodedLength;
        Assert.That(driver.Venue.Operator.TrySend(buffer.AsSpan(0, length)));
    }
}
