using System.Buffers.Binary;
using HftDelta.Engine.Accounts;
using HftDelta.Engine.Books;
using HftDelta.Engine.Collateral;
using HftDelta.Engine.Deliveries;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Governance;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Markets;
using HftDelta.Engine.Oracle;
using HftDelta.Engine.Orders;
using HftDelta.Engine.Pending;
using HftDelta.Engine.Quotes;
using HftDelta.Engine.Risk;
using HftDelta.Engine.Sessions;
using HftDelta.Engine.Settlement;
using HftDelta.Engine.State;
using HftDelta.Engine.Strategies;
using HftDelta.Engine.Volatilities;
using HftDelta.Engine.Withdrawals;
using HftDelta.Primitives;

namespace HftDelta.Engine;

/// <summary>
/// Everything that the core remembers. Owner: the engine agent. What is not in here does not survive a replay.
/// The state hash covers every record's own content. Beside it a snapshot must carry what decides order and names later on:
/// the order slab's generations and free list, the order of session and instrument lists, kept outcomes and kept reports.
/// Books, published tops, running sums and versions follow from the rest.
/// </summary>
internal sealed class VenueState : IDisposable
{
    /// <summary>The venue's own account that stands between holders when an expired instrument is closed.</summary>
    public const uint ClearingAccount = 1;

    /// <summary>The venue's own account that trading fees go to and rebates come from.</summary>
    public const uint TradingFeeAccount = 2;

    /// <summary>The same of settlement and funding fees.</summary>
    public const uint SettlementFeeAccount = 3;

    /// <summary>The venue's own account that holds what is to be withdrawn until it leaves or comes back.</summary>
    public const uint WithdrawalAccount = 4;

    /// <summary>The venue's own account that interest on borrowed cash goes to.</summary>
    public const uint SettlementPoolAccount = 5;

    /// <summary>The venue's own account that penalties of failed deliveries go through; it keeps what rounding leaves.</summary>
    public const uint DeliveryAccount = 6;

    private readonly OrderBook?[] _books;
    private readonly uint[] _retired;
    private int _retiredCount;
    private StateComponents _components;

    public VenueState(EngineLimits limits)
    {
        Limits = limits;
        Accounts = new AccountTable(limits.Accounts);
        Positions = new PositionTable(limits.Positions, limits.Instruments);
        Instruments = new DenseTable<InstrumentRecord, InstrumentEncoding>(limits.Instruments);
        Underlyings = new DenseTable<UnderlyingRecord, UnderlyingEncoding>(limits.Underlyings);
        Markets = new MarketTable(limits);
        Kills = new KillState(this);
        Sessions = new SessionTable(limits);
        Orders = new OrderStore(limits);
        Strategies = new StrategyTable(limits);
        Expiries = new ExpiryHeap(limits.Orders);
        Oracle = new OracleSources(limits.Underlyings);
        OracleRules = new HashedSlab<OracleRulesRecord, OracleRulesEncoding>(limits.Underlyings + 1);
        Points = new DenseTable<ExpiryPoint, ExpiryPointEncoding>(limits.Instruments);
        Pending = new PendingQueue(limits);
        Parked = new PendingQueue(limits);
        MassCancels = new HashedSlab<MassCancelRecord, MassCancelEncoding>(limits.Sessions);
        Protections = new ProtectionTable(limits.Protections);
        Frozen = new HashedSlab<FrozenInstrument, FrozenEncoding>(limits.Instruments + 1);
        Results = new RiskResults(limits.Instruments, limits.Underlyings);
        Vectors = new HashedSlab<VectorRecord, VectorEncoding>(limits.Instruments + 1);
        Slices = new SliceTable(limits, Underlyings);
        Fees = new FeeTable(limits);
        Assets = new DenseTable<AssetRecord, AssetEncoding>(limits.Assets);
        Balances = new BalanceTable(limits, Accounts);
        Withdrawals = new WithdrawalTable(limits, Accounts);
        Funding = new HashedSlab<FundingRecord, FundingEncoding>(limits.Instruments + 1);
        Obligations = new ObligationTable(limits, Accounts);
        Ledger = new Ledger(Accounts, Positions, Instruments, Fees, Funding, Pool);
        _books = new OrderBook?[limits.Instruments + 1];
        _retired = new uint[limits.Instruments + 1];
        for (var id = ClearingAccount; id <= DeliveryAccount; id++)
        {
            Accounts.Open(id, default);
        }
    }

    public EngineLimits Limits { get; }

    public AccountTable Accounts { get; }

    public PositionTable Positions { get; }

