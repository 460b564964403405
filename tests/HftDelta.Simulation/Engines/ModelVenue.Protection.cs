using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>Section 13: market-maker protection, per account and underlying.</summary>
public sealed partial class ModelVenue
{
    private void SetProtection(Protect request)
    {
        var broken = CheckProtectionRequest(request);
        if (!broken.Is)
        {
            _accounts[request.Account].Protections[request.Underlying] = new ModelProtection
            {
                WindowNanos = request.WindowNanos,
                FreezeNanos = request.FreezeNanos,
                QuantityLimit = request.QuantityLimit,
                DeltaLimit = request.DeltaLimit,
                CountLimit = request.CountLimit,
            };
        }

        _reports.Add(new Protected(
            request.Session, NextSequence(request.Session), request.Account, request.Underlying, request.ClientOrderId, 0,
            broken.Code, broken.Bound));
    }

    private Broken CheckProtectionRequest(Protect request)
    {
        if (!_accounts.ContainsKey(request.Account))
        {
            return new Broken(RejectCode.UnknownAccount);
        }

        if (_sessions[request.Session].Account != request.Account)
        {
            return new Broken(RejectCode.AccountNotOfSession);
        }

        if (!_underlyings.ContainsKey(request.Underlying))
        {
            return new Broken(RejectCode.UnknownUnderlying);
        }

        return new Broken(request.QuantityLimit < 0 || request.DeltaLimit < 0 ? RejectCode.BadParameter : default);
    }

    /// <summary>Whether protected orders are refused now; the bound is the time it ends, 0 until a request.</summary>
    private Broken CheckProtection(ModelAccount account, uint underlying)
    {
        if (!account.Protections.TryGetValue(underlying, out var protection) || protection.FrozenUntil <= _time)
        {
            return default;
        }

        return new Broken(
            RejectCode.ProtectionActive,
            protection.FrozenUntil == ulong.MaxValue ? 0 : (long)protection.FrozenUntil);
    }

    /// <summary>A fill of a protected order; at a limit everything protected is pulled.</summary>
    private void Count(ModelOrder order, long lots)
    {
        var account = _accounts[order.Account];
        var underlying = _instruments[order.Instrument].Underlying.Id;
        if (!order.IsProtected || !account.Protections.TryGetValue(underlying, out var protection) ||
            protection.WindowNanos == 0 || protection.FrozenUntil > _time)
        {
            return;
        }

        if (protection.WindowStart is not { } start || _time - start >= protection.WindowNanos)
        {
            protection.WindowStart = _time;
            protection.Lots = 0;
            protection.Delta = 0;
            protection.Count = 0;
        }

        protection.Lots += lots;
        protection.Delta += (Int128)(order.IsBuy ? lots : -lots) << 32;
        protection.Count++;
        var isReached =
            (protection.QuantityLimit != 0 && protection.Lots >= protection.QuantityLimit) ||
            (protection.DeltaLimit != 0 && Int128.Abs(protection.Delta) >= protection.DeltaLimit) ||
            (protection.CountLimit != 0 && protection.Count >= protection.CountLimit);
        if (isReached)
        {
            Act(account, underlying, protection, order.Session);
        }
    }

    private void Act(ModelAccount account, uint underlying, ModelProtection protection, uint session)
    {
        protection.FrozenUntil = protection.FreezeNanos == 0 ? ulong.MaxValue : _time + protection.FreezeNanos;
        protection.WindowStart = null;
        _reports.Add(new Protected(
            session, NextSequence(session), account.Id, underlying, 0, protection.FrozenUntil, default, 0));
        bool IsCovered(ModelOrder order) => order.Account == account.Id && order.IsProtected &&
            _instruments[order.Instrument].Underlying.Id == underlying;
        foreach (var order in OrdersOf(account.Id).Where(IsCovered))
        {
            order.IsPulled = true;
        }

        _pending.Enqueue(() =>
        {
            foreach (var order in InSessionOrder(order => order.IsPulled && IsCovered(order)))
            {
                Cancel(order, CancelReason.MarketMakerProtection);
            }
        });
    }
}
