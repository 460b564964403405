using System.Globalization;
using HftDelta.Engine;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Export;

/// <summary>
/// Every movement of the balances of all clients, from what the venue said: what <see cref="AccountBook"/> is for one account,
/// but the balance is that of the ledger, which settlement changes when it is applied to the account and not at each
/// tick. Memory is that of the balances and of one command's movements. One thread.
/// <para>
/// Invariant: after each command that moved a balance the venue's own state holds it to the sub-atom. Settlement that moves dust
/// alone is told to nobody; it is told here before the account's next movement, and by less than an atom.
/// </para>
/// </summary>
/// <param name="known">What was told of instruments.</param>
/// <param name="tell">Called for every movement, at the end of its command.</param>
internal sealed class MovementRows(KnownInstruments known, Action<ExportedMovement> tell)
{
    private const uint Quote = 0;

    private readonly Dictionary<(uint Account, uint Asset), Int128> _held = [];
    private readonly Dictionary<(uint Account, uint Asset), Int128> _silent = [];
    private readonly List<ExportedMovement> _rows = [];
    private CommandSequence _sequence;
    private TimeNanos _time;

    /// <summary>Why it does not add up and where; null: it does. Nothing is told behind it.</summary>
    public string? Fault { get; private set; }

    /// <summary>The balances with which the export begins.</summary>
    public void Open(VenueView view)
    {
        foreach (var key in Balances(view))
        {
            _held[key] = Actual(view, key);
        }
    }

    public void Begin(CommandSequence sequence, TimeNanos time)
    {
        _sequence = sequence;
        _time = time;
    }

    /// <summary>All events of the command were taken.</summary>
    public void End(VenueView view)
    {
        if (_rows.Count > 0 && AddsUp(view))
        {
            TellRows();
        }

        _rows.Clear();
    }

    private bool AddsUp(VenueView view)
    {
        _silent.Clear();
        foreach (var row in _rows)
        {
            if (!_silent.ContainsKey((row.Account, row.Asset)))
            {
                _silent.Add((row.Account, row.Asset), Silent(view, (row.Account, row.Asset)));
            }
        }

        return Fault is null;
    }

    private void TellRows()
    {
        for (var place = 0; place < _rows.Count; place++)
        {
            var row = _rows[place];
            var key = (row.Account, row.Asset);
            if (_silent[key] is var silent && silent != 0)
            {
                // Settled before anything else was done to the account: the balances behind it are off by it.
                var balance = row.Balance - row.Amount + silent;
                Tell(new ExportedMovement(row.Account, row.Asset, MovementKind.Settlement, silent, balance));
                Shift(key, silent);
                _silent[key] = 0;
            }
        }

        foreach (var row in _rows)
        {
            Tell(row);
        }
    }

    /// <summary>The last command is over: what was settled silently since the account's last movement.</summary>
    public void Close(VenueView view)
    {
        foreach (var key in Balances(view))
        {
            var silent = Silent(view, key);
            if (silent != 0 && Fault is null)
            {
                _held[key] = _held.GetValueOrDefault(key) + silent;
                Tell(new ExportedMovement(key.Account, key.Asset, MovementKind.Settlement, silent, _held[key]));
            }
        }
    }

    /// <summary>An event of the command.</summary>
    public void Take(RecordSource source, ushort template, ReadOnlySpan<byte> frame)
    {
        switch (source, template)
        {
            case (RecordSource.Report, OrderFilledDecoder.TemplateId):
                Take(OrderFilledDecoder.Trusted(frame));
                break;
            case (RecordSource.Report, StrategyLegFilledDecoder.TemplateId):
                Take(StrategyLegFilledDecoder.Trusted(frame));
                break;
            case (RecordSource.Report, AccountSettledDecoder.TemplateId):
                Take(AccountSettledDecoder.Trusted(frame));
                break;
            case (RecordSource.Report, WithdrawalReportDecoder.TemplateId):
                Take(WithdrawalReportDecoder.Trusted(frame));
                break;
            case (RecordSource.Report, BalanceChangedDecoder.TemplateId):
                Take(BalanceChangedDecoder.Trusted(frame));
                break;
            case (RecordSource.Report, TransferReportDecoder.TemplateId):
                Take(TransferReportDecoder.Trusted(frame));
                break;
            case (RecordSource.Internal, CashMovedDecoder.TemplateId):
                Take(CashMovedDecoder.Trusted(frame));
                break;
            default:
                break;
        }
    }

