using System.Globalization;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.MarketData;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Tests.Client;

/// <summary>Writes down what a client was told, in order and in words that a test can compare.</summary>
internal sealed class ToldEvents : VenueListener
{
    public List<string> Lines { get; } = [];

    public List<RequestOutcome> Outcomes { get; } = [];

    public List<ConnectionState> States { get; } = [];

    public List<SubAtoms> Fees { get; } = [];

    /// <summary>Called with each outcome, as a strategy would.</summary>
    public Action<RequestOutcome>? WhenOutcome { get; set; }

    public Action<ConnectionState>? WhenState { get; set; }

    /// <summary>The lines that are neither states nor market data.</summary>
    public IEnumerable<string> OrderLines => Lines.Where(line => !line.StartsWith("state", StringComparison.Ordinal)
        && !line.StartsWith("public", StringComparison.Ordinal));

    public override void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code)
    {
        States.Add(to);
        Say($"state {to} {cause} {code:D}");
        WhenState?.Invoke(to);
    }

    public override void OnOutcome(in RequestOutcome outcome)
    {
        Outcomes.Add(outcome);
        Say($"outcome {outcome.Request.Value} {outcome.Kind} order {outcome.OrderId.Value} code {outcome.Code:D}");
        WhenOutcome?.Invoke(outcome);
    }

    public override void OnResolvedLate(in RequestOutcome outcome) =>
        Say($"late {outcome.Request.Value} {outcome.Kind} order {outcome.OrderId.Value} code {outcome.Code:D}");

    public override void OnFill(in OrderFill fill)
    {
        Fees.Add(fill.Fee);
        Say($"fill {fill.Place.Sequence.Value} order {fill.OrderId.Value} lots {fill.Quantity} leaves {fill.Leaves}");
    }

    public override void OnWithdrawal(in WithdrawalStep step) => Say(
        $"withdrawal {step.Withdrawal.Value} {step.State} {step.Amount} of {step.Asset.Value} left {
            step.Balance} epoch {step.Epoch} code {step.Code:D}");

    public override void OnTransferred(in TransferDone transfer) => Say(
        $"gave {transfer.Amount} of {transfer.Asset.Value} to {transfer.To.Value} left {transfer.Balance}");

    public override void OnBalanceChanged(in BalanceChange change) => Say(
        $"balance {change.Cause} {change.Amount} of {change.Asset.Value} now {change.Balance} by {change.Reference}");

    public override void OnLegFill(in StrategyLegFill fill)
    {
        var leg = $"{fill.Side} {fill.Quantity} of {fill.Instrument.Value} @ {fill.Price}";
        Say($"leg {fill.Place.Sequence.Value} order {fill.OrderId.Value} {leg} index {fill.DeltaIndex} cash {fill.Cash}");
    }

    public override void OnStrategy(in StrategyFacts strategy)
    {
        var legs = new List<string>();
        foreach (var (instrument, ratio) in strategy.Legs)
        {
            legs.Add($"{ratio} x {instrument.Value}");
        }

        Say($"public strategy {strategy.Instrument.Value}: {string.Join(", ", legs)}");
    }

    public override void OnMarketState(in MarketStateChange change) =>
        Say($"public state {change.Instrument.Value} {change.State} until {change.EndTime.Value}");

    public override void OnAuction(in AuctionIndication indication)
    {
        var price = indication.HasPrice ? indication.Price.ToString() : "none";
        var rest = $"{indication.ImbalanceSide} {indication.Imbalance} until {indication.EndTime.Value} over {indication.IsOver}";
        Say($"public auction {indication.Instrument.Value} {indication.State} {indication.Volume} @ {price} {rest}");
    }

    public override void OnCanceled(in OrderCancellation cancellation) =>
        Say($"canceled {cancellation.Place.Sequence.Value} order {cancellation.OrderId.Value} {cancellation.Reason}");

    public override void OnDecremented(in OrderDecrement decrement) => Say(
        $"decremented {decrement.OrderId.Value} by {decrement.Quantity} leaves {decrement.Leaves}");

    public override void OnRepriced(in OrderRepricing repricing) => Say(
        $"repriced {repricing.OrderId.Value} {repricing.Reason} {repricing.Side} {repricing.Price} leaves {repricing.Leaves}");

    public override void OnMassCanceled(in MassCancellation cancellation) =>
        Say($"mass-canceled {cancellation.Orders} for request {cancellation.Request.Value}");

    public override void OnMassQuoted(in MassQuoteResult result)
    {
        foreach (var (instrument, bidCode, askCode, bid, ask) in result.Entries)
        {
            Say($"quoted {instrument.Value} {bidCode:D} {bid.Value} / {askCode:D} {ask.Value}");
        }
    }

    public override void OnProtectionActed(in ProtectionAction action) =>
        Say($"protection acted in {action.Underlying.Value} until {action.FrozenUntil.Value}");

    public override void OnAccountSettled(in AccountSettlement settlement) =>
        Say($"settled {settlement.Place.Sequence.Value} amount {settlement.Amount}{Parts(settlement)}");

    public override void OnDelivery(in DeliveryStep step) => Say(
        $"delivery {step.Obligation} {step.State} {step.Amount} of {step.Underlying.Value} for {step.Cash} at {
            step.Price} by {step.Deadline.Value}");

    public override void OnLiquidityCall(in LiquidityStep step) =>
        Say($"called {step.IsCalled} cash {step.Cash.Value} claim {step.Claim.Value} shortfall {step.Shortfall.Value}");

    public override void OnReportsHealed(ReportSequence first, ReportSequence last) =>
        Say($"healed {first.Value} to {last.Value}");

    public override void OnReportsLost(ReportSequence first, ReportSequence last) => Say($"lost {first.Value} to {last.Value}");

    public override void OnTrade(in PublicTrade trade) =>
        Say($"public trade {trade.TradeId} {trade.Aggressor} {trade.Price} x {trade.Quantity} index {trade.DeltaIndex}");

    public override void OnTopOfBook(in TopOfBook top) =>
        Say($"public top {top.Instrument.Value} {top.BidQuantity}@{top.Bid} {top.AskQuantity}@{top.Ask}");

    public override void OnInstrument(in InstrumentFacts instrument) => Say(
        $"public instrument {instrument.Instrument.Value} {instrument.State} {Encode(instrument.Symbol)}");

    public override void OnDeltaMove(in DeltaMove move) => Say(
        $"public move {move.Instrument.Value} {move.PreviousPrice}->{move.Price} delta {move.Delta.Value} last {move.IsLast}");

    public override void OnFundingMove(in FundingMove move) =>
        Say($"public funding {move.Instrument.Value} index {move.FundingIndex} by {move.Amount}");

    public override void OnStaleness(in StalenessChange change) =>
        Say($"public staleness {change.Underlying.Value} {change.Previous} -> {change.Class}");

    public override void OnSettlementWindow(in WindowChange window) =>
        Say($"public window {window.Underlying.Value} {window.Phase} {window.Price}");

    public override void OnForward(in ForwardChange change) =>
        Say($"public forward {change.Underlying.Value} {change.Basis}");

    public override void OnOraclePrice(in OraclePriceChange change) =>
        Say($"public price {change.Underlying.Value} {change.Price} of {change.Sources}");

    public override void OnMarketDataGap(long missingMessages) => Say($"public gap {missingMessages}");

    private static string Parts(in AccountSettlement settlement) => (settlement.Funding, settlement.Interest) == default
        ? ""
        : $" funding {settlement.Funding} interest {settlement.Interest}";

    private void Say(FormattableString line) => Lines.Add(line.ToString(CultureInfo.InvariantCulture));

    private static string Encode(ReadOnlySpan<byte> symbol) => System.Text.Encoding.ASCII.GetString(symbol.TrimEnd((byte)0));
}
