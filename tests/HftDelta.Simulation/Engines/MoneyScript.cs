using System.Buffers.Binary;
using System.Text;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Simulation.Engines;

/// <summary>Rates of one tier in parts per million.</summary>
public readonly record struct TierRates(
    int Maker = 0, int Taker = 0, uint Auction = 0, uint Settlement = 0, uint Funding = 0);

/// <summary>What tests say of money: fees, assets, withdrawals, transfers.</summary>
public static class MoneyScript
{
    public static void SetFees(
        this VenueScript venue, ushort schedule, FeeBasis basis, uint tradedMultiple, params ReadOnlySpan<TierRates> tiers)
    {
        var message = FeeScheduleEncoder.Wrap(venue.Engine.Buffer).SetScheduleId(schedule).SetBasis(basis)
            .SetTradedMultiple(tradedMultiple);
        var group = message.SetTiers(tiers.Length);
        foreach (var tier in tiers)
        {
            group.Next().SetMakerPpm(tier.Maker).SetTakerPpm(tier.Taker).SetAuctionPpm(tier.Auction)
                .SetSettlementPpm(tier.Settlement).SetFundingPpm(tier.Funding);
        }

        venue.Engine.SendInternal(message.EncodedLength);
    }

    public static void SetInstrumentFees(this VenueScript venue, uint instrument, ushort schedule) =>
        venue.Engine.SendInternal(InstrumentFeesEncoder.Wrap(venue.Engine.Buffer).SetInstrumentId(instrument)
            .SetScheduleId(schedule).EncodedLength);

    public static void SetTier(this VenueScript venue, uint account, uint tier) =>
        venue.Engine.SendInternal(
            AccountTierEncoder.Wrap(venue.Engine.Buffer).SetAccountId(account).SetTier(tier).EncodedLength);

    public static void ListAsset(
        this VenueScript venue, uint asset, uint underlying = 1, long atomsPerUnit = 100_000_000, long quoteAtomsPerTick = 1,
        uint haircutPpm = 0, long venueMaximum = 1L << 50, long accountMaximum = 1L << 50) =>
        venue.Engine.SendInternal(ListAssetEncoder.Wrap(venue.Engine.Buffer).SetAssetId(asset).SetUnderlyingId(underlying)
            .SetAtomsPerUnit(atomsPerUnit).SetQuoteAtomsPerTick(quoteAtomsPerTick).SetHaircutPpm(haircutPpm)
            .SetVenueMaximum(venueMaximum).SetAccountMaximum(accountMaximum)
            .SetSymbol(Encoding.ASCII.GetBytes($"A{asset}")).EncodedLength);

    public static void SetAssetTerms(
        this VenueScript venue, uint asset, uint haircutPpm, long venueMaximum = 1L << 50, long accountMaximum = 1L << 50) =>
        venue.Engine.SendInternal(AssetTermsEncoder.Wrap(venue.Engine.Buffer).SetAssetId(asset).SetHaircutPpm(haircutPpm)
            .SetVenueMaximum(venueMaximum).SetAccountMaximum(accountMaximum).EncodedLength);

    public static void DepositAsset(this VenueScript venue, uint account, uint asset, long atoms, ulong depositId) =>
        venue.Engine.SendInternal(DepositEncoder.Wrap(venue.Engine.Buffer).SetAccountId(account).SetAmount(atoms)
            .SetDepositId(depositId).SetAssetId(asset).EncodedLength);

    public static void WithdrawAsset(this VenueScript venue, uint account, uint asset, long atoms, ulong withdrawalId) =>
        venue.Engine.SendInternal(WithdrawEncoder.Wrap(venue.Engine.Buffer).SetAccountId(account).SetAmount(atoms)
            .SetWithdrawalId(withdrawalId).SetAssetId(asset).EncodedLength);

    /// <summary>An account of an owner, with a session of the same number.</summary>
    public static void OpenOwned(this VenueScript venue, uint account, uint owner)
    {
        Span<byte> address = stackalloc byte[20];
        BinaryPrimitives.WriteUInt32BigEndian(address[16..], owner);
        venue.Engine.SendInternal(
            OpenAccountEncoder.Wrap(venue.Engine.Buffer).SetAccountId(account).SetOwner(address).EncodedLength);
        venue.OpenSession(account, account, SessionRoles.Trader);
    }

    /// <returns>The number that the answer repeats.</returns>
    public static ulong RequestWithdrawal(
        this VenueScript venue, uint account, long atoms, uint asset = 0, uint? session = null, ulong deadline = 0)
    {
        var id = venue.TakeClientOrderId();
        venue.Engine.SendRequest(session ?? account, WithdrawalRequestEncoder.Wrap(venue.Engine.Buffer).SetAccountId(account)
            .SetAssetId(asset).SetAmount(atoms).SetClientOrderId(id).EncodedLength, deadline);
        return id;
    }

    /// <returns>The number that the answer repeats.</returns>
    public static ulong CancelWithdrawal(this VenueScript venue, uint account, ulong withdrawal, uint? session = null)
    {
        var id = venue.TakeClientOrderId();
        venue.Engine.SendRequest(
            session ?? account, WithdrawalCancelRequestEncoder.Wrap(venue.Engine.Buffer).SetAccountId(account)
                .SetWithdrawalId(withdrawal).SetClientOrderId(id).EncodedLength);
        return id;
    }

    /// <returns>The number that the answer repeats.</returns>
    public static ulong Transfer(
        this VenueScript venue, uint from, uint to, long atoms, uint asset = 0, uint? session = null)
    {
        var id = venue.TakeClientOrderId();
        venue.Engine.SendRequest(session ?? from, TransferRequestEncoder.Wrap(venue.Engine.Buffer).SetAccountId(from)
            .SetToAccountId(to).SetAssetId(asset).SetAmount(atoms).SetClientOrderId(id).EncodedLength);
        return id;
    }
}
