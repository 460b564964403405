namespace HftDelta.Node.Config;

/// <summary>
/// What is wrong with a market's fees, assets and owners: what the venue would refuse, said by its place in the file.
/// </summary>
internal static class MarketMoneyFaults
{
    private const int OwnerLengthBytes = 20;
    private const int SchedulesMax = 15;
    private const int TiersMax = 8;
    private const int FeeMaxPpm = 100_000;
    private const int Million = 1_000_000;

    /// <returns>Null when nothing is.</returns>
    public static string? Of(MarketSettings market) =>
        market.FeeSchedules.Select(OfSchedule).FirstOrDefault(fault => fault is not null)
        ?? OfDoubledSchedules(market)
        ?? OfInstruments(market)
        ?? OfAssets(market)
        ?? market.SettlementPool?.FaultOf()
        ?? market.Accounts.Select(account => OfAccount(market, account)).FirstOrDefault(fault => fault is not null);

    /// <summary>The owner's address of an account; its number where the file names none.</summary>
    public static void WriteOwner(MarketAccount account, Span<byte> owner)
    {
        if (account.Owner is { } text && TryReadOwner(text, owner))
        {
            return;
        }

        owner.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(owner[^sizeof(uint)..], account.AccountId);
    }

    private static string? OfSchedule(MarketFeeSchedule schedule)
    {
        var name = $"fee schedule {schedule.ScheduleId}";
        if (schedule.ScheduleId is < 1 or > SchedulesMax)
        {
            return $"{name} must have an id from 1 to {SchedulesMax}";
        }

        if (schedule.Tiers.Count is < 1 or > TiersMax)
        {
            return $"{name} must have 1 to {TiersMax} tiers";
        }

        if (schedule.Basis == MarketFeeBasis.TradedValue && schedule.TradedMultiple != 0)
        {
            return $"{name} has a tradedMultiple, which only the basis underlyingValue can have";
        }

        for (var tier = 0; tier < schedule.Tiers.Count; tier++)
        {
            if (OfTier(schedule, schedule.Tiers[tier]) is { } fault)
            {
                return $"{name}, tier {tier}: {fault}";
            }
        }

        var (maker, taker) = (schedule.Tiers.Min(tier => tier.MakerPpm), schedule.Tiers.Min(tier => tier.TakerPpm));
        return maker + taker < 0 ? $"{name} pays a maker {-maker} ppm and takes {taker} ppm from a taker" : null;
    }

    private static string? OfTier(MarketFeeSchedule schedule, MarketFeeTier tier)
    {
        long worst = Math.Max(Math.Max(tier.MakerPpm, tier.TakerPpm), tier.AuctionPpm);
        if (tier.MakerPpm < -FeeMaxPpm || tier.TakerPpm < -FeeMaxPpm || worst > FeeMaxPpm || tier.SettlementPpm > FeeMaxPpm
            || tier.FundingPpm > FeeMaxPpm)
        {
            return $"no rate may be above {FeeMaxPpm} ppm";
        }

        return worst * schedule.TradedMultiple > Million
            ? $"{worst} ppm of {schedule.TradedMultiple} times the traded value is more than it"
            : null;
    }

    private static string? OfDoubledSchedules(MarketSettings market) =>
        market.FeeSchedules.GroupBy(schedule => schedule.ScheduleId).FirstOrDefault(group => group.Count() > 1) is { } doubled
            ? $"fee schedule {doubled.Key} stands there twice"
            : null;

    private static string? OfInstruments(MarketSettings market)
    {
        var charged = market.Instruments.Where(instrument => instrument.FeeScheduleId != 0).ToList();
        if (charged.Find(instrument => instrument.Kind == MarketInstrumentKind.Strategy) is { } strategy)
        {
            return $"instrument {strategy.Symbol} is a strategy and has no feeScheduleId: its legs are charged by their own";
        }

        return charged.Find(instrument =>
            market.FeeSchedules.All(schedule => schedule.ScheduleId != instrument.FeeScheduleId)) is { } without
            ? $"instrument {without.Symbol} has fee schedule {without.FeeScheduleId}, which is not there"
            : null;
    }

    private static string? OfAssets(MarketSettings market)
    {
        for (var place = 0; place < market.Assets.Count; place++)
        {
            var asset = market.Assets[place];
            if (asset.AssetId != place + 1 || asset.UnderlyingId - 1 >= market.Underlyings.Count)
            {
                return $"asset {place + 1} must have this id and an underlying that is listed";
            }

            if (asset.AtomsPerUnit < 1 || asset.QuoteAtomsPerTick < 1 || asset.HaircutPpm > Million
                || asset.VenueMaxAtoms < 0 || asset.AccountMaxAtoms < 0)
            {
                return $"asset {asset.Symbol} must have atomsPerUnit and quoteAtomsPerTick of at least 1, a haircutPpm of at "
                    + $"most {Million}, and limits that are not negative";
            }
        }

        return null;
    }

    private static string? OfAccount(MarketSettings market, MarketAccount account)
    {
        Span<byte> owner = stackalloc byte[OwnerLengthBytes];
        if (account.Owner is { } text && !TryReadOwner(text, owner))
        {
            return $"account {account.AccountId} has the owner '{text}', which is no address of 0x and 40 hexadecimal digits";
        }

        if (account.FeeTier >= TiersMax)
        {
            return $"account {account.AccountId} has fee tier {account.FeeTier}: tiers are 0 to {TiersMax - 1}";
        }

        return (account.Deposits ?? []).FirstOrDefault(deposit => deposit.Atoms < 1
            || deposit.AssetId - 1 >= market.Assets.Count) is { } wrong
            ? $"account {account.AccountId} has a deposit of {wrong.Atoms} of asset {wrong.AssetId}: an amount above 0 of an "
                + "asset that is listed is needed"
            : null;
    }

    private static bool TryReadOwner(string text, Span<byte> owner) =>
        text.Length == 2 + (2 * OwnerLengthBytes) && text.StartsWith("0x", StringComparison.Ordinal)
        && Convert.FromHexString(text.AsSpan(2), owner, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == OwnerLengthBytes;
}
