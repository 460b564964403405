using HftDelta.Engine.Instruments;
using HftDelta.Primitives;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Oracle;

/// <summary>
/// The forward of each expiry and the average that fixes its price. Before the settlement window the forward is the
/// underlying's price plus the expiry's basis. Within it, with the part that is averaged already and the part to come,
/// <code>forward = (sum of price x time so far + (price + basis) x time left) / (time so far + time left)</code>
/// so that a move of the price moves the forward, and with it settlement, by the share of the window that is left: delta fades
/// linearly. At expiry nothing is left and the forward is the average. Rounded to the nearest tick, half up. Time in which the
/// price was dead is in no sum. Owner: the engine agent.
/// </summary>
internal sealed class ForwardCurves(VenueState state, OracleEvents events)
{
    /// <summary>Points in one update.</summary>
    public const int PointsPerUpdateMax = 32;

    public RejectCode Update(in ForwardUpdateDecoder message)
    {
        var id = message.UnderlyingId;
        if (!state.Underlyings.Exists(id))
        {
            return RejectCode.UnknownUnderlying;
        }

        var code = Judge(message);
        if (code != default)
        {
            return code;
        }

        Accrue(id);
        foreach (var entry in message.Points)
        {
            var point = Find(id, entry.ExpiryTime, isSpot: false);
            point = point != 0 ? point : Add(id, entry.ExpiryTime, isSpot: false);
            ref var record = ref state.Points.Write(point);
            record.Basis = entry.Forward == 0 ? entry.Basis : entry.Forward - state.Underlyings.Read(id).Price;
            events.Forward(record);
        }

        return default;
    }

    /// <summary>The forward of an expiry at the underlying's present price, which it has.</summary>
    /// <param name="underlying">Whose.</param>
    /// <param name="point">Of the expiry; 0 where there is none yet.</param>
    public long PresentForward(uint underlying, uint point)
    {
        Accrue(underlying);
        ref readonly var record = ref state.Underlyings.Read(underlying);
        return point == 0 ? record.Price : ForwardAt(state.Points.Read(point), record, record.Price);
    }

    /// <summary>The point of an expiry that is not fixed; 0: there is none.</summary>
    /// <param name="underlying">That it is of.</param>
    /// <param name="expiryTime">When it is fixed.</param>
    /// <param name="isSpot">That of the perpetual kinds that are delisted then.</param>
    public uint Find(uint underlying, ulong expiryTime, bool isSpot = false)
    {
        var id = state.Underlyings.Read(underlying).FirstPoint;
        while (id != 0 && (state.Points.Read(id).ExpiryTime != expiryTime || state.Points.Read(id).IsSpot != 0 != isSpot))
        {
            id = state.Points.Read(id).Next;
        }

        return id;
    }

    /// <summary>The point of an instrument's expiry, made if there is none; 0: there is no room.</summary>
    /// <param name="underlying">That it is written on.</param>
    /// <param name="expiryTime">In the future.</param>
    /// <param name="isSpot">For a perpetual kind that is delisted then: its own point, which no curve moves.</param>
    public uint PointOf(uint underlying, ulong expiryTime, bool isSpot = false)
    {
        var point = Find(underlying, expiryTime, isSpot);
        return point != 0 || !state.Points.HasRoom ? point : Add(underlying, expiryTime, isSpot);
    }

    /// <summary>
    /// Adds the time since it was last called to the averages of open windows. Call it before the price, whether it is dead, or
    /// the points change.
    /// </summary>
    public void Accrue(uint underlying)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        if (record.FirstPoint == 0 || record.AccruedTime == state.TimeNanos)
        {
            return;
        }

        var from = record.AccruedTime;
        var hasPrice = record.Price != 0 && record.Staleness != StalenessClass.Dead;
        for (var id = hasPrice ? record.FirstPoint : 0; id != 0; id = state.Points.Read(id).Next)
        {
            ref readonly var point = ref state.Points.Read(id);
            var start = from > point.WindowStart ? from : point.WindowStart;
            var end = state.TimeNanos < point.ExpiryTime ? state.TimeNanos : point.ExpiryTime;
            if (end <= start)
            {
                continue;
            }

            ref var written = ref state.Points.Write(id);
            written.TickNanos += (Int128)record.Price * (end - start);
            written.AveragedNanos += end - start;
        }

