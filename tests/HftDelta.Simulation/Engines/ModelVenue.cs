using HftDelta.Wire;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// The venue written to be read: docs/matching-rules.md in dictionaries, sorted maps and lists, one section per file, every
/// sum made anew when it is asked for. It takes decoded commands and gives the reports that the production core must give.
/// Pending work has no bound here: it is done at the next chance, so both agree once the core's pending work has ended.
/// </summary>
public sealed partial class ModelVenue
{
    private readonly VenueWorld _world;
    private readonly SortedList<uint, ModelUnderlying> _underlyings = [];
    private readonly SortedList<uint, ModelInstrument> _instruments = [];
    private readonly SortedList<uint, ModelAccount> _accounts = [];
    private readonly SortedList<uint, ModelSession> _sessions = [];
    private readonly Dictionary<ulong, ModelOrder> _orders = [];
    private readonly Dictionary<(uint Session, ulong ClientOrderId), ulong> _idOf = [];

    // Live orders with a good-till date, the first to end first.
    private readonly SortedSet<(ulong ExpireTime, ulong Id)> _expiring = [];
    private readonly Queue<Action> _pending = [];
    private readonly List<ModelInstrument> _changedBooks = [];
    private readonly List<ModelInstrument> _unseenBooks = [];
    private readonly List<VenueReport> _reports = [];
    private ulong _lastOrderId;
    private ulong _lastTradeId;
    private ulong _time = VenueWorld.StartNanos;

    public ModelVenue(VenueWorld world)
    {
        _world = world;
        foreach (var listed in world.Underlyings)
        {
            var id = (uint)_underlyings.Count + 1;
            _underlyings.Add(id, new ModelUnderlying
            {
                Id = id,
                ThresholdTicks = listed.ThresholdTicks,
                InitialMarginPpm = listed.InitialMarginPpm,
                Price = listed.Price,
                SettledPrice = listed.Price,
            });
        }

        foreach (var listed in world.Instruments)
        {
            var id = (uint)_instruments.Count + 1;
            var underlying = _underlyings[listed.Underlying];
            _instruments.Add(id, new ModelInstrument(_changedBooks, _unseenBooks)
            {
                Id = id,
                Underlying = underlying,
                AtomsPerTick = listed.AtomsPerTick,
                AtomsPerUnderlyingTick = listed.AtomsPerUnderlyingTick,
                LotsMax = LotsMaxOf(listed.AtomsPerUnderlyingTick),
                Index = (Int128)underlying.Price * listed.AtomsPerUnderlyingTick << 32,
            });
        }

        foreach (var listed in world.Strategies)
        {
            List(listed);
        }

        foreach (var opened in world.Accounts)
        {
            _accounts.Add(opened.Account, new ModelAccount
            {
                Id = opened.Account,
                Cash = (Int128)opened.Atoms << 32,
                NoticeSession = opened.Sessions[^1],
            });
            foreach (var handle in opened.Sessions)
            {
                var session = new ModelSession { Handle = handle, Account = opened.Account };
                _sessions.Add(handle, session);
                _accounts[opened.Account].Sessions.Add(session);
            }
        }
    }

    /// <summary>Applies one command and what it left pending.</summary>
    /// <returns>Reports in order; their list is reused.</returns>
    public IReadOnlyList<VenueReport> Apply(VenueCommand command)
    {
        _reports.Clear();
        _time = VenueWorld.StartNanos + command.TimeNanos;
        if (command.Requester != 0 && !_sessions[command.Requester].IsOpen)
        {
            return _reports;
        }

        RunTimers();
        RunTriggers();
        Execute(command);
        ComeToRest();
        PublishIndications();
        while (_pending.Count > 0)
        {
            while (_pending.TryDequeue(out var work))
            {
                work();
            }

            ComeToRest();
            PublishIndications();
        }

        return _reports;
    }

    public long Cash(uint account) => _accounts[account].CashAtoms;

