using HftDelta.Engine.Accounts;
using HftDelta.Engine.Books;
using HftDelta.Engine.Collateral;
using HftDelta.Engine.Governance;
using HftDelta.Engine.Greeks;
using HftDelta.Engine.Greeks.Scenarios;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.InstrumentKind;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine;

/// <summary>Reads the state between commands, on the engine's thread: for tools, tests and audits. Changes nothing.</summary>
public readonly partial struct VenueView
{
    private readonly VenueState _state;
    private readonly Margin _margin;

    internal VenueView(VenueState state, Margin margin)
    {
        _state = state;
        _margin = margin;
    }

    /// <summary>Sub-atoms by which the conservation sum is off: always 0.</summary>
    public SubAtoms ConservationError => new(_state.Ledger.ConservationError);

    /// <summary>Atoms that delta settlement has moved, both directions added.</summary>
    public Int128 SettledAtoms => _state.Ledger.SettledAtoms;

    public ulong LastTradeId => _state.LastTradeId;

    public int OrderCount => _state.Orders.Slab.Count;

    public int PendingCount => _state.Pending.Count;

    public uint InstrumentCount => _state.Instruments.NextId - 1;

    public uint UnderlyingCount => _state.Underlyings.NextId - 1;

    /// <summary>Deposits less withdrawals.</summary>
    public Int128 DepositedAtoms => _state.Ledger.DepositedAtoms;

    /// <summary>Account ids are below this; which of them exist <see cref="IsOpen"/> tells.</summary>
    public uint AccountIdLimit => _state.Accounts.IdLimit;

    /// <summary>The last epoch that was closed; 0 before the first.</summary>
    public ulong Epoch => _state.Epoch;

    /// <summary>New orders are refused because the journal has no room for them.</summary>
    public bool IsOutOfRoom => _state.Kills.IsOutOfRoom;

    /// <summary>The version that the engine behaves as.</summary>
    public uint EngineVersion => _state.EngineVersion;

    /// <summary>Commands that were taken out of the journal because no engine could apply them.</summary>
    public uint QuarantinedCount => _state.QuarantinedCount;

    /// <summary>Where the last of them stood; none if there was none.</summary>
    public CommandSequence LastQuarantined => new(_state.LastQuarantined);

    /// <summary>Of the last command.</summary>
    public TimeNanos Time => new(_state.TimeNanos);

    /// <summary>Leader term of the last command.</summary>
    public uint Term => _state.Term;

    public InstrumentState InstrumentState(InstrumentId id) =>
        _state.Instruments.Exists(id.Value) ? _state.Instruments.Read(id.Value).State : default;

    /// <summary>D of an instrument in sub-atoms per lot.</summary>
    public SubAtoms DeltaIndex(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).Index);

    public DeltaUnits Delta(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).Delta);

    /// <summary>Mark of one lot in sub-atoms.</summary>
    public SubAtoms Mark(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).Mark);

    /// <summary>
    /// Profit and loss of one lot held long in each scenario (ScenarioVectors), as it was installed last or at listing.
    /// </summary>
    /// <param name="id">A listed instrument.</param>
    /// <param name="components">Room for as many as there are scenarios.</param>
    /// <returns>False, and nothing is copied, when it has none: it has expired, or is a strategy.</returns>
    public bool TryCopyScenarios(InstrumentId id, Span<SubAtoms> components)
    {
        if (_state.Vectors.Read(Existing(id)).IsInstalled == 0)
        {
            return false;
        }

        var side = _state.Underlyings.Read(_state.Instruments.Read(id.Value).Underlying).ResultSide;
        ref readonly var result = ref _state.Results.At(side, id.Value);
        for (var index = 0; index < ScenarioVectors.Count; index++)
        {
            components[index] = new SubAtoms(result.Vector[index]);
        }

        return true;
    }

    /// <summary>The annual volatility that the surface of an option's expiry gives it now; its own where there is none.</summary>
    public VolatilityQ48 Volatility(InstrumentId id)
    {
        ref readonly var instrument = ref _state.Instruments.Read(Existing(id));
        var slice = instrument.Kind == InstrumentKind.EuropeanOption ? _state.Points.Read(instrument.Point).Slice : 0;
        return slice == 0 || instrument.ExpiryTime <= _state.TimeNanos
            ? new VolatilityQ48((long)instrument.VolatilityQ48)
            : _state.Slices.Read(slice).View().Volatility(
                new PriceTicks(instrument.SettlementPrice), new PriceTicks(instrument.Strike),
                instrument.ExpiryTime - _state.TimeNanos);
    }

    public PriceTicks SettlementPrice(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).SettlementPrice);

    public PriceTicks OraclePrice(UnderlyingId id) => new(_state.Underlyings.Read(id.Value).Price);

    /// <summary>When a quorum last confirmed the price; 0 before the first price.</summary>
    public TimeNanos OraclePriceTime(UnderlyingId id) =>
        new(_state.Underlyings.Read(id.Value).Price == 0 ? 0 : _state.Underlyings.Read(id.Value).PriceTime);

    /// <summary>How old the price of an underlying is judged to be.</summary>
    public StalenessClass Staleness(UnderlyingId id) => _state.Underlyings.Read(id.Value).Staleness;

    /// <summary>What staleness adds to the margin requirements of an underlying's instruments, in millionths of them.</summary>
    public uint MarginBufferPpm(UnderlyingId id) => _state.Underlyings.Read(id.Value).BufferPpm;

    /// <summary>What of an instrument a commitment covers.</summary>
    public InstrumentFacts Instrument(InstrumentId id)
    {
        ref readonly var record = ref _state.Instruments.Read(Existing(id));
        return new InstrumentFacts
        {
            Id = id,
            State = record.State,
            OpenInterest = new QuantityLots(record.OpenInterest),
            DeltaIndex = new SubAtoms(record.Index),
            FundingIndex = FundingIndex(id),
            SettlementPrice = new PriceTicks(record.SettlementPrice),
            Delta = new DeltaUnits(record.Delta),
            Mark = new SubAtoms(record.Mark),
            ExpiryTime = new TimeNanos(record.ExpiryTime),
            Strike = new PriceTicks(record.Strike),
        };
    }

    /// <summary>
    /// An account as it would be if every index change were applied to it now, with its positions in no special order. The
    /// account itself is not applied: nothing changes.
    /// </summary>
    /// <param name="id">An open account.</param>
    /// <param name="positions">Room for <see cref="EngineLimits.PositionsPerAccount"/>, and for as many as there are
    /// instruments where the account is the venue's own.</param>
    public AppliedAccount AsApplied(AccountId id, Span<AppliedPosition> positions)
    {
        ref readonly var record = ref _state.Accounts.Read(Existing(id));
        var cash = ((Int128)record.CashAtoms << Scale.SubAtomBits) + record.Dust
            - _margin.OwedInterest(id.Value);
        Int128 residual = 0;
        var count = 0;
        for (var slot = record.FirstPosition; slot != 0; slot = _state.Positions.Read(slot).NextOfAccount)
        {
            ref readonly var position = ref _state.Positions.Read(slot);
            if (position.Quantity == 0)
            {
                continue;
            }

            ref readonly var instrument = ref _state.Instruments.Read(position.Instrument);
            cash += (position.Quantity * (instrument.Index - position.IndexLast)) - _margin.Owed(position);
            residual += position.Quantity * (instrument.Mark - instrument.Index);
            positions[count++] = new AppliedPosition(
                new InstrumentId(position.Instrument), new QuantityLots(position.Quantity));
        }

        cash += id.Value == VenueState.SettlementFeeAccount ? OwedByAll() : 0;
        cash += id.Value == VenueState.SettlementPoolAccount ? InterestOwedByAll() : 0;
        var collateral = AssetValue.OfAll(_state, record.FirstBalance);
        return new AppliedAccount(
            record.Owner, new SubAtoms(cash), new SubAtoms(cash + residual), new SubAtoms(collateral), count);
    }

    /// <summary>Assets beside the quote asset; their ids are 1 to this.</summary>
    public uint AssetCount => _state.Assets.NextId - 1;

    /// <summary>What an account holds of an asset other than the quote asset, in that asset's atoms.</summary>
    public AssetAtoms Balance(AccountId id, AssetId asset) =>
        new(_state.Balances.AtomsOf(Existing(id), asset.Value));

    /// <summary>All that an account holds beside the quote asset, by rising asset id.</summary>
    /// <returns>How many were copied.</returns>
    public int CopyBalances(AccountId id, Span<AssetBalance> destination)
    {
        var count = 0;
        var slot = _state.Accounts.Read(Existing(id)).FirstBalance;
        for (; slot != 0; slot = _state.Balances.Read(slot).NextOfAccount)
        {
            ref readonly var balance = ref _state.Balances.Read(slot);
            destination[count++] = new AssetBalance(
                new AssetId(balance.Asset), new AssetAtoms(balance.Atoms), balance.Dust);
        }

        destination[..count].Sort(static (left, right) => left.Asset.Value.CompareTo(right.Asset.Value));
        return count;
    }

    /// <summary>Deposits less withdrawals of an asset other than the quote asset.</summary>
    public AssetAtoms Deposited(AssetId asset) => new(_state.Assets.Read(asset.Value).DepositedAtoms);

    /// <summary>Sub-atoms by which the sum over the balances of an asset is off: always 0.</summary>
    public SubAtoms ConservationErrorOf(AssetId asset) => new(_state.Balances.ConservationError(asset.Value));

    /// <summary>Withdrawals that wait for an epoch's close.</summary>
    public int HeldWithdrawals => _state.Withdrawals.HeldCount;

    /// <summary>Length of the withdrawals list of the last closed epoch.</summary>
    public int ReleasedWithdrawals => (int)_state.Withdrawals.ReleasedCount;

    /// <summary>The withdrawals list of the last closed epoch, in its order; the list is as long as there is room.</summary>
    /// <returns>How many were copied.</returns>
    public int CopyReleased(Span<ReleasedWithdrawal> destination)
    {
        var count = 0;
        for (var slot = _state.Withdrawals.FirstReleased; slot != 0 && count < destination.Length;)
        {
            ref readonly var record = ref _state.Withdrawals.Read(slot);
            destination[count++] = new ReleasedWithdrawal(record, _state.Accounts.Read(record.Account).Owner);
            slot = record.Next;
        }

        return count;
    }

    /// <summary>Setting up is over: parameters change by signed proposals alone.</summary>
    public bool AreParametersGoverned => _state.Governance.IsSealed;

    public bool IsGovernanceFrozen => _state.Governance.IsFrozen;

    /// <summary>Proposals that wait for their activation.</summary>
    public int WaitingProposals => _state.Governance.WaitingCount;

    /// <summary>Ids of governance keys are below this.</summary>
    public const uint GovernanceKeyLimit = GovernanceTable.KeysLimit;

    /// <summary>The key of an id, to verify what it signs; false when there is none that may speak.</summary>
    public bool TryGetGovernanceKey(uint id, Span<byte> address)
    {
        if (!_state.Governance.IsKey(id))
        {
            return false;
        }

        ((ReadOnlySpan<byte>)_state.Governance.Key(id).Address).CopyTo(address);
        return true;
    }

    /// <summary>A parameter of the venue or of something in it, in its own units.</summary>
    public long Parameter(ParameterId kind, uint scope = 0, uint row = 0)
    {
        var key = new ParameterKey(kind, scope, row);
        Check.That(ParameterCatalog.TryFind(kind, out var facts));
        return ParameterHomes.Read(_state, key, facts.Home);
    }

    public bool IsOpen(AccountId id) => _state.Accounts.IsOpen(id.Value);

    public Atoms Cash(AccountId id) => new(_state.Accounts.Read(Existing(id)).CashAtoms);

    /// <summary>Remainder of floored settlements, in sub-atoms.</summary>
    public uint Dust(AccountId id) => _state.Accounts.Read(Existing(id)).Dust;

    /// <summary>Cash below 0 of all clients together, as they were last applied.</summary>
    public Int128 BorrowedAtoms => _state.Pool.BorrowedAtoms;

    /// <summary>The account's cash is further below 0 than it may borrow, and it has been told.</summary>
    public bool IsLiquidityCalled(AccountId id) => _state.Accounts.Read(Existing(id)).IsCalled != 0;

    /// <summary>Obligations to deliver or take that are due.</summary>
    public int ObligationCount => _state.Obligations.Count;

    /// <summary>F of an instrument; 0 without funding.</summary>
    public SubAtoms FundingIndex(InstrumentId id) => new(_state.Funding.Read(Existing(id)).Index);

    /// <summary>Cash, dust and the residual claims of all positions, in sub-atoms.</summary>
    public SubAtoms Equity(AccountId id) => new(_margin.Equity(Existing(id)));

    /// <summary>Equity less margin requirement, in sub-atoms.</summary>
    public SubAtoms FreeEquity(AccountId id) => new(_margin.Free(Existing(id)));

    public QuantityLots Position(AccountId account, InstrumentId instrument)
    {
        var slot = _state.Positions.Find(account.Value, instrument.Value);
        return new QuantityLots(slot == 0 ? 0 : _state.Positions.Read(slot).Quantity);
    }

    public bool TryGetTop(InstrumentId instrument, Side side, out BookLevel top)
    {
        top = default;
        return _state.FindBook(Existing(instrument))?.TryGetTop(side, out top) ?? false;
    }

    public int ReadDepth(InstrumentId instrument, Side side, Span<BookLevel> levels) =>
        _state.FindBook(Existing(instrument))?.ReadDepth(side, levels) ?? 0;

    /// <summary>Native memory of the books of all instruments that are not removed.</summary>
    public long BookLengthBytes => _state.BookLengthBytes();

    /// <summary>Session handles are below this.</summary>
    public uint SessionHandleLimit => _state.Sessions.HandleLimit;

    /// <summary>Where the two sequences of a session stand; false for a handle that was never opened.</summary>
    public bool TryGetSession(SessionHandle session, out SessionSequences sequences)
    {
        if (!_state.Sessions.Exists(session.Value))
        {
            sequences = default;
            return false;
        }

        ref readonly var record = ref _state.Sessions.Read(session.Value);
        sequences = new SessionSequences(
            record.NextRequest, record.NextReport, _state.Sessions.RetainedFrom(session.Value));
        return true;
    }

    /// <summary>A report kept for retransmission; empty if it is too old or was never written.</summary>
    public ReadOnlySpan<byte> RetainedReport(SessionHandle session, ulong sequence) =>
        _state.Sessions.Report(session.Value, sequence);

    /// <summary>How a request of a session ended, if that is still kept.</summary>
    public bool TryGetOutcome(SessionHandle session, ulong sequence, out OrderId order, out RejectCode code)
    {
        var known = _state.Sessions.TryGetOutcome(session.Value, sequence, out var outcome);
        order = new OrderId(outcome.OrderId);
        code = (RejectCode)outcome.RejectCode;
        return known;
    }

    /// <summary>
    /// Proves that books, orders, positions and sessions agree, and ends the process where they do not. Slow, allocates.
    /// </summary>
    public void Audit() => StateAudit.Run(_state);

    /// <summary>What the venue's account of settlement fees would receive if every account were applied.</summary>
    private Int128 OwedByAll()
    {
        Int128 owed = 0;
        for (var id = AccountId.FirstClient; id < _state.Accounts.IdLimit; id++)
        {
            for (var slot = _state.Accounts.Read(id).FirstPosition; slot != 0; slot = _state.Positions.Read(slot).NextOfAccount)
            {
                owed += _margin.OwedFees(_state.Positions.Read(slot));
            }
        }

        return owed;
    }

    private Int128 InterestOwedByAll()
    {
        Int128 owed = 0;
        for (var id = AccountId.FirstClient; id < _state.Accounts.IdLimit; id++)
        {
            owed += _state.Accounts.IsOpen(id) ? _margin.OwedInterest(id) : 0;
        }

        return owed;
    }

    private uint Existing(InstrumentId id)
    {
        Check.That(_state.Instruments.Exists(id.Value));
        return id.Value;
    }

    private uint Existing(AccountId id)
    {
        Check.That(_state.Accounts.IsOpen(id.Value));
        return id.Value;
    }
}

/// <summary>Where a session stands.</summary>
/// <param name="NextRequest">Sequence number of the request that comes next.</param>
/// <param name="NextReport">Sequence number of the next recoverable report.</param>
/// <param name="RetainedFrom">The first report that is kept.</param>
public readonly record struct SessionSequences(ulong NextRequest, ulong NextReport, ulong RetainedFrom);