        state.Underlyings.Write(underlying).AccruedTime = state.TimeNanos;
    }

    /// <summary>Makes the forwards of a tick at the underlying's present price.</summary>
    public void MakeForwards(uint underlying)
    {
        Accrue(underlying);
        ref readonly var record = ref state.Underlyings.Read(underlying);
        for (var id = record.FirstPoint; id != 0; id = state.Points.Read(id).Next)
        {
            state.Points.Cached(id).Forward = ForwardAt(state.Points.Read(id), record, record.Price);
        }
    }

    /// <summary>S of a new instrument: of the last settlement, as that of its neighbours is.</summary>
    public long ListingPrice(uint underlying, uint point)
    {
        ref readonly var record = ref state.Underlyings.Read(underlying);
        if (point == 0)
        {
            return record.SettledPrice;
        }

        Accrue(underlying);
        return ForwardAt(state.Points.Read(point), record, record.SettledPrice);
    }

    /// <summary>The window's length has changed: windows that have not begun take it over.</summary>
    public void MoveWindows(uint underlying)
    {
        for (var id = state.Underlyings.Read(underlying).FirstPoint; id != 0; id = state.Points.Read(id).Next)
        {
            if (state.Points.Read(id).WindowStart > state.TimeNanos)
            {
                ref var point = ref state.Points.Write(id);
                point.WindowStart = StartOf(underlying, point.ExpiryTime);
            }
        }

        Schedule(underlying);
    }

    /// <summary>Tells the public of windows that have begun. Each is one event.</summary>
    /// <returns>False when the budget is full: it stays due.</returns>
    public bool OpenWindows(uint underlying, EventBudget budget)
    {
        Accrue(underlying);
        for (var id = state.Underlyings.Read(underlying).FirstPoint; id != 0; id = state.Points.Read(id).Next)
        {
            ref readonly var point = ref state.Points.Read(id);
            if (point.IsOpen != 0 || point.WindowStart > state.TimeNanos || point.WindowStart == point.ExpiryTime)
            {
                continue;
            }

            if (!budget.HasRoomForUnit)
            {
                return false;
            }

            ref readonly var record = ref state.Underlyings.Read(underlying);
            state.Points.Write(id).IsOpen = 1;
            events.Window(point, WindowPhase.Open, ForwardAt(point, record, record.Price));
        }

        Schedule(underlying);
        return true;
    }

    /// <summary>
    /// The expiry price of a point whose time has come: fixed and told at the first call. Without a moment in the window that
    /// had a price, and without a window, it is the present price. The time for deliveries begins here, which is later than the
    /// expiry when the price was dead then.
    /// </summary>
    public long FixedPrice(uint underlying, uint id)
    {
        ref var point = ref state.Points.Write(id);
        if (point.FixedPrice != 0)
        {
            return point.FixedPrice;
        }

        Accrue(underlying);
        Check.That(point.ExpiryTime <= state.TimeNanos);
        point.FixedPrice = point.AveragedNanos == 0
            ? state.Underlyings.Read(underlying).Price
            : Nearest(point.TickNanos, point.AveragedNanos);
        point.DeliveryDeadline = point.DeliveryNanos == 0 ? 0 : state.TimeNanos + point.DeliveryNanos;
        events.Window(point, WindowPhase.Fixed, point.FixedPrice);
        if (point.Slice != 0)
        {
            state.Slices.Free(point.Slice, state.Sequence);
            point.Slice = 0;
        }

        Unlink(underlying, id);
        return point.FixedPrice;
    }

    private RejectCode Judge(in ForwardUpdateDecoder message)
    {
        ref readonly var underlying = ref state.Underlyings.Read(message.UnderlyingId);
        var count = 0;
        foreach (var entry in message.Points)
        {
            var isBasis = entry.Forward == 0 && entry.Basis > -underlying.PriceMax && entry.Basis < underlying.PriceMax;
            var isForward = entry.Forward >= 1 && entry.Forward <= underlying.PriceMax && underlying.Price != 0;
            if (++count > PointsPerUpdateMax || entry.ExpiryTime <= state.TimeNanos || (!isBasis && !isForward))
            {
                return RejectCode.BadParameter;
            }
        }

        return count <= state.Points.Room ? default : RejectCode.CapacityExhausted;
    }

    private uint Add(uint underlying, ulong expiryTime, bool isSpot)
    {
        Accrue(underlying);
        ref var record = ref state.Underlyings.Write(underlying);
        if (record.FirstPoint == 0)
        {
            record.AccruedTime = state.TimeNanos;
        }

        record.FirstPoint = state.Points.Add(new ExpiryPoint
        {
            Underlying = underlying,
            ExpiryTime = expiryTime,
            WindowStart = StartOf(underlying, expiryTime),
            Next = record.FirstPoint,
            IsSpot = isSpot ? (byte)1 : (byte)0,
        });
        Schedule(underlying);
        return record.FirstPoint;
    }

    /// <summary>The average knows nothing of what was before the rule or the listing: a window never begins before now.</summary>
    private ulong StartOf(uint underlying, ulong expiryTime)
    {
        var length = state.OracleRules.Read(underlying).SettlementWindowNanos;
        if (length == 0)
        {
            return expiryTime;
        }

        var start = expiryTime > length ? expiryTime - length : 0;
        return start > state.TimeNanos ? start : state.TimeNanos;
    }

    private void Schedule(uint underlying)
    {
        var next = ulong.MaxValue;
        for (var id = state.Underlyings.Read(underlying).FirstPoint; id != 0; id = state.Points.Read(id).Next)
        {
            ref readonly var point = ref state.Points.Read(id);
            if (point.IsOpen == 0 && point.WindowStart < point.ExpiryTime && point.WindowStart < next)
            {
                next = point.WindowStart;
            }
        }

        state.Underlyings.Write(underlying).NextWindowTime = next;
    }

    private void Unlink(uint underlying, uint id)
    {
        ref var record = ref state.Underlyings.Write(underlying);
        if (record.FirstPoint == id)
        {
            record.FirstPoint = state.Points.Read(id).Next;
        }
        else
        {
            var before = record.FirstPoint;
            while (state.Points.Read(before).Next != id)
            {
                before = state.Points.Read(before).Next;
            }

            state.Points.Cached(before).Next = state.Points.Read(id).Next;
        }

        Schedule(underlying);
    }

    /// <summary>The forward at a price, with what is accrued through now.</summary>
    private long ForwardAt(in ExpiryPoint point, in UnderlyingRecord underlying, long price)
    {
        var outright = price + point.Basis;
        outright = outright < 1 ? 1 : outright > underlying.PriceMax ? underlying.PriceMax : outright;
        if (state.TimeNanos <= point.WindowStart || point.AveragedNanos == 0)
        {
            return outright;
        }

        var left = point.ExpiryTime > state.TimeNanos ? point.ExpiryTime - state.TimeNanos : 0;
        return Nearest(point.TickNanos + ((Int128)outright * left), point.AveragedNanos + left);
    }

    private static long Nearest(Int128 tickNanos, ulong nanos) => (long)((tickNanos + (nanos >> 1)) / nanos);
}
