using System.Runtime.CompilerServices;
using HftDelta.Native;

namespace HftDelta.Tests.Native;

/// <summary>The library's functions called as a C program calls them: through pointers, on memory of the caller.</summary>
internal static unsafe class NativeCalls
{
    public static int Create(NativeOptions options, out nint book)
    {
        delegate* unmanaged[Cdecl]<NativeOptions*, nint*, int> create = &BookExports.Create;
        nint made;
        var status = create(&options, &made);
        book = made;
        return status;
    }

    public static int CreateWithout(bool options, bool book)
    {
        delegate* unmanaged[Cdecl]<NativeOptions*, nint*, int> create = &BookExports.Create;
        var some = Options();
        nint made = 0;
        return create(options ? &some : null, book ? &made : null);
    }

    public static void Destroy(nint book)
    {
        delegate* unmanaged[Cdecl]<nint, void> destroy = &BookExports.Destroy;
        destroy(book);
    }

    public static int Submit(nint book, ReadOnlySpan<NativeCommand> commands)
    {
        delegate* unmanaged[Cdecl]<nint, NativeCommand*, uint, int> submit = &BookExports.Submit;
        fixed (NativeCommand* first = commands) return submit(book, first, (uint)commands.Length);
    }

    public static int Poll(nint book, Span<NativeReport> reports)
    {
        delegate* unmanaged[Cdecl]<nint, NativeReport*, uint, int> poll = &BookExports.Poll;
        fixed (NativeReport* first = reports) return poll(book, first, (uint)reports.Length);
    }

    public static int IsSuspended(nint book)
    {
        delegate* unmanaged[Cdecl]<nint, int> isSuspended = &BookExports.IsSuspended;
        return isSuspended(book);
    }

    public static int Snapshot(nint book, byte side, Span<NativeLevel> levels)
    {
        delegate* unmanaged[Cdecl]<nint, byte, NativeLevel*, uint, int> snapshot = &BookExports.Snapshot;
        fixed (NativeLevel* first = levels) return snapshot(book, side, first, (uint)levels.Length);
    }

    public static NativeOptions Options() => new()
    {
        StructBytes = (uint)Unsafe.SizeOf<NativeOptions>(),
        OrderCapacity = 4_096,
        LevelsMax = 2_048,
        ReportCapacity = 1_024,
        BandTicks = 4_096,
        MiddleTicks = 10_000,
    };
}
