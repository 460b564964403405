using System.Numerics;
using HftDelta.Wire;

namespace HftDelta.Tests.Engine.Money;

/// <summary>
/// What accounts have to deliver after each expiry: by the lots that they held and by what they were told, which must come to the
/// same when all is closed. No money moves by it.
/// </summary>
internal sealed class ModelDeliveries
{
    private readonly Dictionary<(uint Account, uint Underlying, ulong Expiry), BigInteger> _due = [];
    private readonly Dictionary<(uint Account, uint Underlying, ulong Expiry), BigInteger> _ended = [];
    private readonly SortedDictionary<ulong, OpenDelivery> _open = [];

    /// <summary>Obligations that wait, by number.</summary>
    public IReadOnlyCollection<ulong> Open => _open.Keys;

    /// <summary>Lots were held to the end: a future takes them, a call in the money too, a put the other way.</summary>
    public void Expire(uint account, ModelListing listing, long lots, long price)
    {
        if (!listing.IsPhysical || (listing.Strike != 0 && listing.PayoffTicks(price) == 0))
        {
            return;
        }

        var key = (account, listing.Underlying, listing.ExpiryTime);
        var taken = listing.Strike == 0 || listing.IsCall ? lots : -lots;
        _due[key] = _due.GetValueOrDefault(key) + ((BigInteger)taken * listing.AtomsPerUnderlyingTick);
    }

    public void Take(in DeliveryReportDecoder report)
    {
        var key = (report.AccountId, report.UnderlyingId, report.ExpiryTime);
        BigInteger amount = report.Amount.ToInt128();
        Demand.That(report.Cash.ToInt128() == amount * report.Price, "the cash is the amount at the expiry's price");
        Demand.That((report.State == DeliveryState.Netted) == amount.IsZero, "only nothing is netted");
        _open.Remove(report.ObligationId);
        if (report.State == DeliveryState.Due)
        {
            _open.Add(report.ObligationId, new OpenDelivery(key.AccountId, key.UnderlyingId, key.ExpiryTime, amount));
        }
        else
        {
            _ended[key] = _ended.GetValueOrDefault(key) + amount;
        }
    }

    /// <summary>All that has expired is closed.</summary>
    public void Check()
    {
        foreach (var (account, underlying, expiry, amount) in _open.Values)
        {
            var key = (account, underlying, expiry);
            _ended[key] = _ended.GetValueOrDefault(key) + amount;
        }

        _open.Clear();
        foreach (var (key, amount) in _due)
        {
            var told = _ended.GetValueOrDefault(key);
            Demand.That(told == amount, $"{key} was told to take {told}, its lots make it {amount}");
        }

        Demand.That(_ended.Keys.All(_due.ContainsKey), "nobody delivers what it did not hold");
        foreach (var expiry in _due.GroupBy(due => (due.Key.Underlying, due.Key.Expiry)))
        {
            var sum = expiry.Aggregate(BigInteger.Zero, (total, due) => total + due.Value);
            Demand.That(sum.IsZero, $"what is given is taken, {expiry.Key}: {sum}");
        }
    }

    private readonly record struct OpenDelivery(uint Account, uint Underlying, ulong Expiry, BigInteger Amount);
}
