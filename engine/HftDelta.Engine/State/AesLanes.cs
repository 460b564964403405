using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HftDelta.Engine.State;

/// <summary>
/// The two 128-bit lanes that both hashes of the state are made of. A block goes into both lanes, with its halves
/// swapped in the second, and each lane then takes two AES rounds under its own fixed keys, which is full diffusion of
/// every byte. It finds divergence and accidents; it is no defence against somebody who looks for collisions.
/// Invariant: the same bits from the portable and the hardware round.
/// </summary>
internal struct AesLanes<TRound>
    where TRound : struct, IAesRound
{
    private const int BlockBytes = 16;

    private Vector128<byte> _first;
    private Vector128<byte> _second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AesLanes(Hash256 start)
    {
        _first = Vector128.Create(start.Word0, start.Word1).AsByte();
        _second = Vector128.Create(start.Word2, start.Word3).AsByte();
    }

    /// <summary>The lanes as they are.</summary>
    public readonly Hash256 Raw
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ToHash(_first, _second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Absorb(Vector128<ulong> block)
    {
        _first = FirstLane(_first, block);
        _second = SecondLane(_second, block);
    }

    /// <summary>
    /// Whole blocks, then the rest with zeros behind it. The caller has absorbed the length, so that what is padded
    /// cannot be taken for what was written.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Absorb(ReadOnlySpan<byte> bytes)
    {
        // The lanes in locals, and no call: each block waits for the one before it, so what goes by way of memory is felt.
        var first = _first;
        var second = _second;
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var whole = bytes.Length & ~(BlockBytes - 1);
        for (var offset = 0; offset < whole; offset += BlockBytes)
        {
            var block = Vector128.LoadUnsafe(ref start, (nuint)offset).AsUInt64();
            first = FirstLane(first, block);
            second = SecondLane(second, block);
        }

        if (whole != bytes.Length)
        {
            var block = Padded(ref Unsafe.Add(ref start, whole), bytes.Length - whole);
            first = FirstLane(first, block);
            second = SecondLane(second, block);
        }

        _first = first;
        _second = second;
    }

    /// <summary>One block into the first lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> FirstLane(Vector128<byte> lane, Vector128<ulong> block) => TRound.Encrypt(
        TRound.Encrypt(lane ^ block.AsByte(), AesKeys.FirstLaneFirstRound), AesKeys.FirstLaneSecondRound);

    /// <summary>The same block into the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> SecondLane(Vector128<byte> lane, Vector128<ulong> block) => TRound.Encrypt(
        TRound.Encrypt(lane ^ Vector128.Shuffle(block, Vector128.Create(1UL, 0UL)).AsByte(), AesKeys.SecondLaneFirstRound),
        AesKeys.SecondLaneSecondRound);

    /// <summary>Makes every bit of the result depend on both lanes; the lanes themselves stay as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Hash256 Finish()
    {
        // Two Feistel steps: one-to-one, so that the finish itself never joins two states.
        var second = _second ^ TRound.Encrypt(TRound.Encrypt(_first, AesKeys.FinishFirst), AesKeys.FinishSecond);
        var first = _first ^ TRound.Encrypt(TRound.Encrypt(second, AesKeys.FinishThird), AesKeys.FinishFourth);
        return ToHash(
            TRound.Encrypt(first, AesKeys.FirstLaneSecondRound),
            TRound.Encrypt(second, AesKeys.SecondLaneSecondRound));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Hash256 ToHash(Vector128<byte> first, Vector128<byte> second)
    {
        var firstWords = first.AsUInt64();
        var secondWords = second.AsUInt64();
        return new Hash256(
            firstWords.GetElement(0), firstWords.GetElement(1), secondWords.GetElement(0), secondWords.GetElement(1));
    }

    /// <summary>A block of 1 to 15 bytes and zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Padded(ref byte start, int lengthBytes) => lengthBytes < sizeof(ulong)
        ? Vector128.CreateScalar(Word(ref start, lengthBytes))
        : Vector128.Create(
            LittleEndian(Unsafe.ReadUnaligned<ulong>(ref start)),
            Word(ref Unsafe.Add(ref start, sizeof(ulong)), lengthBytes - sizeof(ulong)));

    /// <summary>A word of 0 to 7 bytes and zeros; reads no byte beyond them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte start, int lengthBytes)
    {
        var word = 0UL;
        var taken = 0;
        if ((lengthBytes & sizeof(uint)) != 0)
        {
            word = LittleEndian(Unsafe.ReadUnaligned<uint>(ref start));
            taken = sizeof(uint);
        }

        if ((lengthBytes & sizeof(ushort)) != 0)
        {
            word |= (ulong)LittleEndian(Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref start, taken))) << (taken * 8);
            taken += sizeof(ushort);
        }

        if ((lengthBytes & 1) != 0)
        {
            word |= (ulong)Unsafe.Add(ref start, taken) << (taken * 8);
        }

        return word;
    }

    private static ulong LittleEndian(ulong value) =>
        BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    private static uint LittleEndian(uint value) =>
        BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    private static ushort LittleEndian(ushort value) =>
        BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
}

/// <summary>The fixed round keys: the fractional digits of pi, 128 bits each in order, so that nobody chose them.</summary>
internal static class AesKeys
{
    public static Vector128<byte> FirstLaneFirstRound => Vector128.Create(0x243F6A8885A308D3UL, 0x13198A2E03707344UL).AsByte();

    public static Vector128<byte> FirstLaneSecondRound => Vector128.Create(0xA4093822299F31D0UL, 0x082EFA98EC4E6C89UL).AsByte();

    public static Vector128<byte> SecondLaneFirstRound => Vector128.Create(0x452821E638D01377UL, 0xBE5466CF34E90C6CUL).AsByte();

    public static Vector128<byte> SecondLaneSecondRound => Vector128.Create(0xC0AC29B7C97C50DDUL, 0x3F84D5B5B5470917UL).AsByte();

    public static Vector128<byte> FinishFirst => Vector128.Create(0x9216D5D98979FB1BUL, 0xD1310BA698DFB5ACUL).AsByte();

    public static Vector128<byte> FinishSecond => Vector128.Create(0x2FFD72DBD01ADFB7UL, 0xB8E1AFED6A267E96UL).AsByte();

    public static Vector128<byte> FinishThird => Vector128.Create(0xBA7C9045F12C7F99UL, 0x24A19947B3916CF7UL).AsByte();

    public static Vector128<byte> FinishFourth => Vector128.Create(0x0801F2E2858EFC16UL, 0x636920D871574E69UL).AsByte();
}
