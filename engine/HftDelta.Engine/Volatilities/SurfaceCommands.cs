using System.Runtime.CompilerServices;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Output;
using HftDelta.Engine.Risk;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SurfaceFault = HftDelta.Engine.Greeks.Surfaces.SurfaceFault;

namespace HftDelta.Engine.Volatilities;

/// <summary>
/// Sets the volatilities of an expiry, once they are known to hold no arbitrage: between their strikes, and against the nearest
/// expiries before and after that have volatilities too, all at the present forwards and time. Options of the expiry take their
/// volatility from there from the next computation on. What became of each command is an event. Owner: the engine agent.
/// </summary>
internal sealed class SurfaceCommands(VenueState state, ForwardCurves curves, RiskFreezer freezer, InternalEvents events)
{
    [SkipLocalsInit]
    public RejectCode Set(in SetVolatilitySliceDecoder message)
    {
        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        var point = curves.Find(message.UnderlyingId, message.ExpiryTime);
        var (fault, forward, other) = (SurfaceFault.None, 0L, 0UL);
        var code = message.Form == VolatilityForm.None
            ? TakeBack(message.UnderlyingId, point)
            : Set(message, point, out fault, out forward, out other);
        events.VolatilitySliceChanged(message, code, fault, forward, other);
        if (code == default)
        {
            state.Underlyings.Write(message.UnderlyingId).Dirty = 1;
            freezer.FreezeIfDue(message.UnderlyingId);
        }

        return code;
    }

    private RejectCode TakeBack(uint underlying, uint point)
    {
        if (point == 0 || state.Points.Read(point).Slice == 0)
        {
            return RejectCode.UnknownExpiry;
        }

        state.Slices.Free(state.Points.Read(point).Slice, state.Sequence);
        state.Points.Write(point).Slice = 0;
        return default;
    }

    private RejectCode Set(
        in SetVolatilitySliceDecoder message, uint point, out SurfaceFault fault, out long forward, out ulong other)
    {
        (fault, forward, other) = (SurfaceFault.None, 0, 0);
        if (message.ExpiryTime <= state.TimeNanos)
        {
            return RejectCode.UnknownExpiry;
        }

        if (state.Underlyings.Read(message.UnderlyingId).Price == 0)
        {
            return RejectCode.NoSettlementPrice;
        }

        fault = Read(message, out var terms);
        if (fault == SurfaceFault.None)
        {
            forward = curves.PresentForward(message.UnderlyingId, point);
            var expiry = new Expiry(message.UnderlyingId, message.ExpiryTime, new PriceTicks(forward));
            fault = Judge(terms, expiry, out other);
        }

        return fault == SurfaceFault.None ? Keep(message, point, terms) : CodeOf(fault);
    }

    private static RejectCode CodeOf(SurfaceFault fault) => fault switch
    {
        SurfaceFault.CalendarSpread => RejectCode.SurfaceCalendar,
        SurfaceFault.NegativeDensity or SurfaceFault.VerticalSpread or SurfaceFault.ButterflySpread =>
            RejectCode.SurfaceButterfly,
        _ => RejectCode.SurfaceOutOfBounds,
    };

    /// <summary>What can be said without the market.</summary>
    private SurfaceFault Read(in SetVolatilitySliceDecoder message, out SliceTerms terms)
    {
        terms = default;
        var strikes = message.Strikes;
        if (message.Form == VolatilityForm.Svi)
        {
            var fitTime = message.FitTime == 0 ? state.TimeNanos : message.FitTime;
            if (fitTime > state.TimeNanos || strikes.Count != 0)
            {
                return SurfaceFault.OutOfRange;
            }

            terms.FitNanos = message.ExpiryTime - fitTime;
            terms.Parameters = new SviParameters(
                message.Level, message.Slope, message.Correlation, message.Centre, message.Width);
            return SurfaceChecks.Svi(terms.Parameters);
        }

        if (message.Form != VolatilityForm.Table || strikes.Count > SliceTerms.StrikesMax)
        {
            return SurfaceFault.OutOfRange;
        }

        foreach (var entry in strikes)
        {
            if (entry.Volatility > (ulong)VolatilityQ48.Max.Value || entry.Strike > Orders.NewOrderChecks.PriceMax)
            {
                return SurfaceFault.OutOfRange;
            }

            terms.Strikes[terms.StrikeCount++] = new StrikeVolatility(
                new PriceTicks(entry.Strike), new VolatilityQ48((long)entry.Volatility));
        }

        return terms.StrikeCount == 0 ? SurfaceFault.StrikesNotRising : SurfaceFault.None;
    }

