using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>What ends many orders: mass cancels, the end of the day, the kill switch (sections 4, 10 and 11).</summary>
public sealed partial class ModelVenue
{
    private bool _isVenueKilled;
    private ulong _day;

    private List<ModelOrder> InSessionOrder(Func<ModelOrder, bool> filter) =>
        [.. _sessions.Values.SelectMany(session => session.Orders).Where(filter)];

    private void CancelMany(MassCancel request)
    {
        var broken = CheckMassCancel(request);
        uint count = 0;
        if (!broken.Is)
        {
            foreach (var order in InSessionOrder(order => IsCovered(request, order)))
            {
                count++;
                Cancel(order, CancelReason.MassCancel, request.ClientOrderId);
            }
        }

        _reports.Add(new MassCanceled(
            request.Session, NextSequence(request.Session), request.Account, broken.Code, request.ClientOrderId, count,
            broken.Bound));
    }

    private Broken CheckMassCancel(MassCancel request)
    {
        if (!_accounts.ContainsKey(request.Account))
        {
            return new Broken(RejectCode.UnknownAccount);
        }

        if (_sessions[request.Session].Account != request.Account)
        {
            return new Broken(RejectCode.AccountNotOfSession);
        }

        if (request.Instrument != 0 && !_instruments.ContainsKey(request.Instrument))
        {
            return new Broken(RejectCode.UnknownInstrument);
        }

        if (request.Underlying != 0 && !_underlyings.ContainsKey(request.Underlying))
        {
            return new Broken(RejectCode.UnknownUnderlying);
        }

        if (request.Side > SideFilter.Sell)
        {
            return new Broken(RejectCode.BadSide);
        }

        return new Broken(request.LowestPrice > request.HighestPrice ? RejectCode.BadRange : default);
    }

    private bool IsCovered(MassCancel request, ModelOrder order)
    {
        var isAnyPrice = request.LowestPrice == 0 && request.HighestPrice == 0;
        return order.Account == request.Account &&
            (request.Instrument == 0 || order.Instrument == request.Instrument) &&
            (request.Underlying == 0 || _instruments[order.Instrument].Underlying.Id == request.Underlying) &&
            (request.Side == SideFilter.Both || order.IsBuy == (request.Side == SideFilter.Buy)) &&
            (isAnyPrice || (order.Price >= request.LowestPrice && order.Price <= request.HighestPrice));
    }

    private void EndTheDay(EndDay end)
    {
        if (end.Day != _day + 1)
        {
            _reports.Add(new Refused(RejectCode.BadParameter));
            return;
        }

        _day++;
        _pending.Enqueue(() =>
        {
            foreach (var order in InSessionOrder(order => order.TimeInForce == TimeInForce.Day))
            {
                Cancel(order, CancelReason.EndOfDay);
            }
        });
    }

    private void Close(ModelSession session)
    {
        if (!session.IsOpen)
        {
            _reports.Add(new Refused(RejectCode.BadParameter));
            return;
        }

        session.IsOpen = false;
        if (session.CancelsOrders)
        {
            _pending.Enqueue(() =>
            {
                foreach (var order in session.Orders.ToList())
                {
                    Cancel(order, CancelReason.SessionClosed);
                }
            });
        }
    }

    private void Open(ModelSession session, bool cancelsOrders)
    {
        session.IsOpen = true;
        session.CancelsOrders = cancelsOrders;
        _accounts[session.Account].NoticeSession = session.Handle;
    }

    private void Switch(Kill kill)
    {
        if (kill.CancelsOrders && !kill.IsOn)
        {
            _reports.Add(new Refused(RejectCode.BadParameter));
            return;
        }

        if (kill.Account == 0)
        {
            _isVenueKilled = kill.IsOn;
        }
        else
        {
            _accounts[kill.Account].IsKilled = kill.IsOn;
        }

        if (!kill.IsOn || !kill.CancelsOrders)
        {
            return;
        }

        foreach (var order in _orders.Values.Where(order => kill.Account == 0 || order.Account == kill.Account))
        {
            order.IsKilled = true;
        }

        _pending.Enqueue(() =>
        {
            foreach (var order in InSessionOrder(order => order.IsKilled))
            {
                Cancel(order, CancelReason.KillSwitch);
            }
        });
    }
}
