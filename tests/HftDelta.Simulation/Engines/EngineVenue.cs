using HftDelta.Engine;
using HftDelta.Engine.Books;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Simulation.Engines;

/// <summary>
/// The production core as a venue that takes decoded commands: encodes each into its frame, applies it, lets pending work end
/// and decodes what came out. One thread.
/// </summary>
public sealed class EngineVenue : IDisposable
{
    private readonly VenueWorld _world;
    private readonly ReportReading _reading = new();
    private readonly HashSet<uint> _oracleSessions = [];
    private readonly HashSet<uint> _closedSessions = [];
    private readonly BookLevel[] _levels = new BookLevel[2_048];
    private ulong _sourceSequence;

    /// <param name="world">What there is to trade.</param>
    /// <param name="limits">Capacities; those of the world if null.</param>
    /// <param name="keepsCommands">Remember commands and events, for a replay.</param>
    public EngineVenue(VenueWorld world, EngineLimits? limits = null, bool keepsCommands = false)
    {
        _world = world;
        Harness = new EngineHarness(limits ?? LimitsOf(world))
        {
            TimeNanos = VenueWorld.StartNanos, KeepsCommands = keepsCommands, ReusesEvents = !keepsCommands,
        };
        Script = new VenueScript(Harness);
        for (var id = 1; id <= world.Underlyings.Length; id++)
        {
            var underlying = world.Underlyings[id - 1];
            Script.ListUnderlying((uint)id, underlying.ThresholdTicks, initialMarginPpm: underlying.InitialMarginPpm);
            Oracle((uint)id, underlying.Price);
        }

        for (var id = 1; id <= world.Instruments.Length; id++)
        {
            var instrument = world.Instruments[id - 1];
            Script.List((uint)id, instrument.Underlying, InstrumentKind.Perpetual, default, 0, 0, 0, instrument.BandTicks,
                instrument.BandBase, instrument.AtomsPerTick, instrument.AtomsPerUnderlyingTick);
        }

        for (var index = 0; index < world.Strategies.Length; index++)
        {
            var strategy = world.Strategies[index];
            var id = (uint)(world.Instruments.Length + index + 1);
            Script.ListStrategy(
                id, strategy.BandTicks, strategy.BandBase, world.UnderlyingOf(id), [.. strategy.Legs]);
        }

        foreach (var account in world.Accounts)
        {
            Harness.SendInternal(OpenAccountEncoder.Wrap(Harness.Buffer).SetAccountId(account.Account).EncodedLength);
            if (account.Atoms > 0)
            {
                Script.Deposit(account.Account, account.Atoms);
            }

            foreach (var session in account.Sessions)
            {
                Script.OpenSession(session, account.Account, SessionRoles.Trader);
            }
        }
    }

    public EngineHarness Harness { get; }

    public VenueScript Script { get; }

    public static EngineLimits LimitsOf(VenueWorld world) => EngineLimits.Small with
    {
        Orders = world.OrdersMax,
        ExtendedOrders = world.ExtendedOrdersMax,
        OrdersPerSession = world.OrdersPerSessionMax,
        PositionsPerAccount = world.PositionsPerAccountMax,
        EventSlotsPerCommand = world.EventSlotsPerCommand,
        PendingUnitsPerCommand = 65_536,
        Accounts = 64,
        Positions = 1_024,
        Instruments = 16,
        Underlyings = 4,
    };

    /// <summary>Applies one command and what it left pending.</summary>
    /// <returns>Reports in order; their list is reused.</returns>
    public IReadOnlyList<VenueReport> Apply(VenueCommand command)
    {
        Harness.TimeNanos = VenueWorld.StartNanos + command.TimeNanos;
        if (_closedSessions.Contains(command.Requester))
        {
            return [];
        }

        Send(command);
        Harness.DrainPendingWork();
        return _reading.Read(Harness.Events);
    }

    public void Dispose() => Harness.Dispose();

    /// <summary>Every price of a side with what it shows and how many orders, best first.</summary>
    public List<(long Price, long Lots, int Orders)> Depth(uint instrument, HftDelta.Primitives.Units.Side side)
    {
        var count = Harness.View.ReadDepth(new InstrumentId(instrument), side, _levels);
        Check.That(count < _levels.Length);
        return [.. _levels.Take(count).Select(level => (level.Price.Value, level.Volume.Value, level.Count))];
    }

    // size: dispatch table
    private void Send(VenueCommand command)
    {
        var buffer = Harness.Buffer;
        switch (command)
        {
            case NewOrder order:
                Harness.SendRequest(order.Session, VenueFrames.Encode(buffer, order));
                break;
            case CancelOrder cancel:
                Harness.SendRequest(cancel.Session, VenueFrames.Encode(buffer, cancel, OrderIdOf(cancel)));
                break;
            case ReplaceOrder replace:
                Harness.SendRequest(replace.Session, VenueFrames.Encode(buffer, replace, OrderIdOf(replace)));
                break;
            case MassCancel cancel:
                Harness.SendRequest(cancel.Session, VenueFrames.Encode(buffer, cancel));
                break;
            case QuoteMass quote:
                Harness.SendRequest(quote.Session, VenueFrames.Encode(buffer, quote));
                break;
            case Protect protect:
                Harness.SendRequest(protect.Session, VenueFrames.Encode(buffer, protect));
                break;
            case OraclePrice price:
                Oracle(price.Underlying, price.Price);
                break;
            case SettleNow settle:
                Script.Activate(
                    ParameterId.SettlementThresholdTicks, _world.Underlyings[(int)settle.Underlying - 1].ThresholdTicks,
                    settle.Underlying);
                break;
            case TimePasses:
                Harness.Tick();
                break;
            case OpenSession open:
                _closedSessions.Remove(open.Session);
                Script.OpenSession(open.Session, AccountOf(open.Session), SessionRoles.Trader, open.CancelsOrders);
                break;
            case CloseSession close:
                _closedSessions.Add(close.Session);
                Harness.SendInternal(VenueFrames.EncodeInternal(buffer, close));
                break;
            default:
                Harness.SendInternal(VenueFrames.EncodeInternal(buffer, command));
                break;
        }
    }

    private uint AccountOf(uint session) => _world.Accounts.First(opened => opened.Sessions.Contains(session)).Account;

    private void Oracle(uint underlying, long price)
    {
        var session = VenueWorld.OracleSessionBase + underlying;
        if (_oracleSessions.Add(session))
        {
            Script.OpenSession(session, 0, SessionRoles.OracleSource);
        }

        var length = OracleReportEncoder.Wrap(Harness.Buffer).SetSourceId(1).SetUnderlyingId(underlying)
            .SetSourceSequence(++_sourceSequence).SetSourceTime(Harness.TimeNanos).SetPrice(price).SetSignature([])
            .EncodedLength;
        Harness.SendRequest(session, length);
    }

    private ulong OrderIdOf(CancelOrder cancel) =>
        cancel.IsByOrderId
            ? _reading.VenueIdOf(cancel.Owner == 0 ? cancel.Session : cancel.Owner, cancel.Original)
            : 0;

    private ulong OrderIdOf(ReplaceOrder replace) =>
        replace.IsByOrderId ? _reading.VenueIdOf(replace.Session, replace.Original) : 0;
}