    /// <summary>Whether the market could be traded against.</summary>
    private SurfaceFault Judge(in SliceTerms terms, in Expiry expiry, out ulong other)
    {
        other = 0;
        var left = expiry.Time - state.TimeNanos;
        if (terms.StrikeCount != 0)
        {
            var fault = SurfaceChecks.Table(terms.Table, expiry.Forward, left);
            if (fault != SurfaceFault.None)
            {
                return fault;
            }
        }

        var (before, after) = Neighbours(expiry);
        if (before != 0 && Falls(ViewOf(before), ExpiryOf(expiry.Underlying, before), terms.View(), expiry))
        {
            other = state.Points.Read(before).ExpiryTime;
            return SurfaceFault.CalendarSpread;
        }

        if (after != 0 && Falls(terms.View(), expiry, ViewOf(after), ExpiryOf(expiry.Underlying, after)))
        {
            other = state.Points.Read(after).ExpiryTime;
            return SurfaceFault.CalendarSpread;
        }

        return SurfaceFault.None;
    }

    private bool Falls(in VolatilitySlice near, in Expiry nearExpiry, in VolatilitySlice far, in Expiry farExpiry) =>
        SurfaceChecks.Calendar(
            near, nearExpiry.Forward, nearExpiry.Time - state.TimeNanos,
            far, farExpiry.Forward, farExpiry.Time - state.TimeNanos) != SurfaceFault.None;

    /// <summary>Points of the nearest expiries with volatilities that have not come yet, 0 where there is none.</summary>
    private (uint Before, uint After) Neighbours(in Expiry expiry)
    {
        uint before = 0;
        uint after = 0;
        for (var id = state.Underlyings.Read(expiry.Underlying).FirstPoint; id != 0; id = state.Points.Read(id).Next)
        {
            ref readonly var point = ref state.Points.Read(id);
            if (point.Slice == 0 || point.ExpiryTime <= state.TimeNanos)
            {
                continue;
            }

            if (point.ExpiryTime < expiry.Time && (before == 0 || point.ExpiryTime > state.Points.Read(before).ExpiryTime))
            {
                before = id;
            }

            if (point.ExpiryTime > expiry.Time && (after == 0 || point.ExpiryTime < state.Points.Read(after).ExpiryTime))
            {
                after = id;
            }
        }

        return (before, after);
    }

    private VolatilitySlice ViewOf(uint point) => state.Slices.Read(state.Points.Read(point).Slice).View();

    private Expiry ExpiryOf(uint underlying, uint point) => new(
        underlying, state.Points.Read(point).ExpiryTime, new PriceTicks(curves.PresentForward(underlying, point)));

    private RejectCode Keep(in SetVolatilitySliceDecoder message, uint point, in SliceTerms terms)
    {
        if (point != 0 && state.Points.Read(point).Slice != 0)
        {
            state.Slices.Change(state.Points.Read(point).Slice, terms);
            return default;
        }

        var slice = state.Slices.Find();
        point = slice == 0 ? 0 : curves.PointOf(message.UnderlyingId, message.ExpiryTime);
        if (point == 0)
        {
            return RejectCode.CapacityExhausted;
        }

        state.Slices.Begin(slice, message.UnderlyingId, terms);
        state.Points.Write(point).Slice = slice;
        return default;
    }

    private readonly record struct Expiry(uint Underlying, ulong Time, PriceTicks Forward);
}
