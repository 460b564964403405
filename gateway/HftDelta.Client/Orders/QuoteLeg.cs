using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Client.Orders;

/// <summary>
/// One side of a quote: what is wanted, what rests, and at most one request between them. What rests is known from outcomes and
/// reports alone. Owner: the client's thread.
/// </summary>
internal sealed class QuoteLeg(InstrumentId instrument, Side side, int lane, ExecutionFlags flags)
{
    private RequestNumber _inFlight;
    private ClientOrderId _live;
    private long _priceTicks;
    private long _restingPriceTicks;
    private long _totalLots;
    private long _filledLots;
    private ClientOrderId _askedName;
    private long _askedPriceTicks;
    private long _askedTotalLots;
    private long _wantedPriceTicks;
    private long _wantedLots;

    /// <summary>What is wanted was set since the last request.</summary>
    public bool IsDirty { get; private set; }

    public bool IsInFlight => _inFlight.Value != 0;

    public ClientOrderId Live => _live;

    /// <summary>Where it rests, which the venue may have put behind the price that was asked for.</summary>
    public PriceTicks Price => new(_restingPriceTicks);

    public QuantityLots Leaves => new(_live.Value == 0 ? 0 : _totalLots - _filledLots);

    /// <returns>True when something is to be sent.</returns>
    public bool Want(long priceTicks, long lots)
    {
        _wantedPriceTicks = priceTicks;
        _wantedLots = lots;
        IsDirty = IsInFlight || !IsAsWanted;
        return IsDirty && !IsInFlight;
    }

    /// <summary>Sends what is needed to get what is wanted.</summary>
    /// <returns>False when the session takes nothing now.</returns>
    public bool TrySend(OrderSession session)
    {
        if (!IsDirty || IsInFlight)
        {
            return true;
        }

        if (IsAsWanted)
        {
            IsDirty = false;
            return true;
        }

        var sent = _live.Value == 0 ? SendNew(session) : _wantedLots == 0 ? SendCancel(session) : SendReplace(session);
        if (!sent.IsSent)
        {
            return false;
        }

        _inFlight = sent.Request;
        _askedName = sent.Order;
        IsDirty = false;
        return true;
    }

    /// <returns>True when something is to be sent.</returns>
    public bool OnOutcome(in RequestOutcome outcome)
    {
        if (outcome.Request != _inFlight)
        {
            return false;
        }

        _inFlight = default;
        switch (outcome.Kind)
        {
            case OutcomeKind.Accepted:
                _filledLots = 0;
                TakeAsked(outcome.Price);
                break;
            case OutcomeKind.Replaced:
                TakeAsked(outcome.Price);
                break;
            case OutcomeKind.Canceled:
            case OutcomeKind.Unknown:
                _live = default;
                break;
            default:
                // A refused replacement leaves the order as it is; one that is gone has told so by its own report.
                break;
        }

        return IsDirty;
    }

    /// <summary>An order was filled in part, or lost lots otherwise.</summary>
    public void OnLeaves(ClientOrderId order, QuantityLots leaves)
    {
        if (order != _live)
        {
            return;
        }

        _filledLots = _totalLots - leaves.Value;
        _live = leaves.Value == 0 ? default : _live;
    }

    public void OnCanceled(in OrderCancellation cancellation)
    {
        if (cancellation.Order == _live)
        {
            _live = default;
        }
    }

    /// <summary>The session that held the order is forgotten.</summary>
    public void Forget() => _live = default;

    private bool IsAsWanted => _live.Value == 0
        ? _wantedLots == 0
        : _wantedLots == _totalLots - _filledLots && _wantedPriceTicks == _priceTicks;

    private void TakeAsked(PriceTicks got)
    {
        _live = _askedName;
        _priceTicks = _askedPriceTicks;
        _restingPriceTicks = got.Value == 0 ? _askedPriceTicks : got.Value;
        _totalLots = _askedTotalLots;
    }

    private Submission SendNew(OrderSession session)
    {
        _askedPriceTicks = _wantedPriceTicks;
        _askedTotalLots = _wantedLots;
        return session.NewOrder(
            new OrderTerms
            {
                Instrument = instrument,
                Side = side,
                Price = new PriceTicks(_wantedPriceTicks),
                Quantity = new QuantityLots(_wantedLots),
                Flags = flags,
            },
            default,
            lane);
    }

    private Submission SendCancel(OrderSession session) => session.Cancel(instrument, default, _live, default);

    private Submission SendReplace(OrderSession session)
    {
        _askedPriceTicks = _wantedPriceTicks;
        _askedTotalLots = _filledLots + _wantedLots;
        return session.Replace(
            new ReplaceTerms
            {
                Instrument = instrument,
                Order = _live,
                Price = new PriceTicks(_wantedPriceTicks),
                Quantity = new QuantityLots(_askedTotalLots),
            },
            default,
            lane);
    }
}
