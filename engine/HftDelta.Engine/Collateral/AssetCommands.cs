using HftDelta.Engine.Instruments;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Collateral;

/// <summary>Lists assets and changes their haircuts and limits. Owner: the engine agent.</summary>
internal sealed class AssetCommands(VenueState state)
{
    /// <summary>The most atoms in one unit: 18 decimals.</summary>
    public const long AtomsPerUnitMax = 1_000_000_000_000_000_000;

    /// <summary>No limit is above this: what the ledger of the quote asset allows too.</summary>
    public const long HeldMax = 1L << 60;

    private const uint PartsPerMillionMax = 1_000_000;

    public RejectCode List(in ListAssetDecoder message)
    {
        if (message.AssetId != state.Assets.NextId)
        {
            return state.Assets.Exists(message.AssetId) ? RejectCode.AlreadyExists : RejectCode.BadParameter;
        }

        if (!state.Assets.HasRoom)
        {
            return RejectCode.CapacityExhausted;
        }

        if (!state.Underlyings.Exists(message.UnderlyingId))
        {
            return RejectCode.UnknownUnderlying;
        }

        var record = new AssetRecord
        {
            AtomsPerUnit = message.AtomsPerUnit,
            QuoteAtomsPerTick = message.QuoteAtomsPerTick,
            VenueMaxAtoms = message.VenueMaximum,
            AccountMaxAtoms = message.AccountMaximum,
            Underlying = message.UnderlyingId,
            HaircutPpm = message.HaircutPpm,
            Symbol = SymbolText.From(message.Symbol),
        };
        if (!AreValid(record))
        {
            return RejectCode.BadParameter;
        }

        // No price from now on makes a unit worth more than the bound, and neither does one that is known already.
        ref var underlying = ref state.Underlyings.Write(message.UnderlyingId);
        var priceMax = AssetValue.UnitMaxAtoms / record.QuoteAtomsPerTick;
        if (underlying.Price > priceMax || underlying.SettledPrice > priceMax)
        {
            return RejectCode.BadParameter;
        }

        state.Assets.Add(record);
        underlying.PriceMax = priceMax < underlying.PriceMax ? priceMax : underlying.PriceMax;
        return default;
    }

    /// <summary>What is held above new limits stays; nothing is added to it.</summary>
    public RejectCode Set(in AssetTermsDecoder message)
    {
        if (!state.Assets.Exists(message.AssetId))
        {
            return RejectCode.UnknownAsset;
        }

        if (state.Governance.IsSealed)
        {
            return RejectCode.ParametersGoverned;
        }

        var changed = state.Assets.Read(message.AssetId);
        changed.HaircutPpm = message.HaircutPpm;
        changed.VenueMaxAtoms = message.VenueMaximum;
        changed.AccountMaxAtoms = message.AccountMaximum;
        if (!AreValid(changed))
        {
            return RejectCode.BadParameter;
        }

        state.Assets.Write(message.AssetId) = changed;
        state.MarkVersion++;
        return default;
    }

    public static bool AreValid(in AssetRecord record) =>
        record.AtomsPerUnit is >= 1 and <= AtomsPerUnitMax &&
        record.QuoteAtomsPerTick is >= 1 and <= AssetValue.UnitMaxAtoms &&
        record.VenueMaxAtoms is >= 0 and <= HeldMax &&
        record.VenueMaxAtoms <= (Int128)record.AtomsPerUnit * AssetValue.UnitsMax &&
        record.AccountMaxAtoms is >= 0 and <= HeldMax &&
        record.HaircutPpm <= PartsPerMillionMax;
}
