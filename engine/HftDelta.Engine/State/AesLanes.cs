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
        var swapped = Vector128.Shuffle(block, Vector128.Create(1UL, 0UL));
        var first = TRound.Encrypt(_first ^ block.AsByte(), AesKeys.FirstLaneFirstRound);
        var second = TRound.Encrypt(_second ^ swapped.AsByte(), AesKeys.SecondLaneFirstRound);
        _first = TRound.Encrypt(first, AesKeys.FirstLaneSecondRound);
        _second = TRound.Encrypt(second, AesKeys.SecondLaneSecondRound);
    }

    /// <summary>
    /// Whole blocks, then the rest with zeros behind it. The caller has absorbed the length, so that what is padded
    /// cannot be taken for what was written.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Absorb(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= Vector128<byte>.Count)
        {
            Absorb(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(bytes)).AsUInt64());
            bytes = bytes[Vector128<byte>.Count..];
        }

        if (bytes.Length != 0)
        {
            Absorb(Padded(bytes));
        }
    }

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

    private static Vector128<ulong> Padded(ReadOnlySpan<byte> rest)
    {
        Span<byte> block = stackalloc byte[Vector128<byte>.Count];
        block.Clear();
        rest.CopyTo(block);
        return Vector128.Create<byte>(block).AsUInt64();
    }
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
