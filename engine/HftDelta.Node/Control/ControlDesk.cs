using HftDelta.Engine;
using HftDelta.Gateway.Rings;
using HftDelta.Node.Development;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Governance;
using HftDelta.Wire;

namespace HftDelta.Node.Control;

/// <summary>
/// Turns requests of operators into sequenced commands and waits, without blocking, until they are applied, safe and their work
/// is done; then tells the state as the engine has it. Requests do not wait for each other. Owner: the operator's thread.
/// </summary>
internal sealed partial class ControlDesk
{
    private const int AskAgainMillis = 50;

    private readonly OperatorLine _line;
    private readonly MarketKeeper _market;
    private readonly ControlBoard _board;
    private readonly SurfaceBoard _surfaces = new();
    private readonly List<ControlWork> _under = [];

    public ControlDesk(OperatorLine line, MarketKeeper market)
    {
        _line = line;
        _market = market;
        _board = new ControlBoard(line);
        var domain = market.Market is { Governance: not null } governed ? governed.SignedDomain : null;
        _parameters = new ParameterBoard(line, domain);
        _digest = domain is null ? null : new GovernanceDigest(domain);
    }

    /// <summary>Someone waits for an answer.</summary>
    public bool IsBusy => _under.Count > 0;

    public ControlWork Begin(ControlRequest request)
    {
        var work = new ControlWork(request, Environment.TickCount64 + Math.Clamp(request.TimeoutMillis, 1, 3_600_000));
        work.Steps = Run(work).GetEnumerator();
        _under.Add(work);
        return work;
    }

    public void Hear(scoped in RingRecord record)
    {
        _board.Hear(in record);
        _surfaces.Hear(in record);
        _parameters.Hear(in record);
    }

    /// <summary>Goes on with every request as far as it comes.</summary>
    public void Step()
    {
        foreach (var work in _under)
        {
            Advance(work);
        }

        _board.Step();
        _parameters.Step();
        _under.RemoveAll(work => work.Answer is not null);
    }

    private static void Advance(ControlWork work)
    {
        try
        {
            while (work.Steps!.Current is null || work.Steps.Current())
            {
                if (!work.Steps.MoveNext())
                {
                    if (work.Answer is null)
                    {
                        work.Finish(ControlResult.Applied);
                    }

                    return;
                }
            }

            if (Environment.TickCount64 >= work.DeadlineMillis)
            {
                work.FinishUnfinished();
            }
        }
        catch (ControlException fault)
        {
            work.Finish(ControlResult.Invalid, fault.Message, fault.Next);
        }
    }

    private IEnumerable<Func<bool>> Run(ControlWork work) => work.Request.Verb switch
    {
        ControlVerb.Status => Tell(work),
        ControlVerb.Halt => ChangeState(work, InstrumentState.Halted),
        ControlVerb.Open => ChangeState(work, InstrumentState.Open),
        ControlVerb.PreOpen => ChangeState(work, InstrumentState.PreOpen),
        ControlVerb.Auction => ChangeState(work, InstrumentState.OpeningAuction),
        ControlVerb.VolatilityAuction => ChangeState(work, InstrumentState.VolatilityAuction),
        ControlVerb.Close => ChangeState(work, InstrumentState.Closed),
        ControlVerb.Settle => ChangeState(work, InstrumentState.Settling),
        ControlVerb.Kill => Kill(work, isOn: true),
        ControlVerb.Release => Kill(work, isOn: false),
        ControlVerb.EndOfDay => EndDay(work),
        ControlVerb.Rules => SetRules(work),
        ControlVerb.Group => SetGroup(work),
        ControlVerb.Surface => SetSurface(work),
        ControlVerb.Delist => Delist(work),
        ControlVerb.EngineVersion => SetVersion(work),
        ControlVerb.Parameters => TellParameters(work),
        ControlVerb.Govern => Govern(work),
        _ => throw new ControlException("the verb is unknown to this venue", "hftdelta version; take the venue's own"),
    };

    private IEnumerable<Func<bool>> Tell(ControlWork work)
    {
        yield return Ask(work);
        work.Instruments = work.State!.Instruments;
        work.Accounts = work.State.Accounts;
    }

