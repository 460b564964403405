using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.BookReplay;

/// <summary>One operation of a recorded stream, as it lies in the file: 32 bytes, little-endian.</summary>
[StructLayout(LayoutKind.Explicit, Size = LengthBytes)]
public struct HdbsRecord
{
    public const int LengthBytes = 32;
    public const byte New = 0;
    public const byte Cancel = 1;
    public const byte GoodTillCancel = 0;
    public const byte ImmediateOrCancel = 1;

    [FieldOffset(0)] public byte Operation;
    [FieldOffset(1)] public byte SideCode;
    [FieldOffset(2)] public byte TimeInForce;

    /// <summary>0 passive, 1 aggressive, 2 cancel, 3 cancel of an order that is gone.</summary>
    [FieldOffset(3)] public byte Kind;

    [FieldOffset(4)] public uint Quantity;
    [FieldOffset(8)] public ulong OrderNumber;
    [FieldOffset(16)] public long PriceTicks;
    [FieldOffset(24)] public ulong Account;

    public readonly Side Side => (Side)SideCode;
}

/// <summary>A recorded stream (HDBS version 1) in memory, checked from end to end.</summary>
public sealed class HdbsStream
{
    private const int HeaderBytes = 64;
    private static readonly string[] ProfileNames = ["mix", "deep", "quote"];

    private readonly HdbsRecord[] _records;

    /// <param name="profile">What the stream is called.</param>
    /// <param name="records">The operations, those of the set-up first. Order numbers of NEW ascend.</param>
    /// <param name="prefillCount">How many belong to the set-up, which is not timed.</param>
    /// <param name="priceMaxTicks">Prices are from 1 to this.</param>
    /// <param name="orderNumberMax">Order numbers are from 1 to this.</param>
    /// <param name="digestExpected">Digest of the trades that a correct book makes; 0 if nobody knows.</param>
    public HdbsStream(
        string profile, HdbsRecord[] records, int prefillCount, long priceMaxTicks, ulong orderNumberMax, ulong digestExpected)
    {
        Check.That(prefillCount >= 0 && prefillCount <= records.Length);
        Profile = profile;
        _records = records;
        PrefillCount = prefillCount;
        PriceMaxTicks = priceMaxTicks;
        OrderNumberMax = orderNumberMax;
        DigestExpected = digestExpected;
    }

    public string Profile { get; }

    public int PrefillCount { get; }

    public long PriceMaxTicks { get; }

    public ulong OrderNumberMax { get; }

    public ulong DigestExpected { get; }

    public ReadOnlySpan<HdbsRecord> Prefill => _records.AsSpan(0, PrefillCount);

    public ReadOnlySpan<HdbsRecord> Timed => _records.AsSpan(PrefillCount);

    /// <exception cref="ReplayInputException">The file cannot be read or is malformed.</exception>
    public static HdbsStream Read(string path)
    {
        var bytes = ReplayFile.ReadAll(path);
        if (bytes.Length < HeaderBytes) throw ReplayInputException.In(path, $"{bytes.Length} bytes, too few for the header");
        var header = bytes.AsSpan(0, HeaderBytes);
        if (!header[..8].SequenceEqual("HDBSTRM1"u8)) throw ReplayInputException.In(path, "does not begin with HDBSTRM1");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != 1) throw ReplayInputException.In(path, $"version {version} where 1 is expected");
        var recordBytes = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        if (recordBytes != HdbsRecord.LengthBytes) throw ReplayInputException.In(path, $"records of {recordBytes} bytes");
        var count = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        var available = (ulong)(bytes.Length - HeaderBytes) / HdbsRecord.LengthBytes;
        if (count != available || (bytes.Length - HeaderBytes) % HdbsRecord.LengthBytes != 0)
        {
            throw ReplayInputException.In(path, $"the header counts {count} records, the file has {bytes.Length} bytes");
        }

        var prefill = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
        if (prefill > count) throw ReplayInputException.In(path, $"{prefill} records of set-up among {count}");
        var profile = BinaryPrimitives.ReadUInt32LittleEndian(header[40..]);
        if (profile >= ProfileNames.Length) throw ReplayInputException.In(path, $"unknown profile {profile}");
        var priceMax = BinaryPrimitives.ReadUInt32LittleEndian(header[44..]);
        var numberMax = BinaryPrimitives.ReadUInt64LittleEndian(header[48..]);
        if (numberMax > count) throw ReplayInputException.In(path, $"order numbers to {numberMax} in {count} records");
        var digest = BinaryPrimitives.ReadUInt64LittleEndian(header[56..]);
        Check.That(BitConverter.IsLittleEndian);
        var records = MemoryMarshal.Cast<byte, HdbsRecord>(bytes.AsSpan(HeaderBytes)).ToArray();
        Validate(path, records, priceMax, numberMax);
        return new HdbsStream(ProfileNames[profile], records, (int)prefill, priceMax, numberMax, digest);
    }

    private static void Validate(string path, HdbsRecord[] records, long priceMax, ulong numberMax)
    {
        var lastNumber = 0UL;
        for (var index = 0; index < records.Length; index++)
        {
            ref readonly var record = ref records[index];
            var fault = Fault(record, priceMax, numberMax, lastNumber);
            if (fault != null) throw ReplayInputException.In(path, $"record {index} (of {records.Length}, from 0): {fault}");
            if (record.Operation == HdbsRecord.New) lastNumber = record.OrderNumber;
        }
    }

    private static string? Fault(in HdbsRecord record, long priceMax, ulong numberMax, ulong lastNumber)
    {
        if (record.Operation > HdbsRecord.Cancel) return $"operation {record.Operation}";
        if (record.OrderNumber is 0 || record.OrderNumber > numberMax) return $"order number {record.OrderNumber}";
        if (record.Operation == HdbsRecord.Cancel) return null;
        if (record.SideCode > 1) return $"side {record.SideCode}";
        if (record.TimeInForce > HdbsRecord.ImmediateOrCancel) return $"time in force {record.TimeInForce}";
        if (record.Quantity == 0) return "quantity 0";
        if (record.PriceTicks < 1 || record.PriceTicks > priceMax) return $"price {record.PriceTicks} is not in 1..{priceMax}";
        return record.OrderNumber > lastNumber ? null : $"order number {record.OrderNumber} after {lastNumber}";
    }
}