    public long Position(uint account, uint instrument) => _accounts[account].LotsIn(instrument);

    public int OrderCount => _orders.Count;

    /// <summary>Every price of a side with what it shows and how many orders, best first.</summary>
    public List<(long Price, long Lots, int Orders)> Depth(uint instrument, Side side) =>
        _instruments[instrument].Book.Depth(side);

    /// <summary>Orders of a side with price and shown lots, in the order in which they trade.</summary>
    public List<(long Price, long Lots)> Resting(uint instrument, Side side) =>
        [.. _instruments[instrument].Book.InOrder(side).Select(order => (order.Price, order.Shown))];

    public InstrumentState State(uint instrument) => _instruments[instrument].State;

    private void RunTimers()
    {
        foreach (var instrument in _instruments.Values)
        {
            if (instrument.EndTime != 0 && instrument.EndTime <= _time)
            {
                BeginState(instrument, InstrumentState.Open);
            }
        }

        while (_expiring.Count > 0 && _expiring.Min.ExpireTime <= _time)
        {
            Cancel(_orders[_expiring.Min.Id], CancelReason.GoodTillDateReached);
        }
    }

    // size: dispatch table
    private void Execute(VenueCommand command)
    {
        switch (command)
        {
            case NewOrder order:
                New(order);
                break;
            case CancelOrder cancel:
                Cancel(cancel);
                break;
            case ReplaceOrder replace:
                Replace(replace);
                break;
            case MassCancel cancel:
                CancelMany(cancel);
                break;
            case QuoteMass quote:
                Quote(quote);
                break;
            case Protect protect:
                SetProtection(protect);
                break;
            case OraclePrice price:
                MoveOracle(_underlyings[price.Underlying], price.Price);
                break;
            case SettleNow settle:
                Settle(_underlyings[settle.Underlying]);
                break;
            case SetRules rules:
                Rule(rules);
                break;
            case ChangeState change:
                Change(change);
                break;
            case Kill kill:
                Switch(kill);
                break;
            case SetGroup group:
                _accounts[group.Account].Group = group.Group;
                break;
            case CloseSession close:
                Close(_sessions[close.Session]);
                break;
            case OpenSession open:
                Open(_sessions[open.Session], open.CancelsOrders);
                break;
            case EndDay end:
                EndTheDay(end);
                break;
            case TimePasses:
                break;
            default:
                throw new ArgumentException($"no rule for {command}");
        }
    }

    private ulong NextSequence(uint session) => _sessions[session].NextReport++;

    private void ReportCanceled(ModelOrder order, CancelReason reason, ulong request) => _reports.Add(new Canceled(
        order.Session, NextSequence(order.Session), order.Account, order.Instrument, order.Id, order.ClientOrderId, request,
        order.Open, reason, order.Side));

    private void ReportRepriced(ModelOrder order, RepriceReason reason) => _reports.Add(new Repriced(
        order.Session, NextSequence(order.Session), order.Account, order.Instrument, order.Id, order.ClientOrderId,
        order.Price, order.Open, reason, order.Side));

    private void ReportDecremented(ModelOrder order, long lots) => _reports.Add(new Decremented(
        order.Session, NextSequence(order.Session), order.Account, order.Instrument, order.Id, order.ClientOrderId, lots,
        order.Open));

    private void Rule(SetRules rules)
    {
        var instrument = _instruments[rules.Instrument];
        if (instrument.IsStrategy && !IsForStrategy(rules))
        {
            _reports.Add(new Refused(RejectCode.BadParameter));
            return;
        }

        instrument.Rules = rules;
    }

    private void ReportFilled(ModelOrder order, Traded trade, Liquidity liquidity) => _reports.Add(new Filled(
        order.Session, NextSequence(order.Session), order.Account, order.Instrument, order.Id, order.ClientOrderId,
        trade.Trade, trade.Price, trade.Quantity, order.Open, trade.DeltaIndex, _accounts[order.Account].CashAtoms,
        order.Side, liquidity));
}
