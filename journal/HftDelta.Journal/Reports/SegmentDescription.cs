using HftDelta.Journal.Writing;
using HftDelta.Primitives.Units;

namespace HftDelta.Journal.Reports;

/// <summary>One segment as the operator sees it.</summary>
/// <param name="Index">Its number.</param>
/// <param name="FileName">Its file.</param>
/// <param name="FirstSequence">The record that it begins with, or will.</param>
/// <param name="LastSequence">Its last record; one less than the first when it has none.</param>
/// <param name="Records">How many.</param>
/// <param name="RecordBytes">Bytes of its records, padding included.</param>
/// <param name="FileBytes">Length of its file.</param>
/// <param name="BeginTime">Venue time of its first record.</param>
/// <param name="LastTime">Venue time of its last record; the begin time when it has none.</param>
/// <param name="LeaderTerm">Term of its first record.</param>
/// <param name="EngineVersion">Engine version that may replay it.</param>
/// <param name="Schemas">Schemas of its frames.</param>
/// <param name="IsClosed">Whether it has its end marker.</param>
/// <param name="PreviousBlockHash">SHA-256 chain at the end of the segment before, in hexadecimal; empty until it is
/// sealed.</param>
public sealed record SegmentDescription(
    int Index,
    string FileName,
    CommandSequence FirstSequence,
    CommandSequence LastSequence,
    long Records,
    long RecordBytes,
    long FileBytes,
    TimeNanos BeginTime,
    TimeNanos LastTime,
    uint LeaderTerm,
    uint EngineVersion,
    JournalSchemas Schemas,
    bool IsClosed,
    string PreviousBlockHash);
