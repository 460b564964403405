using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Tests.Node.Pipeline;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Cli;

/// <summary>A journal on disk that a venue wrote, with a few hash points, and what the live venue said of itself.</summary>
internal sealed class RecordedJournal : IDisposable
{
    private RecordedJournal(string directory) => Location = directory;

    public string Location { get; }

    public Guid JournalId { get; private set; }

    public CommandSequence LastSequence { get; private set; }

    public string StateHash { get; private set; } = "";

    public static RecordedJournal Make()
    {
        var journal = new RecordedJournal(
            Path.Combine(Path.GetTempPath(), $"hftdelta-journal-{Guid.NewGuid():N}"));
        using var driver = VenueDriver.Trading(storage: new FileStorage(journal.Location));
        for (var round = 0; round < 40; round++)
        {
            for (var index = 0; index < 30; index++)
            {
                driver.Order(VenueDriver.Maker, Side.Sell, 1_001 + index, 1);
            }

            driver.Order(VenueDriver.Taker, Side.Buy, 1_030, 30);
            driver.Idle();
            driver.Received(VenueDriver.Maker);
            driver.Received(VenueDriver.Taker);
            driver.Received(VenueDriver.OracleSession);
            VenueDriver.Received(driver.Venue.Operator);
        }

        journal.StateHash = driver.Venue.Processor.StateHash().ToString();
        journal.LastSequence = driver.Venue.LastSequence;
        journal.JournalId = driver.Venue.JournalId;
        driver.Venue.Stop();
        return journal;
    }

    /// <summary>A copy that a test may damage.</summary>
    public RecordedJournal Copy()
    {
        var copy = new RecordedJournal(Path.Combine(Path.GetTempPath(), $"hftdelta-journal-{Guid.NewGuid():N}"))
        {
            JournalId = JournalId,
            LastSequence = LastSequence,
            StateHash = StateHash,
        };
        Directory.CreateDirectory(copy.Location);
        foreach (var file in Directory.EnumerateFiles(Location))
        {
            File.Copy(file, Path.Combine(copy.Location, Path.GetFileName(file)));
        }

        return copy;
    }

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
