using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HftDelta.Engine.Books;
using HftDelta.Primitives.Units;

namespace HftDelta.Native;

/// <summary>
/// The functions of <c>hftdelta_book.h</c>. Nothing is thrown to the caller: a fault inside the book is the status
/// <see cref="Broken"/>, after which the book may only be destroyed.
/// </summary>
internal static unsafe class BookExports
{
    public const int Ok = 0;
    public const int InvalidArgument = -1;
    public const int OutOfMemory = -2;
    public const int Broken = -3;

    private const int ReportsMax = 1 << 26;

    [UnmanagedCallersOnly(EntryPoint = "hftdelta_book_create", CallConvs = [typeof(CallConvCdecl)])]
    public static int Create(NativeOptions* options, nint* book)
    {
        if (options == null || book == null) return InvalidArgument;
        *book = 0;
        try
        {
            if (!TryMake(in *options, out var made)) return InvalidArgument;
            *book = GCHandle.ToIntPtr(GCHandle.Alloc(made));
            return Ok;
        }
        catch (OutOfMemoryException)
        {
            return OutOfMemory;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "hftdelta_book_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static void Destroy(nint book)
    {
        if (book == 0) return;
        var held = Of(book);
        held.Dispose();
        held.Reports.Dispose();
        GCHandle.FromIntPtr(book).Free();
    }

    [UnmanagedCallersOnly(EntryPoint = "hftdelta_book_submit", CallConvs = [typeof(CallConvCdecl)])]
    public static int Submit(nint book, NativeCommand* commands, uint count)
    {
        if (book == 0 || (commands == null && count != 0) || count > int.MaxValue) return InvalidArgument;
        try
        {
            return Of(book).Submit(new ReadOnlySpan<NativeCommand>(commands, (int)count));
        }
        catch (Primitives.InvariantBrokenException)
        {
            return Broken;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "hftdelta_book_poll", CallConvs = [typeof(CallConvCdecl)])]
    public static int Poll(nint book, NativeReport* reports, uint max)
    {
        if (book == 0 || (reports == null && max != 0)) return InvalidArgument;
        return Of(book).Reports.Poll(reports, max > ReportsMax ? ReportsMax : (int)max);
    }

    [UnmanagedCallersOnly(EntryPoint = "hftdelta_book_is_suspended", CallConvs = [typeof(CallConvCdecl)])]
    public static int IsSuspended(nint book)
    {
        if (book == 0) return InvalidArgument;
        return Of(book).IsSuspended ? 1 : 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "hftdelta_book_snapshot", CallConvs = [typeof(CallConvCdecl)])]
    public static int Snapshot(nint book, byte side, NativeLevel* levels, uint max)
    {
        if (book == 0 || side > 1 || (levels == null && max != 0)) return InvalidArgument;
        var source = Of(book).Book;
        var has = source.TryGetBest((Side)side, out var price);
        var count = 0;
        for (; has && count < (int)(max & int.MaxValue); count++)
        {
            levels[count] = new NativeLevel
            {
                PriceTicks = price.Value,
                VolumeLots = source.VolumeAt((Side)side, price).Value,
                Orders = (uint)source.CountAt((Side)side, price),
            };
            has = source.TryGetNext((Side)side, price, out price);
        }

        return count;
    }

    private static bool TryMake(in NativeOptions options, out NativeBook? book)
    {
        book = null;
        if (options.StructBytes != sizeof(NativeOptions)) return false;
        if (options.OrderCapacity is 0 or > OrderSlab.CapacityMax || options.ReportCapacity is < 2 or > ReportsMax) return false;
        if (options.Reserved != 0 || options.LevelsMax > BookGeometry.LevelsLimit) return false;
        var geometry = options.BandTicks switch
        {
            0 => BookGeometry.None,
            BookGeometry.SmallBandTicks or BookGeometry.LargeBandTicks =>
                BookGeometry.Around(new PriceTicks(options.MiddleTicks), (int)options.BandTicks),
            _ => new BookGeometry(default, -1),
        };
        geometry = geometry with { LevelsMax = (int)options.LevelsMax };
        if (!geometry.IsValid) return false;
        var reports = new ReportQueue((int)options.ReportCapacity);
        book = new NativeBook((int)options.OrderCapacity, reports, geometry);
        return true;
    }

    private static NativeBook Of(nint book) => (NativeBook)GCHandle.FromIntPtr(book).Target!;
}
