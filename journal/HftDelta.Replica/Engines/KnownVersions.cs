using HftDelta.Engine;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;

namespace HftDelta.Replica.Engines;

/// <summary>Whether this program may repeat what a journal's segment holds. Pure.</summary>
public static class KnownVersions
{
    /// <summary>To be asked when a record was read: its segment names the version of whoever wrote it.</summary>
    /// <exception cref="JournalException">A later program wrote it, which may have decided otherwise.</exception>
    public static void Prove(JournalReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (reader.EngineVersion > EngineVersions.Newest)
        {
            throw new JournalException(
                JournalFault.FormatUnknown,
                $"record {reader.LastSequence} was written by a program with engine version {reader.EngineVersion}, and this one "
                + $"knows versions up to {EngineVersions.Newest}; it would decide otherwise, and nothing was changed.\n"
                + $"  next: run the program that wrote it, or a later one.")
            {
                Sequence = reader.LastSequence,
            };
        }
    }
}