    private IEnumerable<Func<bool>> ChangeState(ControlWork work, InstrumentState state)
    {
        var targets = MarketNames.Targets(work.Request, _market.Listed);
        foreach (var target in targets)
        {
            yield return () => TrySend(
                work, OperatorFrames.ChangeState(_line.Buffer, target.InstrumentId, target.UnderlyingId, state));
        }

        yield return () => work.IsAnswered;
        if (work.IsRefused)
        {
            work.FinishRefused();
            yield break;
        }

        do
        {
            var again = Environment.TickCount64 + (work.State is null ? 0 : AskAgainMillis);
            yield return () => Environment.TickCount64 >= again;
            yield return Ask(work);
            work.Instruments = [.. work.State!.Instruments.Where(instrument => IsOf(instrument, targets))];
        }
        while (work.Instruments.Any(instrument => instrument.WantedState.Length > 0 || instrument.IsBusy));
    }

    private IEnumerable<Func<bool>> Kill(ControlWork work, bool isOn)
    {
        var request = work.Request;
        if (request.IsVenue == (request.Account != 0))
        {
            throw new ControlException(
                request.IsVenue ? "an account and the venue were named at once" : "nobody was named",
                "name one of them: --account N, or --venue for everybody");
        }

        var cancels = isOn && request.CancelOrders;
        CommandTicket? command = null;
        yield return () => TrySend(work, OperatorFrames.Kill(_line.Buffer, request.Account, isOn, cancels), out command);
        yield return () => work.IsAnswered;
        if (work.IsRefused)
        {
            work.FinishRefused();
            yield break;
        }

        if (cancels)
        {
            yield return () => (work.CanceledOrders = _board.EndedOrders(command!)) is not null;
        }

        yield return Ask(work);
        work.Accounts = Accounts(work);
    }

    private IEnumerable<Func<bool>> EndDay(ControlWork work)
    {
        yield return Ask(work);
        var present = work.State!.Venue.Day + 1;
        if (work.Request.Day != 0 && work.Request.Day != present)
        {
            throw new ControlException(
                $"day {work.Request.Day} is not the present one, which is {present}",
                work.Request.Day < present ? "it has ended: nothing is to be done" : $"end day {present} first");
        }

        CommandTicket? command = null;
        yield return () => TrySend(work, OperatorFrames.EndDay(_line.Buffer, present), out command);
        yield return () => work.IsAnswered;
        if (work.IsRefused)
        {
            work.FinishRefused();
            yield break;
        }

        yield return () => (work.CanceledOrders = _board.EndedOrders(command!)) is not null;
        yield return Ask(work);
    }

    private IEnumerable<Func<bool>> SetRules(ControlWork work)
    {
        var ids = MarketNames.Instruments(work.Request, _market.Listed).ToList();
        if (ids.Count == 0)
        {
            throw new ControlException("no instrument was named", "name one or more: --instrument N|SYMBOL");
        }

        foreach (var id in ids)
        {
            if (work.Request.Rules is not { } change)
            {
                continue;
            }

            var rules = change.Over(_market.RulesOf(id));
            if (rules.Fault() is { } fault)
            {
                throw new ControlException($"instrument {id}: {fault}", "correct it; nothing was sent for this instrument");
            }

            yield return () => TrySend(work, OperatorFrames.Rules(_line.Buffer, new InstrumentId(id), rules));
            yield return () => work.IsAnswered;
            if (work.IsRefused)
            {
                work.FinishRefused();
                yield break;
            }

            work.Warning = _market.Keep(id, rules) ?? work.Warning;
        }

        yield return Ask(work);
        work.Instruments =
        [
            .. work.State!.Instruments.Where(instrument => ids.Contains(instrument.InstrumentId))
                .Select(instrument => instrument with { Rules = _market.RulesOf(instrument.InstrumentId) }),
        ];
    }

