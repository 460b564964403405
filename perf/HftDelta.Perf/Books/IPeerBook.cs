using HftDelta.Node.BookReplay;

namespace HftDelta.Perf.Books;

/// <summary>A book that is measured beside the production book: the same stream, the same digest of its trades.</summary>
internal interface IPeerBook
{
    ulong Digest { get; }

    void Apply(ReadOnlySpan<HdbsRecord> records);
}
