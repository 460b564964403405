using System.Globalization;
using HftDelta.Engine;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Node.Statements;

/// <summary>
/// One client's account, kept a second time from nothing but what the venue said: every event that moves its balance is a
/// <see cref="Movement"/>. The balance is cash with all that settlement has moved, whether applied or not, in sub-atoms, before
/// settlement fees that are not charged yet. One thread.
/// <para>
/// Invariant, checked as it goes: each cash that the venue told is this balance, rounded down, and after each command that moved
/// it the venue's own state holds it to the sub-atom. The first difference is kept as <see cref="Fault"/>.
/// </para>
/// </summary>
/// <param name="account">A client's account.</param>
/// <param name="tell">Called for every movement.</param>
internal sealed class AccountBook(AccountId account, Action<Movement> tell)
{
    private const uint Quote = 0;

    private readonly KnownInstruments _known = new();
    private readonly Dictionary<uint, long> _lots = [];
    private readonly SortedDictionary<uint, long> _assets = [];
    private readonly ToldCash _told = new();
    private CommandSequence _sequence;
    private TimeNanos _time;
    private Int128 _balance;
    private bool _isTouched;

    /// <summary>Where and how the first difference showed; null: none.</summary>
    public string? Fault { get; private set; }

    /// <summary>Of the quote asset.</summary>
    public SubAtoms Balance => new(_balance);

    /// <summary>Of the other assets that it ever had.</summary>
    public IEnumerable<(AssetId Asset, AssetAtoms Atoms)> OtherAssets =>
        _assets.Select(held => (new AssetId(held.Key), new AssetAtoms(held.Value)));

    public void BeginCommand(CommandSequence sequence, TimeNanos time)
    {
        _sequence = sequence;
        _time = time;
        _isTouched = false;
    }

    /// <summary>An event of the command.</summary>
    public void Take(RecordSource source, ReadOnlySpan<byte> frame)
    {
        if (!HftDeltaSchema.TryPeekHeader(frame, out var header))
        {
            return;
        }

        var template = (ushort)header.TemplateId;
        switch (source)
        {
            case RecordSource.MarketData when template == InstrumentDefinitionDecoder.TemplateId:
                _known.Take(InstrumentDefinitionDecoder.Trusted(frame));
                break;
            case RecordSource.MarketData when template == DeltaSettlementDecoder.TemplateId:
                Take(DeltaSettlementDecoder.Trusted(frame));
                break;
            case RecordSource.MarketData when template == FundingSettlementDecoder.TemplateId:
                Take(FundingSettlementDecoder.Trusted(frame));
                break;
            case RecordSource.Report:
                TakeReport(template, frame);
                break;
            case RecordSource.Internal when template == CashMovedDecoder.TemplateId:
                Take(CashMovedDecoder.Trusted(frame));
                break;
            default:
                break;
        }
    }

    /// <summary>All its events were taken: what the venue holds is compared.</summary>
    public void EndCommand(VenueView view)
    {
        RequireTold();
        if (_isTouched)
        {
            CompareMoney(view);
        }
    }

    /// <summary>Compares money and lots with the venue's own state.</summary>
    public void Compare(VenueView view)
    {
        if (account.Value >= view.AccountIdLimit || !view.IsOpen(account))
        {
            return;
        }

        CompareMoney(view);
        for (uint asset = 1; asset <= view.AssetCount; asset++)
        {
            var held = view.Balance(account, new AssetId(asset)).Value;
            Require(held, _assets.GetValueOrDefault(asset), $"the balance of asset {asset}");
        }

        for (uint instrument = 1; instrument <= view.InstrumentCount; instrument++)
        {
            var id = new InstrumentId(instrument);
            if (view.InstrumentState(id) is not (InstrumentState.Expired or InstrumentState.Removed))
            {
                var lots = view.Position(account, id).Value;
                Require(lots, _lots.GetValueOrDefault(instrument), $"the lots of {_known.NameOf(instrument)}");
            }
        }
    }

    /// <summary>What each command that moves the account is held against.</summary>
    private void CompareMoney(VenueView view) =>
        Require(view.Account(account).SettledCash.Value, _balance, "the account's cash with what settlement has moved");

    private void TakeReport(ushort template, ReadOnlySpan<byte> frame)
    {
        switch (template)
        {
            case OrderFilledDecoder.TemplateId:
                Take(OrderFilledDecoder.Trusted(frame));
                break;
            case StrategyLegFilledDecoder.TemplateId:
                Take(StrategyLegFilledDecoder.Trusted(frame));
                break;
            case AccountSettledDecoder.TemplateId:
                Take(AccountSettledDecoder.Trusted(frame));
                break;
            case WithdrawalReportDecoder.TemplateId:
                Take(WithdrawalReportDecoder.Trusted(frame));
                break;
            case BalanceChangedDecoder.TemplateId:
                Take(BalanceChangedDecoder.Trusted(frame));
                break;
            case TransferReportDecoder.TemplateId:
                Take(TransferReportDecoder.Trusted(frame));
                break;
            default:
                break;
        }
    }

