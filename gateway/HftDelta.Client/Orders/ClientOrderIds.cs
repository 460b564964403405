using HftDelta.Primitives.Units;

namespace HftDelta.Client.Orders;

/// <summary>
/// Gives orders their names: strictly increasing, as the venue wants within a session, and beginning at the time so that a
/// process that resumes the session of an earlier one is above it. The low bits say which side of which quote an order
/// belongs to, so that a report finds its quote without a table. Owner: the client's thread.
/// </summary>
internal sealed class ClientOrderIds(TimeNanos start)
{
    public const int LaneBits = 12;

    /// <summary>Lane 0 is for orders without a quote; a quote has two.</summary>
    public const int QuotesMax = (1 << (LaneBits - 1)) - 1;

    private const ulong LaneMask = (1UL << LaneBits) - 1;
    private const ulong NanosPerStep = 1_000;

    private ulong _step = start.Value / NanosPerStep;

    public ClientOrderId Next(int lane) => new((++_step << LaneBits) | (uint)lane);

    public static int LaneOf(ulong id) => (int)(id & LaneMask);

    public static int LaneOf(int quote, Side side) => (2 * (quote + 1)) + (int)side;

    /// <returns>False for an order without a quote.</returns>
    public static bool TryGetQuote(ulong id, out int quote, out Side side)
    {
        var lane = LaneOf(id);
        quote = (lane >> 1) - 1;
        side = (Side)(lane & 1);
        return lane >= 2;
    }
}
