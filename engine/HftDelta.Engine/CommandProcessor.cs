using System.Runtime.CompilerServices;
using HftDelta.Engine.Output;
using HftDelta.Engine.Risk;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;

namespace HftDelta.Engine;

/// <summary>
/// The core: applies one sequenced command at a time to the state and writes its events. A function of its input: the
/// same records give the same state, the same events and the same hashes on every machine. Owner: the engine agent.
/// <para>
/// Each command first performs some pending work, then what fell due by its time, parameters before all, then itself; then
/// the books' tops are told and conservation is checked. Frames have been validated before they were sequenced.
/// </para>
/// </summary>
[SkipLocalsInit]
public sealed class CommandProcessor : IDisposable
{
    private readonly VenueState _state;
    private readonly EventWriter _writer;
    private readonly Handlers _handlers;
    private readonly LookAhead _lookAhead;

    /// <param name="limits">Capacities; the same for every replay of a journal.</param>
    /// <param name="writer">Where events go, made with the same <see cref="EngineLimits.EventSlotsPerCommand"/>.</param>
    public CommandProcessor(EngineLimits limits, EventWriter writer)
    {
        limits.Validate();
        _writer = writer;
        _state = new VenueState(limits);
        Risk = new RiskWorkspace(_state);
        _handlers = new Handlers(_state, writer, Risk);
        _lookAhead = new LookAhead(_state);
    }

    /// <summary>What the risk worker computes with.</summary>
    public RiskWorkspace Risk { get; }

    /// <summary>The last command that was applied.</summary>
    public CommandSequence LastSequence => new(_state.Sequence);

    public TimeNanos LastTime => new(_state.TimeNanos);

    /// <summary>
    /// Work is left that the next commands perform: the sequencer keeps clock ticks coming until it is done.
    /// </summary>
    public bool HasPendingWork =>
        !_state.Pending.IsEmpty || _handlers.Timers.IsWorkLeft || _handlers.Parameters.IsWorkLeft;

    /// <summary>Some underlying waits for its risk marker.</summary>
    public bool IsRiskOutstanding => _state.RiskDeadline != ulong.MaxValue;

    /// <summary>Numbers for operators and tests, read on the engine's thread.</summary>
    public VenueView View => new(_state, _handlers.Margin);

    /// <summary>The running hash over all commands and events.</summary>
    public Hash256 HistoryHash => _writer.HistoryHash;

    /// <summary>The running hash as the last hash point told it: without that event itself. Zero before the first.</summary>
    public Hash256 HistoryHashAtPoint { get; private set; }

    /// <summary>The state hash at the last command.</summary>
    public Hash256 StateHash() => _state.FoldHash().Total;

    /// <summary>The same by kind of record.</summary>
    public StateComponents StateComponents() => _state.FoldHash();

    /// <summary>The state hash computed from nothing; for audits.</summary>
    public Hash256 RecomputeStateHash() => _state.RecomputeHash().Total;

    /// <summary>The same by kind of record.</summary>
    public StateComponents RecomputeStateComponents() => _state.RecomputeHash();

    /// <summary>How many commands ahead of the last one <see cref="Note"/> is of use.</summary>
    public const int CommandsAhead = LookAhead.CommandsMax - 1;

    /// <summary>
    /// A command that will be applied soon, at most <see cref="CommandsAhead"/> after the last one: its memory is asked for while
    /// earlier ones are applied. Only speed depends on it; whoever has but one command at hand does not call it.
    /// </summary>
    public void Note(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame) => _lookAhead.Note(in envelope, frame);