    public DenseTable<InstrumentRecord, InstrumentEncoding> Instruments { get; }

    public DenseTable<UnderlyingRecord, UnderlyingEncoding> Underlyings { get; }

    public MarketTable Markets { get; }

    public KillState Kills { get; }

    public SessionTable Sessions { get; }

    public OrderStore Orders { get; }

    public StrategyTable Strategies { get; }

    public ExpiryHeap Expiries { get; }

    public OracleSources Oracle { get; }

    /// <summary>By underlying; zero where there are none.</summary>
    public HashedSlab<OracleRulesRecord, OracleRulesEncoding> OracleRules { get; }

    /// <summary>Expiries of all underlyings.</summary>
    public DenseTable<ExpiryPoint, ExpiryPointEncoding> Points { get; }

    public PendingQueue Pending { get; }

    /// <summary>Closings that wait for room among the obligations: nothing that commands could go on with.</summary>
    public PendingQueue Parked { get; }

    /// <summary>Mass cancels that are not finished, by the session that sent them.</summary>
    public HashedSlab<MassCancelRecord, MassCancelEncoding> MassCancels { get; }

    public ProtectionTable Protections { get; }

    public GovernanceTable Governance { get; } = new();

    /// <summary>
    /// The inputs of the outstanding risk computation of each underlying, as they were when it was frozen. The engine writes
    /// them when nothing is outstanding for that underlying; until the marker comes back it only reads them, so a worker
    /// may read them on its own thread. The rings order the hand-over: the engine publishes the RiskInputs event after the
    /// last write, the worker sends the marker after its last read.
    /// </summary>
    public HashedSlab<FrozenInstrument, FrozenEncoding> Frozen { get; }

    /// <summary>What is installed, and what is being computed.</summary>
    public RiskResults Results { get; }

    /// <summary>By instrument: what of <see cref="Results"/> is installed.</summary>
    public HashedSlab<VectorRecord, VectorEncoding> Vectors { get; }

    /// <summary>Volatilities of expiries. A computation reads the side that its inputs name, which stays as it is.</summary>
    public SliceTable Slices { get; }

    public FeeTable Fees { get; }

    /// <summary>By instrument; zero where nothing is funded.</summary>
    public HashedSlab<FundingRecord, FundingEncoding> Funding { get; }

    public DenseTable<AssetRecord, AssetEncoding> Assets { get; }

    public BalanceTable Balances { get; }

    public WithdrawalTable Withdrawals { get; }

    /// <summary>What expired instruments left to be delivered.</summary>
    public ObligationTable Obligations { get; }

    /// <summary>Where the settlement of obligations stands.</summary>
    public DeliveryPass Delivery { get; } = new();

    public SettlementPool Pool { get; } = new();

    public Ledger Ledger { get; }

    /// <summary>Sequence, time and term of the present or last command.</summary>
    public long Sequence { get; set; }

    public ulong TimeNanos
    {
        get => Pool.TimeNanos;
        set => Pool.TimeNanos = value;
    }

    public uint Term { get; set; }

    public ulong Epoch { get; set; }

    /// <summary>The trading day: how often it has ended.</summary>
    public ulong Day { get; set; }

    /// <summary>The number of the last order that was accepted in the trading days before this one.</summary>
    public ulong LastOrderOfDay { get; set; }

    /// <summary>The command that last ended a day.</summary>
    public long DayEndedBy { get; set; }

    /// <summary>The command that last asked for the parameters.</summary>
    public long ParametersAskedBy { get; set; }

    /// <summary>Orders that have ended with it.</summary>
    public ulong DayEndedOrders { get; set; }

    /// <summary>The command that last asked what the operator controls.</summary>
    public long ControlAskedBy { get; set; }

    public uint EngineVersion { get; set; } = EngineVersions.First;

    /// <summary>Commands that were taken out because no engine could apply them.</summary>
    public uint QuarantinedCount { get; set; }

    /// <summary>Where the last of them stood; 0: there was none.</summary>
    public long LastQuarantined { get; set; }

    public ulong LastTradeId { get; set; }

    /// <summary>Sequence of the public stream.</summary>
    public ulong StreamSequence { get; set; }

    /// <summary>Changes whenever a mark changes: the running sums of an account of an older version are stale.</summary>
    public ulong MarkVersion { get; set; } = 1;

    /// <summary>The earliest time at which an outstanding risk computation is late; the largest value if none is.</summary>
    public ulong RiskDeadline { get; set; } = ulong.MaxValue;

    public OrderBook Book(uint instrument) => _books[instrument]!;