    private void Take(in OrderFilledDecoder fill)
    {
        // The fill of a strategy's own order moves nothing: its legs do.
        if (known.Find(fill.InstrumentId) is not { IsStrategy: true })
        {
            Trade(
                fill.AccountId, fill.InstrumentId, fill.Side == Wire.Side.Buy ? fill.Quantity : -fill.Quantity, fill.Price,
                fill.TradeId, fill.DeltaIndex.ToInt128(), fill.Fee.ToInt128());
        }
    }

    private void Take(in StrategyLegFilledDecoder fill) => Trade(
        fill.AccountId, fill.InstrumentId, fill.Side == Wire.Side.Buy ? fill.Quantity : -fill.Quantity, fill.Price, fill.TradeId,
        fill.DeltaIndex.ToInt128(), fill.Fee.ToInt128());

    /// <summary>
    /// The account's cash to the sub-atom, and the parts of what moved it; the rest was settlement. Cash before it is told in
    /// whole atoms, and it must be what there is here: otherwise whatever went missing before would pass for settlement.
    /// </summary>
    private void Take(in AccountSettledDecoder settled)
    {
        var key = (settled.AccountId, Quote);
        var before = (Int128)(settled.Cash - settled.Amount) << Scale.SubAtomBits;
        var ahead = _held.GetValueOrDefault(key) - before;
        if (settled.AccountId >= AccountId.FirstClient
            && (ahead <= -Scale.SubAtomsPerAtom || ahead >= 2 * Scale.SubAtomsPerAtom))
        {
            Fault ??= string.Create(
                CultureInfo.InvariantCulture,
                $"at command {_sequence} account {settled.AccountId} had {settled.Cash - settled.Amount} atoms before it was "
                + $"settled, the movements make it {new SubAtoms(before + ahead).FloorAtoms}");
        }

        var fee = settled.Fee.ToInt128();
        var funding = settled.Funding.ToInt128();
        var interest = settled.Interest.ToInt128();
        var all = ((Int128)settled.Cash << Scale.SubAtomBits) + settled.Dust - _held.GetValueOrDefault(key);
        Move(key, MovementKind.Settlement, all + fee + interest - funding, 0);
        Move(key, MovementKind.Funding, funding, 0);
        Move(key, MovementKind.SettlementFee, -fee, 0);
        Move(key, MovementKind.PoolInterest, -interest, 0);
    }

    private void Take(in CashMovedDecoder moved) => MoveWhole(
        moved.AccountId, moved.HasAssetId ? moved.AssetId : Quote,
        moved.Amount < 0 ? MovementKind.Withdrawal : MovementKind.Deposit, moved.Amount, moved.MovementId);

    private void Take(in WithdrawalReportDecoder report)
    {
        if (report.State == WithdrawalState.Held)
        {
            MoveWhole(report.AccountId, report.AssetId, MovementKind.WithdrawalHeld, -report.Amount, report.WithdrawalId);
        }
        else if (report.State is WithdrawalState.Canceled or WithdrawalState.Returned)
        {
            MoveWhole(report.AccountId, report.AssetId, MovementKind.WithdrawalBack, report.Amount, report.WithdrawalId);
        }
    }

    /// <summary>Of what else changes a balance there are other reports.</summary>
    private void Take(in BalanceChangedDecoder report)
    {
        if (report.Cause is BalanceCause.Delivery or BalanceCause.DeliveryPenalty)
        {
            MoveWhole(
                report.AccountId, report.AssetId,
                report.Cause == BalanceCause.Delivery ? MovementKind.Delivery : MovementKind.DeliveryPenalty, report.Amount,
                report.Reference);
        }
    }