    /// <summary>Applies the command that follows the last one.</summary>
    /// <param name="envelope">Its sequence is the last one's plus 1 and its time not before the last one's.</param>
    /// <param name="frame">A frame that its validator has passed.</param>
    public void Apply(ref readonly RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        Check.That(envelope.Sequence == _state.Sequence + 1);
        Check.That(envelope.TimeNanos >= _state.TimeNanos);
        Check.That(envelope.Term >= _state.Term);
        Check.That(frame.Length == envelope.Length);
        _state.Sequence = envelope.Sequence;
        _state.TimeNanos = envelope.TimeNanos;
        _state.Term = envelope.Term;
        _lookAhead.Step(envelope.Sequence);
        _writer.BeginCommand(in envelope, frame);

        _handlers.Search.BeginCommand();
        _handlers.Pending.Run();
        _handlers.Parameters.Run();
        _handlers.Timers.Run();
        if (_state.Orders.Conditional.NotedCount != 0)
        {
            _handlers.Budget.EnterTimers();
            _handlers.Activations.Run();
        }

        _handlers.Budget.EnterCommand();
        var hasHeader = HftDeltaSchema.TryPeekHeader(frame, out var header);
        Check.That(hasHeader);
        if (header.SchemaId == HftDeltaSchema.Id)
        {
            Check.That(envelope.Source is RecordSource.Client or RecordSource.Oracle);
            ApplyRequest(envelope.SessionHandle, (ushort)header.TemplateId, frame);
        }
        else
        {
            Check.That(envelope.Source is not (RecordSource.Client or RecordSource.Padding));
            if (header.TemplateId == OracleReportDeniedDecoder.TemplateId)
            {
                ApplyDenied(envelope.SessionHandle, frame);
            }
            else
            {
                ApplyInternal((ushort)header.TemplateId, frame);
            }
        }

        if (_state.Strategies.Any)
        {
            _handlers.RunStrategiesAndTriggers();
        }
        else if (_state.Orders.Conditional.NotedCount != 0)
        {
            _handlers.Activations.Run();
        }

        _handlers.Auctions.EndCommand();
        _handlers.Tops.Publish();
        _state.Ledger.CheckConservation();
        _state.Balances.CheckConservation();
        if (_state.Sequence % EngineLimits.HashPointInterval == 0 || _handlers.IsEpochClosed)
        {
            _handlers.IsEpochClosed = false;
            HistoryHashAtPoint = _writer.HistoryHash;
            _handlers.InternalEvents.StateHashPoint(in _state.FoldHash(), HistoryHashAtPoint);
        }
        else
        {
            _state.FoldSome();
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _handlers.Dispose();
        _lookAhead.Dispose();
    }

    /// <summary>A session's request: each takes its sequence number, whatever comes of it.</summary>
    private void ApplyRequest(uint session, ushort templateId, ReadOnlySpan<byte> frame)
    {
        Check.That(_state.Sessions.Exists(session));
        ref var record = ref _state.Sessions.Write(session);
        var header = RequestHeaderDecoder.Wrap(frame[NewOrderSingleDecoder.HeaderLength..]);
        Check.That(header.Sequence == record.NextRequest);
        Check.That(header.SessionHandle == session);
        record.NextRequest++;
        record.PresentOrderId = 0;
        record.PresentRejectCode = 0;
        _handlers.Request(session, templateId, frame, CheckRequest(record.Roles, templateId, header.Deadline));
        _state.Sessions.KeepOutcome(session);
        if (templateId == OracleReportDecoder.TemplateId)
        {
            _handlers.Timers.Reschedule();
        }
        else
        {
            _handlers.Timers.NoteOrderExpiry();
        }
    }

    /// <summary>A request that its verifier refused: it takes its number as any other does.</summary>
    private void ApplyDenied(uint session, ReadOnlySpan<byte> frame)
    {
        var denied = OracleReportDeniedDecoder.Trusted(frame);
        Check.That(_state.Sessions.Exists(session) && denied.SessionHandle == session);
        ref var record = ref _state.Sessions.Write(session);
        Check.That(denied.RequestSequence == record.NextRequest);
        record.NextRequest++;
        record.PresentOrderId = 0;
        _handlers.Deny(denied);
        _state.Sessions.KeepOutcome(session);
    }

    private RejectCode CheckRequest(SessionRoles roles, ushort templateId, ulong deadline)
    {
        var needed = templateId == OracleReportDecoder.TemplateId ? SessionRoles.OracleSource : SessionRoles.Trader;
        if ((roles & needed) == 0)
        {
            return RejectCode.RoleNotHeld;
        }

        return deadline != 0 && _state.TimeNanos >= deadline ? RejectCode.DeadlinePassed : default;
    }

    private void ApplyInternal(ushort templateId, ReadOnlySpan<byte> frame)
    {
        var code = _handlers.Internal(templateId, frame, out var reference);
        if (code != default)
        {
            _handlers.InternalEvents.CommandRefused(templateId, code, reference);
        }
        else if (templateId != ClockTickDecoder.TemplateId)
        {
            _handlers.TellApplied(templateId, reference, frame);
        }

        // A clock tick sets no timer; every other command here may.
        if (templateId != ClockTickDecoder.TemplateId)
        {
            _handlers.Timers.Reschedule();
        }
    }
}
