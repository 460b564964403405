using System.Diagnostics;
using HftDelta.Node.Demo.Markets;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;

namespace HftDelta.Node.Demo;

/// <summary>How far a run is.</summary>
internal readonly record struct DemoProgress(
    double VirtualSeconds, int Seconds, long Commands, long Orders, long Trades, long SettlementTicks, TimeSpan Elapsed);

/// <summary>
/// Drives a venue in lockstep: in each step of virtual time first the oracle's reports and a barrier, at which risk is
/// computed; then everybody acts on what was read, and another barrier. Between barriers nothing is read, so the sequence of
/// commands follows from seed, market and length alone. Owner: the thread that runs it.
/// </summary>
internal sealed class DemoDriver
{
    private const int EpochSteps = 2 * DemoTiming.StepsPerSecond;
    private const int ProgressSteps = 10;
    private const long AuditDepositAtoms = 1;
    private const long WithdrawalAtoms = 1_000 * Scale.AtomsPerQuoteUnit;

    private readonly Venue _venue;
    private readonly VirtualNanoClock _clock;
    private readonly DemoMarket _market;
    private readonly DemoTiming _timing;
    private readonly double _pace;
    private CancellationToken _cancellation;

    public DemoDriver(Venue venue, VirtualNanoClock clock, DemoMarket market, DemoTiming timing, DemoOptions options)
    {
        _venue = venue;
        _clock = clock;
        _market = market;
        _timing = timing;
        _pace = options.Pace;
        Operator = new DemoOperator(venue.Operator);
        foreach (var underlying in market.Underlyings)
        {
            Operator.List(underlying);
        }

        Floor = new DemoFloor(venue, clock, market, options.Seed, Operator);
    }

    public DemoOperator Operator { get; }

    public DemoFloor Floor { get; }

    /// <summary>The longest that the run was behind its pace.</summary>
    public TimeSpan LagMost { get; private set; }

    /// <exception cref="OperationCanceledException">The user ended it.</exception>
    public void Run(Action<DemoProgress> progress, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        Begin();
        var begun = Stopwatch.GetTimestamp();
        for (var step = 1; step <= _timing.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Step(step);
            Wait(step, Stopwatch.GetElapsedTime(begun), cancellation);
            if (step % ProgressSteps == 0 || step == _timing.Steps)
            {
                progress(ProgressAt(step, Stopwatch.GetElapsedTime(begun)));
            }
        }

        End();
    }

    private void Begin()
    {
        Settle();
        Floor.Oracles.Begin();
        Settle();
        foreach (var instrument in _market.Instruments)
        {
            Operator.List(instrument, Floor.Feed.PriceOf(instrument.Underlying.Id));
        }

        Settle();
    }

    private void Step(int step)
    {
        _clock.Set(DemoTiming.At(step));
        Floor.Oracles.Report(step);
        Settle();
        Operate(step);
        Floor.Act(step);
        Settle();
    }

    /// <summary>What the operator does at its time: epochs, a connection that is lost, and its return.</summary>
    private void Operate(int step)
    {
        if (step % EpochSteps == 0)
        {
            Operator.CloseEpoch();
        }

        if (step == _timing.Steps * 6 / 10)
        {
            Operator.CloseSession(Floor.LostSession);
            Floor.Canceller.Lose();
        }

        if (step == _timing.Steps * 7 / 10)
        {
            Floor.Canceller.ComeBack();
        }
    }

    /// <summary>
    /// A movement applies to an account whatever settlement has not yet, so afterwards the cash of all accounts adds up to what
    /// was paid in and not out, to the sub-atom.
    /// </summary>
    private void End()
    {
        foreach (var account in Floor.Accounts)
        {
            Operator.Deposit(account, new Atoms(AuditDepositAtoms));
            Operator.Withdraw(account, new Atoms(WithdrawalAtoms));
        }

        Settle();
        Operator.CloseEpoch();
        Settle();
    }

    private void Settle()
    {
        _venue.Settle(cancellation: _cancellation);
        Floor.Read();
    }

    private void Wait(int step, TimeSpan elapsed, CancellationToken cancellation)
    {
        if (_pace <= 0)
        {
            return;
        }

        var due = TimeSpan.FromSeconds(step / (double)DemoTiming.StepsPerSecond / _pace);
        if (elapsed < due)
        {
            cancellation.WaitHandle.WaitOne(due - elapsed);
        }
        else if (elapsed - due > LagMost)
        {
            LagMost = elapsed - due;
        }
    }

    private DemoProgress ProgressAt(int step, TimeSpan elapsed) => new(
        step / (double)DemoTiming.StepsPerSecond, _timing.Seconds, _venue.LastSequence.Value, Floor.Tally.OrderRequests,
        Floor.Feed.Trades, Floor.Feed.SettlementTicks, elapsed);
}
