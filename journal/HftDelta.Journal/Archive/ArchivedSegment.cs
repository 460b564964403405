using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Archive;

/// <summary>One segment in an archive, as a line of its list says it.</summary>
/// <param name="JournalId">Whose segment it is.</param>
/// <param name="Index">Its number.</param>
/// <param name="FirstSequence">Its first record.</param>
/// <param name="LastSequence">Its last record.</param>
/// <param name="BeginTime">Venue time of its first record.</param>
/// <param name="LengthBytes">Length of the segment.</param>
/// <param name="FileBytes">Length of the compressed file.</param>
/// <param name="FileSha256">Of the compressed file, in hexadecimal.</param>
/// <param name="Sha256">Of the segment, in hexadecimal: what <c>gunzip -c FILE | sha256sum</c> tells.</param>
/// <param name="BlockHash">The journal's block hash chain at its end, in hexadecimal.</param>
public sealed record ArchivedSegment(
    Guid JournalId,
    int Index,
    CommandSequence FirstSequence,
    CommandSequence LastSequence,
    TimeNanos BeginTime,
    long LengthBytes,
    long FileBytes,
    string FileSha256,
    string Sha256,
    string BlockHash);
