using System.Numerics;

namespace HftDelta.Perf.Books;

/// <summary>The digest of the trades of a recorded stream, for the books that are measured beside the production book.</summary>
internal static class TradeDigest
{
    public const ulong Start = 0x243F6A8885A308D3;

    public static ulong Add(ulong digest, ulong taker, ulong maker, long price, long quantity)
    {
        var mixed = (taker * 0x9E3779B97F4A7C15) + (maker * 0xC2B2AE3D27D4EB4F)
            + ((ulong)price * 0x165667B19E3779F9) + (ulong)quantity;
        return (BitOperations.RotateLeft(digest, 5) ^ mixed) * 0xFF51AFD7ED558CCD;
    }
}