    private void Take(in DeltaSettlementDecoder settlement)
    {
        foreach (var entry in settlement.Instruments)
        {
            var index = new SubAtoms(entry.DeltaIndex.ToInt128());
            var before = _known.MoveIndex(entry.InstrumentId, index);
            var lots = _lots.GetValueOrDefault(entry.InstrumentId);
            if (before is null || lots == 0 || before.DeltaIndex == index)
            {
                continue;
            }

            Move(new Movement
            {
                Sequence = _sequence,
                Time = _time,
                Kind = settlement.Trigger == SettlementTrigger.Expiry ? MovementKind.Expiry : MovementKind.Settlement,
                Asset = new AssetId(Quote),
                Symbol = before.Symbol,
                Lots = new QuantityLots(lots),
                Price = new PriceTicks(entry.SettlementPrice),
                DeltaIndex = index,
                Amount = new SubAtoms(lots * (index - before.DeltaIndex).Value),
                Balance = default,
            });
        }
    }

    /// <summary>A lot held long pays by how much F moved.</summary>
    private void Take(in FundingSettlementDecoder funding)
    {
        foreach (var entry in funding.Instruments)
        {
            var lots = _lots.GetValueOrDefault(entry.InstrumentId);
            var perLot = entry.Amount.ToInt128();
            if (lots == 0 || perLot == 0)
            {
                continue;
            }

            Move(Plain(MovementKind.Funding, Quote, -lots * perLot, 0) with
            {
                Symbol = _known.NameOf(entry.InstrumentId),
                Lots = new QuantityLots(lots),
            });
        }
    }

    private void Take(in OrderFilledDecoder fill)
    {
        if (fill.AccountId != account.Value)
        {
            return;
        }

        // The fill of a strategy's own order moves nothing: its legs do, and each tells the cash after all of them.
        if (_known.Find(fill.InstrumentId) is not { IsStrategy: true })
        {
            Trade(new Fill(
                fill.InstrumentId, fill.Side, fill.Quantity, fill.Price, fill.TradeId,
                fill.DeltaIndex.ToInt128(), fill.Fee.ToInt128()));
        }

        ToldByFill(fill.Cash);
    }

    private void Take(in StrategyLegFilledDecoder fill)
    {
        if (fill.AccountId != account.Value)
        {
            return;
        }

        Trade(new Fill(
            fill.InstrumentId, fill.Side, fill.Quantity, fill.Price, fill.TradeId,
            fill.DeltaIndex.ToInt128(), fill.Fee.ToInt128()));
        ToldByFill(fill.Cash);
    }

    private void Trade(in Fill fill)
    {
        var known = _known.Find(fill.Instrument);
        var symbol = _known.NameOf(fill.Instrument);
        var lots = fill.Side == Side.Buy ? fill.Quantity : -fill.Quantity;
        Require(fill.Index, known?.DeltaIndex.Value ?? 0, $"the delta index of {symbol} at trade {fill.TradeId}");
        var gross = -lots * (((Int128)fill.Price * (known?.AtomsPerTick.Value ?? 0)) << Scale.SubAtomBits);
        var ofIndex = lots * fill.Index;
        Move(new Movement
        {
            Sequence = _sequence,
            Time = _time,
            Kind = MovementKind.Trade,
            Asset = new AssetId(Quote),
            Symbol = symbol,
            Lots = new QuantityLots(lots),
            Price = new PriceTicks(fill.Price),
            DeltaIndex = new SubAtoms(fill.Index),
            Gross = new SubAtoms(gross),
            OfIndex = new SubAtoms(ofIndex),
            Amount = new SubAtoms(gross + ofIndex),
            Balance = default,
            Reference = fill.TradeId,
        });
        _lots[fill.Instrument] = _lots.GetValueOrDefault(fill.Instrument) + lots;
        if (fill.Fee != 0)
        {
            Move(Plain(MovementKind.TradingFee, Quote, -fill.Fee, fill.TradeId) with { Symbol = symbol });
        }
    }

    private void Take(in AccountSettledDecoder settled)
    {
        if (settled.AccountId != account.Value)
        {
            return;
        }

        RequireTold();
        var fee = settled.Fee.ToInt128();
        if (fee != 0)
        {
            Move(Plain(MovementKind.SettlementFee, Quote, -fee, 0));
        }

        var interest = settled.Interest.ToInt128();
        if (interest != 0)
        {
            Move(Plain(MovementKind.PoolInterest, Quote, -interest, 0));
        }

        _isTouched = true;
        Require(
            ((Int128)settled.Cash << Scale.SubAtomBits) + settled.Dust,
            _balance,
            "the cash that the account was told when settled");
    }

