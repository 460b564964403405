using HftDelta.Gateway.Connections;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Demo.Participants;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Node.Demo;

/// <summary>
/// Everybody who takes part, with account, money and session. Everything that the participants do follows from seed, market and
/// what they read; they act in a fixed order. Owner: the driver.
/// </summary>
internal sealed class DemoFloor
{
    private const long MakerDepositAtoms = 50_000_000 * Scale.AtomsPerQuoteUnit;
    private const uint FirstHandle = 1;

    private readonly Venue _venue;
    private readonly NanoClock _clock;
    private readonly ulong _seed;
    private readonly DemoOperator _operator;
    private readonly List<TradingSession> _sessions = [];
    private readonly List<MarketMaker> _makers = [];
    private readonly List<Taker> _takers = [];
    private uint _handle = FirstHandle;
    private uint _account = AccountId.FirstClient;

    public DemoFloor(Venue venue, NanoClock clock, DemoMarket market, ulong seed, DemoOperator @operator)
    {
        _venue = venue;
        _clock = clock;
        _seed = seed;
        _operator = @operator;
        Feed = new PublicFeed(venue.Connect(SessionHandle.None, ConnectionInterests.MarketData), market);
        Quoting = new Quoting(market, Feed);
        Oracles = new OracleDesk([.. market.Feeds.Select(OpenOracle)], Tally);
        _makers.Add(new MarketMaker(Open(), Quoting, Numbers(21), new MakerStyle(80, 10, default)));
        _makers.Add(new MarketMaker(Open(), Quoting, Numbers(22), new MakerStyle(100, 20, ExecutionFlags.PostOnly)));
        _makers.Add(new MarketMaker(Open(), Quoting, Numbers(23), new MakerStyle(130, 40, default)));
        _takers.Add(new Taker(Open(), Quoting, Numbers(31), ordersPerStepMax: 4));
        _takers.Add(new Taker(Open(), Quoting, Numbers(32), ordersPerStepMax: 8));
        var lost = Open();
        LostSession = lost.Session;
        Returning = OpenSession(lost.Account);
        Canceller = new CancelHeavyClient(lost, Returning, Quoting, clock, Numbers(41));
        if (market.FlowInstrument is not null)
        {
            Flow = new RecordedFlow(Open(), Open(), market);
        }
    }

    public DemoTally Tally { get; } = new();

    public PublicFeed Feed { get; }

    public Quoting Quoting { get; }

    public OracleDesk Oracles { get; }

    public CancelHeavyClient Canceller { get; }

    /// <summary>The session whose connection is lost during the run.</summary>
    public SessionHandle LostSession { get; }

    /// <summary>The one that its owner comes back with; it is open from the beginning and silent until then.</summary>
    public TradingSession Returning { get; }

    /// <summary>Null without recorded flow.</summary>
    public RecordedFlow? Flow { get; }

    public List<AccountId> Accounts { get; } = [];

    public void Read()
    {
        Feed.Read();
        Oracles.Read();
        _operator.Read();
        foreach (var session in _sessions)
        {
            session.Read();
        }

        foreach (var maker in _makers)
        {
            maker.Learn();
        }

        Flow?.Learn();
    }

    public void Act(int step)
    {
        Quoting.Update(_clock.Now);
        foreach (var maker in _makers)
        {
            maker.Act();
        }

        Canceller.Act();
        Flow?.Act(step);
        foreach (var taker in _takers)
        {
            taker.Act();
        }
    }

    private SeededNumbers Numbers(uint part) => SeededNumbers.For(_seed, part);

    private TradingSession Open()
    {
        var account = new AccountId(_account++);
        _operator.OpenAccount(account);
        _operator.Deposit(account, new Atoms(MakerDepositAtoms));
        Accounts.Add(account);
        return OpenSession(account);
    }

    private TradingSession OpenSession(AccountId account)
    {
        var handle = new SessionHandle(_handle++);
        _operator.OpenSession(handle, account, SessionRoles.Trader);
        var session = new TradingSession(_venue.Connect(handle), account, _clock, Tally);
        _sessions.Add(session);
        return session;
    }

    private OracleSession OpenOracle(OracleFeed feed)
    {
        var handle = new SessionHandle(_handle++);
        _operator.OpenSession(handle, default, SessionRoles.OracleSource);
        return new OracleSession(feed, _venue.Connect(handle, source: RecordSource.Oracle));
    }
}