    public void AddBook(uint instrument, OrderBook book) => _books[instrument] = book;

    /// <summary>The book of an instrument that may have been removed, and its book with it; else null.</summary>
    public OrderBook? FindBook(uint instrument) => _books[instrument];

    /// <summary>What was borrowed by the terms before is owed by everybody at once: the pool's index moves.</summary>
    public void SetPool(in PoolRecord terms)
    {
        Pool.Set(terms, TimeNanos);
        Ledger.IndicesChanged();
        MarkVersion++;
        LiquidityCalls.Begin(this);
    }

    /// <summary>Nobody trades the instrument any more: its book goes at the end of the command, after its last top.</summary>
    public void RetireBook(uint instrument) => _retired[_retiredCount++] = instrument;

    /// <summary>At the end of the command.</summary>
    public void FreeRetiredBooks()
    {
        while (_retiredCount > 0)
        {
            ref var book = ref _books[_retired[--_retiredCount]];
            Check.That(book!.OrderCount == 0);
            book.Dispose();
            book = null;
        }
    }

    /// <summary>Native memory of all books.</summary>
    public long BookLengthBytes()
    {
        var bytes = 0L;
        foreach (var book in _books)
        {
            bytes += book?.LengthBytes ?? 0;
        }

        return bytes;
    }

    /// <summary>The sums over all records by kind, brought up to date with what was touched since they were last asked.</summary>
    public ref readonly StateComponents FoldHash()
    {
        Accounts.FoldHash(ref SumOf(StateRecordType.Account));
        Protections.FoldHash(ref SumOf(StateRecordType.Account));
        Balances.FoldHash(ref SumOf(StateRecordType.Account));
        Assets.FoldHash(ref SumOf(StateRecordType.Underlying));
        Withdrawals.FoldHash(ref SumOf(StateRecordType.PendingWork));
        Obligations.FoldHash(ref SumOf(StateRecordType.PendingWork));
        Delivery.FoldHash(ref SumOf(StateRecordType.PendingWork));
        Positions.FoldHash(ref SumOf(StateRecordType.Position));
        Instruments.FoldHash(ref SumOf(StateRecordType.Instrument));
        Underlyings.FoldHash(ref SumOf(StateRecordType.Underlying));
        Points.FoldHash(ref SumOf(StateRecordType.Underlying));
        Markets.Rules.FoldHash(ref SumOf(StateRecordType.Parameter));
        Fees.FoldSchedules(ref SumOf(StateRecordType.Parameter));
        Fees.FoldIndices(ref SumOf(StateRecordType.Instrument));
        Funding.FoldHash(ref SumOf(StateRecordType.Instrument));
        Pool.FoldHash(ref SumOf(StateRecordType.Parameter));
        OracleRules.FoldHash(ref SumOf(StateRecordType.Parameter));
        Governance.FoldHash(ref SumOf(StateRecordType.Parameter));
        Markets.Records.FoldHash(ref SumOf(StateRecordType.Instrument));
        Orders.Conditional.FoldHash(ref SumOf(StateRecordType.Instrument));
        Strategies.FoldInstruments(ref SumOf(StateRecordType.Instrument));
        Strategies.FoldOrders(ref SumOf(StateRecordType.Order));
        Sessions.FoldHash(ref SumOf(StateRecordType.Session));
        Orders.FoldHash(ref SumOf(StateRecordType.Order));
        Oracle.FoldHash(ref SumOf(StateRecordType.OracleSource));
        Pending.FoldHash(ref SumOf(StateRecordType.PendingWork));
        Parked.FoldHash(ref SumOf(StateRecordType.PendingWork));
        MassCancels.FoldHash(ref SumOf(StateRecordType.PendingWork));
        Frozen.FoldHash(ref SumOf(StateRecordType.RiskInputs));
        Vectors.FoldHash(ref SumOf(StateRecordType.RiskInputs));
        Slices.FoldHash(ref SumOf(StateRecordType.Underlying));
        SumOf(StateRecordType.Venue) = VenueRecordHash();
        return ref _components;
    }

    /// <summary>
    /// At the end of a command: a part of the fold, ahead of the hash point, of the kinds that most commands change.
    /// </summary>
    public void FoldSome()
    {
        Sessions.FoldSome();
        Orders.FoldSome();
        Positions.FoldSome();
        Accounts.FoldSome();
    }

