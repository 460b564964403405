using HftDelta.Client.Connections;
using HftDelta.Client.MarketData;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Wire;

namespace HftDelta.Client;

/// <summary>
/// What a client is told; a caller overrides what it wants to know. Everything is called on the thread of
/// <see cref="VenueClient.DoWork"/>, in the order of the venue, and may send requests. Nothing is allocated for a call.
/// <para>
/// A class with virtual members and no struct type parameter: the call costs one or two nanoseconds against microseconds for the
/// datagram, and a listener may be an ordinary object that holds its client. It is no interface, so nothing is looked up.
/// </para>
/// </summary>
public abstract class VenueListener
{
    /// <param name="from">Before.</param>
    /// <param name="to">From now on.</param>
    /// <param name="cause">Why.</param>
    /// <param name="code">What the venue said, where the cause is the venue's.</param>
    public virtual void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code)
    {
    }

    /// <summary>
    /// A request ended; exactly once for each that was sent, at the latest when its time is up: then it is
    /// <see cref="OutcomeKind.Unknown"/>.
    /// </summary>
    public virtual void OnOutcome(in RequestOutcome outcome)
    {
    }

    /// <summary>
    /// How a request that ended as unknown did end at the venue: at most once for each, at its place among the reports, and
    /// never unknown.
    /// </summary>
    public virtual void OnResolvedLate(in RequestOutcome outcome)
    {
    }

    public virtual void OnFill(in OrderFill fill)
    {
    }

    /// <summary>One leg of a strategy order's fill, once for each leg, after the <see cref="OnFill"/> of the strategy.</summary>
    public virtual void OnLegFill(in StrategyLegFill fill)
    {
    }

    public virtual void OnCanceled(in OrderCancellation cancellation)
    {
    }

    public virtual void OnDecremented(in OrderDecrement decrement)
    {
    }

    public virtual void OnRepriced(in OrderRepricing repricing)
    {
    }

    /// <summary>A mass cancel is done; what it ended was told before, each by <see cref="OnCanceled"/>.</summary>
    public virtual void OnMassCanceled(in MassCancellation cancellation)
    {
    }

    /// <summary>What became of each side of a mass quote that was accepted; after its outcome.</summary>
    public virtual void OnMassQuoted(in MassQuoteResult result)
    {
    }

    /// <summary>Market-maker protection has acted: what it pulls is told one by one.</summary>
    public virtual void OnProtectionActed(in ProtectionAction action)
    {
    }

    public virtual void OnAccountSettled(in AccountSettlement settlement)
    {
    }

    /// <summary>A withdrawal was held, released, cancelled or returned; after the outcome of what asked for it.</summary>
    public virtual void OnWithdrawal(in WithdrawalStep step)
    {
    }

    /// <summary>Money went to another account of the owner; after its outcome.</summary>
    public virtual void OnTransferred(in TransferDone transfer)
    {
    }

    /// <summary>A deposit, a transfer from another account of the owner, or the operator's withdrawal.</summary>
    public virtual void OnBalanceChanged(in BalanceChange change)
    {
    }

    /// <summary>What the account is to deliver or take after an expiry: that it is due, changed, done or lapsed.</summary>
    public virtual void OnDelivery(in DeliveryStep step)
    {
    }

    /// <summary>The account's cash is further below 0 than it may borrow against its claims, or no more.</summary>
    public virtual void OnLiquidityCall(in LiquidityStep step)
    {
    }

    /// <summary>Reports were missing, were asked for and have been delivered, in order.</summary>
    public virtual void OnReportsHealed(ReportSequence first, ReportSequence last)
    {
    }

    /// <summary>Reports that the venue no longer keeps will never be delivered; outcomes are still asked for and come.</summary>
    public virtual void OnReportsLost(ReportSequence first, ReportSequence last)
    {
    }

    public virtual void OnTrade(in PublicTrade trade)
    {
    }

    public virtual void OnTopOfBook(in TopOfBook top)
    {
    }

    public virtual void OnInstrument(in InstrumentFacts instrument)
    {
    }

    /// <summary>The legs of a strategy; after its <see cref="OnInstrument"/>.</summary>
    public virtual void OnStrategy(in StrategyFacts strategy)
    {
    }

    /// <summary>An instrument is halted, opened, called to an auction; before anything that comes of it.</summary>
    public virtual void OnMarketState(in MarketStateChange change)
    {
    }

    /// <summary>An auction would trade at another price, volume or imbalance; or it has ended.</summary>
    public virtual void OnAuction(in AuctionIndication indication)
    {
    }

    public virtual void OnDeltaMove(in DeltaMove move)
    {
    }

    /// <summary>A funding index moved; before the <see cref="OnDeltaMove"/> of the same interval.</summary>
    public virtual void OnFundingMove(in FundingMove move)
    {
    }

    public virtual void OnOraclePrice(in OraclePriceChange change)
    {
    }

    public virtual void OnStaleness(in StalenessChange change)
    {
    }

    public virtual void OnSettlementWindow(in WindowChange window)
    {
    }

    public virtual void OnForward(in ForwardChange change)
    {
    }

    /// <summary>Public messages are missing; they are not sent again, what follows is newer.</summary>
    public virtual void OnMarketDataGap(long missingMessages)
    {
    }
}
