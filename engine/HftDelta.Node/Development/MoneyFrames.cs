using System.Text;
using HftDelta.Engine;
using HftDelta.Node.Config;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Development;

/// <summary>What the operator says of fees and assets, from the market's settings. Each returns the frame's length.</summary>
internal static class MoneyFrames
{
    /// <summary>Deposits of other assets have the numbers after that of the quote asset.</summary>
    private const ulong FirstAssetDepositId = 2;

    /// <summary>
    /// All of it in the order in which it can be applied, for a venue whose underlyings are listed. Haircuts, limits, schedules
    /// and tiers are said again at each start, since the file may have been changed.
    /// </summary>
    public static IEnumerable<Func<int>> Of(MarketSettings market, VenueView view, byte[] buffer)
    {
        var listed = view.AssetCount;
        foreach (var asset in market.Assets)
        {
            yield return asset.AssetId > listed ? () => List(buffer, asset) : () => Terms(buffer, asset);
        }

        foreach (var schedule in market.FeeSchedules)
        {
            yield return () => Schedule(buffer, schedule);
        }

        if (market.SettlementPool is { } pool)
        {
            yield return () => PoolTerms(buffer, pool);
        }

        foreach (var account in market.Accounts)
        {
            if (market.FeeSchedules.Count > 0)
            {
                yield return () => Tier(buffer, account);
            }

            for (var place = 0; place < (account.Deposits?.Count ?? 0); place++)
            {
                var deposit = account.Deposits![place];
                var id = FirstAssetDepositId + (ulong)place;
                yield return () => Deposit(buffer, account, deposit, id);
            }
        }
    }

    public static int Schedule(Span<byte> buffer, MarketFeeSchedule schedule)
    {
        var message = FeeScheduleEncoder.Wrap(buffer).SetScheduleId(schedule.ScheduleId)
            .SetBasis(schedule.Basis == MarketFeeBasis.TradedValue ? FeeBasis.TradedValue : FeeBasis.UnderlyingValue)
            .SetTradedMultiple(schedule.TradedMultiple);
        var tiers = message.SetTiers(schedule.Tiers.Count);
        foreach (var tier in schedule.Tiers)
        {
            tiers.Next().SetMakerPpm(tier.MakerPpm).SetTakerPpm(tier.TakerPpm).SetAuctionPpm(tier.AuctionPpm)
                .SetSettlementPpm(tier.SettlementPpm).SetFundingPpm(tier.FundingPpm);
        }

        return message.EncodedLength;
    }

    public static int Instrument(Span<byte> buffer, InstrumentId instrument, ushort schedule) =>
        InstrumentFeesEncoder.Wrap(buffer).SetInstrumentId(instrument.Value).SetScheduleId(schedule).EncodedLength;

    public static int List(Span<byte> buffer, MarketAsset asset) => ListAssetEncoder.Wrap(buffer).SetAssetId(asset.AssetId)
        .SetUnderlyingId(asset.UnderlyingId).SetAtomsPerUnit(asset.AtomsPerUnit)
        .SetQuoteAtomsPerTick(asset.QuoteAtomsPerTick).SetVenueMaximum(asset.VenueMaxAtoms)
        .SetAccountMaximum(asset.AccountMaxAtoms).SetHaircutPpm(asset.HaircutPpm)
        .SetSymbol(Encoding.ASCII.GetBytes(asset.Symbol)).EncodedLength;

    private static int Terms(Span<byte> buffer, MarketAsset asset) => AssetTermsEncoder.Wrap(buffer).SetAssetId(asset.AssetId)
        .SetHaircutPpm(asset.HaircutPpm).SetVenueMaximum(asset.VenueMaxAtoms).SetAccountMaximum(asset.AccountMaxAtoms)
        .EncodedLength;

    private static int PoolTerms(Span<byte> buffer, MarketPool pool) => SettlementPoolTermsEncoder.Wrap(buffer)
        .SetShareOfClaimPpm(pool.ShareOfClaimPpm).SetKinkPpm(pool.KinkPpm).SetCapAtoms(pool.CapAtoms)
        .SetIdleRatePpm(pool.IdleRatePpm).SetKinkRatePpm(pool.KinkRatePpm).SetFullRatePpm(pool.FullRatePpm).EncodedLength;

    private static int Tier(Span<byte> buffer, MarketAccount account) =>
        AccountTierEncoder.Wrap(buffer).SetAccountId(account.AccountId).SetTier(account.FeeTier).EncodedLength;

    private static int Deposit(Span<byte> buffer, MarketAccount account, MarketDeposit deposit, ulong depositId) =>
        DepositEncoder.Wrap(buffer).SetAccountId(account.AccountId).SetAssetId(deposit.AssetId).SetAmount(deposit.Atoms)
            .SetDepositId(depositId).EncodedLength;
}
