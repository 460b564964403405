using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HftDelta.Engine.Books;
using HftDelta.Primitives.Units;

namespace HftDelta.Native;

/// <summary>
/// The functions that the public benchmark flash1-dev/matching-engine-benchmark looks for in an engine's library: one book per
/// process, messages in, reports out through our own queue. Its reports and ours have one layout, and the messages are read
/// where they lie. It forbids to look at a message before the one ahead of it is done, so there is no look-ahead here.
/// </summary>
internal static unsafe class HarnessExports
{
    private const int OrderCapacity = 1 << 20;
    private const int LevelsMax = 1 << 18;
    private const int MiddleTicks = 32_768;
    private const int SpinsBeforeYield = 1_000;

    private static NativeBook? s_book;
    private static ReportQueue? s_reports;
    private static Transport* s_transport;

    [UnmanagedCallersOnly(EntryPoint = "engine_get_transport", CallConvs = [typeof(CallConvCdecl)])]
    public static Transport* GetTransport()
    {
        if (s_transport != null) return s_transport;
        s_transport = (Transport*)NativeMemory.AllocZeroed((nuint)sizeof(Transport));
        s_transport->Create = &CreateQueue;
        s_transport->Push = &Push;
        s_transport->Drain = &Drain;
        s_transport->Flush = &FlushQueue;
        s_transport->Destroy = &DestroyQueue;
        return s_transport;
    }

    [UnmanagedCallersOnly(EntryPoint = "engine_init", CallConvs = [typeof(CallConvCdecl)])]
    public static void Init(ulong nonce, void* transport, void* queue)
    {
        _ = (nonce, (nint)transport, (nint)queue);
        var geometry = BookGeometry.Around(new PriceTicks(MiddleTicks), BookGeometry.LargeBandTicks);
        s_book = new NativeBook(OrderCapacity, s_reports!, geometry with { LevelsMax = LevelsMax });
    }

    [UnmanagedCallersOnly(EntryPoint = "engine_shutdown", CallConvs = [typeof(CallConvCdecl)])]
    public static void Shutdown()
    {
        s_book?.Dispose();
        s_book = null;
    }

    [UnmanagedCallersOnly(EntryPoint = "engine_flush", CallConvs = [typeof(CallConvCdecl)])]
    public static void Flush() => s_book!.Reports.Publish();

    [UnmanagedCallersOnly(EntryPoint = "engine_on_new_order", CallConvs = [typeof(CallConvCdecl)])]
    public static void OnNewOrder(Body* order) => Apply(s_book!, CommandType.New, order);

    [UnmanagedCallersOnly(EntryPoint = "engine_on_cancel", CallConvs = [typeof(CallConvCdecl)])]
    public static void OnCancel(Body* cancel) => Apply(s_book!, CommandType.Cancel, cancel);

    [UnmanagedCallersOnly(EntryPoint = "engine_on_modify", CallConvs = [typeof(CallConvCdecl)])]
    public static void OnModify(Body* modify) => Apply(s_book!, CommandType.Replace, modify);

    [UnmanagedCallersOnly(EntryPoint = "engine_on_batch", CallConvs = [typeof(CallConvCdecl)])]
    public static void OnBatch(Message* messages, uint count)
    {
        var book = s_book!;
        for (var message = messages; message < messages + count; message++) Apply(book, message->Type, &message->Body);
    }

    [UnmanagedCallersOnly(EntryPoint = "engine_query_best_bid", CallConvs = [typeof(CallConvCdecl)])]
    public static long BestBid() => s_book!.Book.TryGetBest(Side.Buy, out var price) ? price.Value : long.MinValue;

    [UnmanagedCallersOnly(EntryPoint = "engine_query_best_ask", CallConvs = [typeof(CallConvCdecl)])]
    public static long BestAsk() => s_book!.Book.TryGetBest(Side.Sell, out var price) ? price.Value : long.MaxValue;

    [UnmanagedCallersOnly(EntryPoint = "engine_query_depth_at", CallConvs = [typeof(CallConvCdecl)])]
    public static ulong DepthAt(long priceTicks, byte side) =>
        (ulong)s_book!.Book.VolumeAt((Side)(side & 1), new PriceTicks(priceTicks)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(NativeBook book, byte type, Body* body)
    {
        while (!TryApply(book, type, body)) WaitForRoom(book);
        while (book.IsSuspended)
        {
            WaitForRoom(book);
            book.TryResume();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryApply(NativeBook book, byte type, Body* body) => type switch
    {
        CommandType.New => book.TryNew(
            body->OrderId, body->Sequence, body->PriceTicks, body->Quantity, body->Side, body->IsImmediate != 0),
        CommandType.Cancel => book.TryCancel(body->OrderId, body->Sequence),
        _ => book.TryReplace(body->OrderId, body->Sequence, body->PriceTicks, body->Quantity),
    };

    /// <summary>The queue is full: shows the reader all there is and gives it time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WaitForRoom(NativeBook book)
    {
        book.Reports.Publish();
        for (var spins = 0; !book.Reports.HasRoom(NativeBook.RoomForCommand); spins++)
        {
            if (spins < SpinsBeforeYield) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* CreateQueue(uint capacity)
    {
        s_reports = new ReportQueue((int)capacity);
        return s_transport;
    }

    /// <summary>Reports that do not come from our book have no place in its queue.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Push(void* queue, NativeReport* report) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint Drain(void* queue, NativeReport* reports, uint max) => (uint)s_reports!.Poll(reports, (int)max);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FlushQueue(void* queue) => s_reports!.Publish();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void DestroyQueue(void* queue)
    {
        s_reports?.Dispose();
        s_reports = null;
    }

    /// <summary>A message: 40 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct Message
    {
        [FieldOffset(0)] public byte Type;
        [FieldOffset(8)] public Body Body;
    }

    /// <summary>What its kinds have in common; a cancel ends after the sequence.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    internal struct Body
    {
        [FieldOffset(0)] public ulong OrderId;
        [FieldOffset(8)] public ulong Sequence;
        [FieldOffset(16)] public long PriceTicks;
        [FieldOffset(24)] public uint Quantity;
        [FieldOffset(28)] public byte Side;
        [FieldOffset(29)] public byte IsImmediate;
    }

    /// <summary>The functions of a queue of reports.</summary>
    internal struct Transport
    {
        public delegate* unmanaged[Cdecl]<uint, void*> Create;
        public delegate* unmanaged[Cdecl]<void*, NativeReport*, int> Push;
        public delegate* unmanaged[Cdecl]<void*, NativeReport*, uint, uint> Drain;
        public delegate* unmanaged[Cdecl]<void*, void> Flush;
        public delegate* unmanaged[Cdecl]<void*, void> Destroy;
    }
}