    /// <summary>The same from nothing: slow, for tests and audits.</summary>
    public StateComponents RecomputeHash()
    {
        var components = default(StateComponents);
        components.Set(StateRecordType.Account,
            Accounts.RecomputeHash() + Protections.RecomputeHash() + Balances.RecomputeHash());
        components.Set(StateRecordType.Position, Positions.RecomputeHash());
        components.Set(
            StateRecordType.Instrument,
            Instruments.RecomputeHash() + Markets.Records.RecomputeHash() + Orders.Conditional.RecomputeHash()
                + Strategies.RecomputeInstruments() + Fees.Indices.RecomputeHash() + Funding.RecomputeHash());
        components.Set(
            StateRecordType.Underlying,
            Underlyings.RecomputeHash() + Points.RecomputeHash() + Assets.RecomputeHash() + Slices.RecomputeHash());
        components.Set(
            StateRecordType.Parameter,
            Markets.Rules.RecomputeHash() + Fees.Schedules.RecomputeHash() + OracleRules.RecomputeHash()
                + Governance.RecomputeHash() + Pool.RecomputeHash());
        components.Set(StateRecordType.Session, Sessions.RecomputeHash());
        components.Set(StateRecordType.Order, Orders.RecomputeHash() + Strategies.RecomputeOrders());
        components.Set(StateRecordType.OracleSource, Oracle.RecomputeHash());
        components.Set(StateRecordType.PendingWork,
            Pending.RecomputeHash() + Parked.RecomputeHash() + MassCancels.RecomputeHash() + Withdrawals.RecomputeHash()
                + Obligations.RecomputeHash() + Delivery.RecomputeHash());
        components.Set(StateRecordType.RiskInputs, Frozen.RecomputeHash() + Vectors.RecomputeHash());
        components.Set(StateRecordType.Venue, VenueRecordHash());
        return components;
    }

    public void Dispose()
    {
        foreach (var book in _books)
        {
            book?.Dispose();
        }

        Accounts.Dispose();
        Positions.Dispose();
        Instruments.Dispose();
        Underlyings.Dispose();
        Markets.Dispose();
        Sessions.Dispose();
        Orders.Dispose();
        Strategies.Dispose();
        Expiries.Dispose();
        Oracle.Dispose();
        OracleRules.Dispose();
        Points.Dispose();
        Pending.Dispose();
        Parked.Dispose();
        MassCancels.Dispose();
        Protections.Dispose();
        Governance.Dispose();
        Frozen.Dispose();
        Results.Dispose();
        Vectors.Dispose();
        Slices.Dispose();
        Fees.Dispose();
        Funding.Dispose();
        Assets.Dispose();
        Balances.Dispose();
        Withdrawals.Dispose();
        Pool.Dispose();
        Obligations.Dispose();
        Delivery.Dispose();
    }

    private ref Hash256 SumOf(StateRecordType type) => ref StateComponents.Sum(ref _components, type);

    // Changes with every command, so it is added when asked for and never tracked.
    private Hash256 VenueRecordHash()
    {
        Span<byte> buffer = stackalloc byte[242];
        BinaryPrimitives.WriteInt64LittleEndian(buffer, Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], TimeNanos);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[16..], Term);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[20..], EngineVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[24..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], LastTradeId);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[40..], StreamSequence);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[48..], Orders.Slab.LastPriority);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[56..], Ledger.DepositedAtoms);
        BinaryPrimitives.WriteInt128LittleEndian(buffer[72..], Ledger.SettledAtoms);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[88..], Instruments.NextId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[92..], Underlyings.NextId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[96..], Orders.Slab.FreeHead);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[100..], Pending.Head);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[104..], Pending.Tail);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[108..], Orders.WalkNext);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[112..], Orders.Slab.LastNumber);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[120..], Day);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[128..], Kills.Walk);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[136..], Kills.VenueWalk);
        buffer[144] = Kills.IsVenueOn ? (byte)1 : (byte)0;
        buffer[145] = (byte)((Kills.IsEnding ? 1 : 0) | (Kills.IsOutOfRoom ? 2 : 0));
        BinaryPrimitives.WriteInt64LittleEndian(buffer[146..], Kills.BegunBy);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[154..], Kills.EndedOrders);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[162..], DayEndedBy);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[170..], DayEndedOrders);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[178..], ControlAskedBy);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[186..], LastOrderOfDay);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[194..], Withdrawals.LastId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[202..], Assets.NextId);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[206..], ParametersAskedBy);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[214..], Obligations.LastNumber);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[222..], LastQuarantined);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[230..], QuarantinedCount);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[234..], Parked.Head);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[238..], Parked.Tail);
        return RecordHash.Compute(StateRecordType.Venue, 0, buffer);
    }
}