    private void Take(in CashMovedDecoder moved)
    {
        if (moved.AccountId != account.Value)
        {
            return;
        }

        var asset = moved.HasAssetId ? moved.AssetId : Quote;
        var kind = moved.Amount < 0 ? MovementKind.Withdrawal : MovementKind.Deposit;
        MoveWhole(kind, asset, moved.Amount, moved.MovementId);
        RequireWhole(asset, moved.Cash);
    }

    private void Take(in WithdrawalReportDecoder report)
    {
        if (report.AccountId != account.Value)
        {
            return;
        }

        if (report.State == WithdrawalState.Held)
        {
            MoveWhole(MovementKind.WithdrawalHeld, report.AssetId, -report.Amount, report.WithdrawalId);
            RequireWhole(report.AssetId, report.Balance);
        }
        else if (report.State is WithdrawalState.Canceled or WithdrawalState.Returned)
        {
            MoveWhole(MovementKind.WithdrawalBack, report.AssetId, report.Amount, report.WithdrawalId);
            RequireWhole(report.AssetId, report.Balance);
        }
    }

    /// <summary>Of what else changes a balance there are other reports.</summary>
    private void Take(in BalanceChangedDecoder report)
    {
        if (report.AccountId == account.Value && report.Cause is BalanceCause.Delivery or BalanceCause.DeliveryPenalty)
        {
            var isSwap = report.Cause == BalanceCause.Delivery;
            MoveWhole(
                isSwap ? MovementKind.Delivery : MovementKind.DeliveryPenalty, report.AssetId, report.Amount, report.Reference);
            RequireWhole(report.AssetId, report.Balance);
        }
    }

    private void Take(in TransferReportDecoder report)
    {
        if (report.Code != 0)
        {
            return;
        }

        if (report.AccountId == account.Value)
        {
            MoveWhole(MovementKind.TransferOut, report.AssetId, -report.Amount, report.ToAccountId);
            RequireWhole(report.AssetId, report.Balance);
        }
        else if (report.ToAccountId == account.Value)
        {
            MoveWhole(MovementKind.TransferIn, report.AssetId, report.Amount, report.AccountId);
        }
    }

    private void MoveWhole(MovementKind kind, uint asset, long atoms, ulong reference)
    {
        RequireTold();
        Move(Plain(kind, asset, (Int128)atoms << Scale.SubAtomBits, reference));
    }

    private Movement Plain(MovementKind kind, uint asset, Int128 subAtoms, ulong reference) => new()
    {
        Sequence = _sequence,
        Time = _time,
        Kind = kind,
        Asset = new AssetId(asset),
        Amount = new SubAtoms(subAtoms),
        Balance = default,
        Reference = reference,
    };

    /// <summary>The one place that changes a balance; the movement is told with the balance after it.</summary>
    private void Move(Movement movement)
    {
        _isTouched = true;
        var asset = movement.Asset.Value;
        if (asset == Quote)
        {
            _balance += movement.Amount.Value;
            tell(movement with { Balance = Balance });
            return;
        }

        var atoms = _assets.GetValueOrDefault(asset) + movement.Amount.FloorAtoms;
        _assets[asset] = atoms;
        tell(movement with { Balance = SubAtoms.FromAtoms(atoms) });
    }

    private void ToldByFill(long cash)
    {
        _isTouched = true;
        if (!_told.Take(cash, Balance.FloorAtoms))
        {
            Differ("the cash that a fill told", _told.Expected, Balance.FloorAtoms);
        }
    }

    private void RequireTold()
    {
        if (!_told.End())
        {
            Differ("the cash that a fill told", _told.Expected, Balance.FloorAtoms);
        }
    }

    private void RequireWhole(uint asset, long told) => Require(
        told,
        asset == Quote ? Balance.FloorAtoms : _assets.GetValueOrDefault(asset),
        $"the balance of asset {asset} that was told");

    private void Require(Int128 venue, Int128 own, string what)
    {
        if (venue != own)
        {
            Differ(what, venue, own);
        }
    }

    private void Differ(string what, Int128 venue, Int128 own) => Fault ??= string.Create(
        CultureInfo.InvariantCulture, $"at command {_sequence}: {what} is {venue}, the movements make it {own}");

    private readonly record struct Fill(
        uint Instrument, Side Side, long Quantity, long Price, ulong TradeId, Int128 Index, Int128 Fee);
}