    private void Take(in TransferReportDecoder report)
    {
        if (report.Code == 0)
        {
            MoveWhole(report.AccountId, report.AssetId, MovementKind.TransferOut, -report.Amount, report.ToAccountId);
            MoveWhole(report.ToAccountId, report.AssetId, MovementKind.TransferIn, report.Amount, report.AccountId);
        }
    }

    private void Trade(uint account, uint instrument, long lots, long price, ulong trade, Int128 index, Int128 fee)
    {
        var perTick = known.Find(instrument)?.AtomsPerTick.Value ?? 0;
        var gross = -lots * (((Int128)price * perTick) << Scale.SubAtomBits);
        var key = (account, Quote);
        Move(key, MovementKind.Trade, gross + (lots * index), trade, instrument, lots);
        Move(key, MovementKind.TradingFee, -fee, trade, instrument);
    }

    private void MoveWhole(uint account, uint asset, MovementKind kind, long atoms, ulong reference) =>
        Move((account, asset), kind, (Int128)atoms << Scale.SubAtomBits, reference);

    private void Move(
        (uint Account, uint Asset) key, MovementKind kind, Int128 amount, ulong reference, uint instrument = 0, long lots = 0)
    {
        if (Fault is not null || key.Account < AccountId.FirstClient || (amount == 0 && kind != MovementKind.Trade))
        {
            return;
        }

        var balance = _held.GetValueOrDefault(key) + amount;
        _held[key] = balance;
        _rows.Add(new ExportedMovement(key.Account, key.Asset, kind, amount, balance)
        {
            Instrument = instrument,
            Lots = lots,
            Reference = reference,
        });
    }

    /// <summary>What the venue holds beyond what was told: dust, or there is a fault.</summary>
    private Int128 Silent(VenueView view, (uint Account, uint Asset) key)
    {
        var actual = Actual(view, key);
        var silent = actual - _held.GetValueOrDefault(key);
        if (Int128.Abs(silent) >= Scale.SubAtomsPerAtom || (silent != 0 && key.Asset != Quote))
        {
            Fault ??= string.Create(
                CultureInfo.InvariantCulture,
                $"at command {_sequence} account {key.Account} holds {actual} sub-atoms of asset {key.Asset}, "
                + $"the movements make it {actual - silent}");
        }

        return silent;
    }

    private void Shift((uint Account, uint Asset) key, Int128 silent)
    {
        _held[key] += silent;
        for (var place = 0; place < _rows.Count; place++)
        {
            if ((_rows[place].Account, _rows[place].Asset) == key)
            {
                _rows[place] = _rows[place] with { Balance = _rows[place].Balance + silent };
            }
        }
    }

    private void Tell(in ExportedMovement movement) => tell(movement with { Sequence = _sequence, Time = _time });

    /// <summary>The keys of all balances of clients.</summary>
    private static IEnumerable<(uint Account, uint Asset)> Balances(VenueView view)
    {
        for (var account = AccountId.FirstClient; account < view.AccountIdLimit; account++)
        {
            for (uint asset = 0; view.IsOpen(new AccountId(account)) && asset <= view.AssetCount; asset++)
            {
                yield return (account, asset);
            }
        }
    }

    private static Int128 Actual(VenueView view, (uint Account, uint Asset) key)
    {
        var id = new AccountId(key.Account);
        return key.Asset == Quote
            ? ((Int128)view.Cash(id).Value << Scale.SubAtomBits) + view.Dust(id)
            : (Int128)view.Balance(id, new AssetId(key.Asset)).Value << Scale.SubAtomBits;
    }
}

/// <summary>A movement of one balance of one client.</summary>
internal readonly record struct ExportedMovement(uint Account, uint Asset, MovementKind Kind, Int128 Amount, Int128 Balance)
{
    public CommandSequence Sequence { get; init; }

    public TimeNanos Time { get; init; }

    /// <summary>0: of none.</summary>
    public uint Instrument { get; init; }

    /// <summary>Of a trade: negative where sold.</summary>
    public long Lots { get; init; }

    /// <summary>Number of the trade, deposit or withdrawal, or the other account of a transfer; 0: none.</summary>
    public ulong Reference { get; init; }
}
