using HftDelta.Engine.Greeks.Surfaces;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SurfaceFault = HftDelta.Wire.Internal.SurfaceFault;

namespace HftDelta.Simulation.Engines;

/// <summary>What tests say of the volatilities of expiries, one line each.</summary>
public static class SurfaceScript
{
    /// <summary>SVI; a fit time of 0 is now.</summary>
    public static void SetSvi(
        this VenueScript venue, ulong expiryTime, SviParameters parameters, ulong fitTime = 0, uint underlying = 1)
    {
        var message = SetVolatilitySliceEncoder.Wrap(venue.Engine.Buffer).SetUnderlyingId(underlying)
            .SetForm(VolatilityForm.Svi).SetExpiryTime(expiryTime).SetFitTime(fitTime).SetLevel(parameters.LevelQ48)
            .SetSlope(parameters.SlopeQ48).SetCorrelation(parameters.CorrelationQ48).SetCentre(parameters.CentreQ48)
            .SetWidth(parameters.WidthQ48);
        message.SetStrikes(0);
        venue.Engine.SendInternal(message.EncodedLength);
    }

    /// <summary>Strikes with volatilities in 2^-48.</summary>
    public static void SetStrikes(
        this VenueScript venue, ulong expiryTime, ReadOnlySpan<(long Strike, ulong Volatility)> strikes, uint underlying = 1)
    {
        var message = SetVolatilitySliceEncoder.Wrap(venue.Engine.Buffer).SetUnderlyingId(underlying)
            .SetForm(VolatilityForm.Table).SetExpiryTime(expiryTime);
        var group = message.SetStrikes(strikes.Length);
        foreach (var (strike, volatility) in strikes)
        {
            group.Next().SetStrike(strike).SetVolatility(volatility);
        }

        venue.Engine.SendInternal(message.EncodedLength);
    }

    /// <summary>Options of the expiry have their own volatility again.</summary>
    public static void TakeVolatilitiesBack(this VenueScript venue, ulong expiryTime, uint underlying = 1)
    {
        var message = SetVolatilitySliceEncoder.Wrap(venue.Engine.Buffer).SetUnderlyingId(underlying)
            .SetForm(VolatilityForm.None).SetExpiryTime(expiryTime);
        message.SetStrikes(0);
        venue.Engine.SendInternal(message.EncodedLength);
    }

    /// <summary>What became of the last command on volatilities.</summary>
    public static (RejectCode Code, SurfaceFault Fault, ulong OtherExpiryTime) SliceOutcome(this EngineHarness engine)
    {
        var told = VolatilitySliceChangedDecoder.Trusted(engine.Events.Single(record =>
            record.SchemaId == InternalSchema.Id && record.TemplateId == VolatilitySliceChangedDecoder.TemplateId).Frame);
        return ((RejectCode)told.Code, (SurfaceFault)told.Fault, told.OtherExpiryTime);
    }
}