    private IEnumerable<Func<bool>> Delist(ControlWork work)
    {
        var ids = MarketNames.Instruments(work.Request, _market.Listed).ToList();
        if (ids.Count == 0)
        {
            throw new ControlException("no instrument was named", "name one or more: --instrument N|SYMBOL");
        }

        foreach (var id in ids)
        {
            yield return () => TrySend(work, OperatorFrames.Delist(_line.Buffer, id, work.Request.SettleTimeNanos));
        }

        yield return () => work.IsAnswered;
        if (work.IsRefused)
        {
            work.FinishRefused();
            yield break;
        }

        yield return Ask(work);
        work.Instruments = [.. work.State!.Instruments.Where(instrument => ids.Contains(instrument.InstrumentId))];
    }

    private IEnumerable<Func<bool>> SetVersion(ControlWork work)
    {
        // Never sequenced: this program's engine would refuse it, and a newer one that repeats the journal would not.
        if (work.Request.Version > EngineVersions.Newest)
        {
            throw new ControlException(
                $"this program knows engine versions {EngineVersions.First} to {EngineVersions.Newest}, "
                + $"and {work.Request.Version} is none of them",
                "run the venue with a newer program first; hftdelta version tells what a program knows");
        }

        yield return () => TrySend(work, OperatorFrames.EngineVersion(_line.Buffer, work.Request.Version));
        yield return () => work.IsAnswered;
        if (work.IsRefused)
        {
            work.FinishRefused();
            yield break;
        }

        yield return Ask(work);
    }

    private IEnumerable<Func<bool>> SetGroup(ControlWork work)
    {
        if (work.Request.Account == 0)
        {
            throw new ControlException("no account was named", "name one: --account N");
        }

        yield return () => TrySend(work, OperatorFrames.Group(_line.Buffer, work.Request.Account, work.Request.Group));
        yield return () => work.IsAnswered;
        if (work.IsRefused)
        {
            work.FinishRefused();
            yield break;
        }

        yield return Ask(work);
        work.Accounts = Accounts(work);
    }

    /// <summary>One expiry after the other, through the first that is refused.</summary>
    private IEnumerable<Func<bool>> SetSurface(ControlWork work)
    {
        if (work.Request.Underlyings.Count != 1 || work.Request.Volatilities is not { Count: > 0 } slices)
        {
            throw new ControlException(
                "an underlying and the volatilities of at least one expiry are needed", "--underlying N|SYMBOL --file FILE");
        }

        var underlying = MarketNames.Underlying(work.Request.Underlyings[0], _market.Listed);
        foreach (var slice in slices)
        {
            if (slice.FaultOf() is { } fault || slice.ExpiryTimeNanos == 0)
            {
                throw new ControlException($"an expiry {slice.FaultOf() ?? "must be a moment here"}", "correct it");
            }

            CommandTicket? command = null;
            yield return () => TrySend(work, OperatorFrames.Volatilities(_line.Buffer, underlying, slice), out command);
            yield return () => work.IsAnswered;
            if (work.IsRefused)
            {
                work.FinishRefused($"{_surfaces.WordsOf(command!.Sequence)}, expiry {slice.ExpiryTimeNanos}");
                yield break;
            }
        }
    }

    /// <summary>A condition that is met when the state of now is told.</summary>
    private Func<bool> Ask(ControlWork work)
    {
        var asked = _board.Ask();
        return () =>
        {
            work.State = asked.IsComplete ? asked : work.State;
            return asked.IsComplete;
        };
    }

    private bool TrySend(ControlWork work, int lengthBytes) => TrySend(work, lengthBytes, out _);

    private bool TrySend(ControlWork work, int lengthBytes, out CommandTicket? command)
    {
        if (!_line.TrySend(lengthBytes, isOwn: false, out command))
        {
            return false;
        }

        work.Sent(command);
        return true;
    }

    private static bool IsOf(ControlInstrument instrument, IReadOnlyList<ControlTarget> targets) => targets.Any(target =>
        target.InstrumentId != 0
            ? target.InstrumentId == instrument.InstrumentId
            : target.UnderlyingId == instrument.UnderlyingId);

    /// <summary>The named account also where nothing of it is out of the ordinary.</summary>
    private static List<ControlAccount> Accounts(ControlWork work) => work.Request.Account == 0
        ? work.State!.Accounts
        : [
            work.State!.Accounts.FirstOrDefault(account => account.AccountId == work.Request.Account)
                ?? new ControlAccount { AccountId = work.Request.Account },
        ];
}
