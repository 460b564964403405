using System.Text;
using HftDelta.Gateway.Rings;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>The engine's own word on what an operator controls, told between two commands. Immutable once complete.</summary>
internal sealed class ControlSnapshot : ToldState
{
    public ControlVenue Venue { get; set; } = new();

    public List<ControlInstrument> Instruments { get; } = [];

    public List<ControlAccount> Accounts { get; } = [];
}

/// <summary>
/// Asks the engine for its control state and gathers what it tells, for everybody who asked before it began; and keeps the last
/// ends of the work that kill switches and days left. Owner: the operator's thread.
/// </summary>
internal sealed class ControlBoard(OperatorLine line)
{
    private readonly Dictionary<ushort, (ulong Command, ulong Orders)> _completed = [];
    private readonly EngineQuestion<ControlSnapshot> _question =
        new(line, () => TellControlStateEncoder.Wrap(line.Buffer).EncodedLength);

    /// <summary>The state at a command that is sequenced after this call.</summary>
    public ControlSnapshot Ask() => _question.Ask();

    /// <summary>Orders that ended with the work that a command left, or null while it is not done.</summary>
    public ulong? EndedOrders(CommandTicket command) =>
        _completed.TryGetValue(command.TemplateId, out var last) && last.Command >= (ulong)command.Sequence ? last.Orders : null;

    /// <summary>Sends the question when someone asked and none is under way.</summary>
    public void Step() => _question.Step();

    public void Hear(scoped in RingRecord record)
    {
        InternalSchema.TryPeekHeader(record.Frame, out var header);
        switch ((ushort)header.TemplateId)
        {
            case VenueControlStateDecoder.TemplateId:
                HearVenue(VenueControlStateDecoder.Trusted(record.Frame), record.Envelope.Sequence);
                break;
            case InstrumentControlStateDecoder.TemplateId:
                HearInstrument(InstrumentControlStateDecoder.Trusted(record.Frame));
                break;
            case AccountControlStateDecoder.TemplateId:
                HearAccount(AccountControlStateDecoder.Trusted(record.Frame));
                break;
            case CommandCompletedDecoder.TemplateId:
                HearEnd(CommandCompletedDecoder.Trusted(record.Frame));
                break;
            default:
                break;
        }
    }

    private void HearVenue(in VenueControlStateDecoder told, long sequence)
    {
        if (_question.Begin(sequence) is { } snapshot)
        {
            snapshot.Venue = new ControlVenue
            {
                IsKilled = told.IsKilled != 0,
                IsEndingOrders = told.IsEndingOrders != 0,
                Day = told.Day,
                LiveOrders = told.Orders,
            };
        }
    }

    private void HearInstrument(in InstrumentControlStateDecoder told) => _question.Telling?.Instruments.Add(new ControlInstrument
    {
        InstrumentId = told.InstrumentId,
        UnderlyingId = told.UnderlyingId,
        Symbol = Encoding.ASCII.GetString(told.Symbol).TrimEnd('\0'),
        State = ((InstrumentState)told.State).ToString(),
        WantedState = told.WantedState == 0 ? "" : ((InstrumentState)told.WantedState).ToString(),
        IsBusy = told.IsBusy != 0,
        EndTimeNanos = told.EndTime,
    });

    private void HearAccount(in AccountControlStateDecoder told) => _question.Telling?.Accounts.Add(new ControlAccount
    {
        AccountId = told.AccountId,
        IsKilled = told.IsKilled != 0,
        IsEndingOrders = told.IsEndingOrders != 0,
        Group = told.Group,
    });

    private void HearEnd(in CommandCompletedDecoder told)
    {
        if (told.CommandTemplateId != TellControlStateDecoder.TemplateId)
        {
            _completed[told.CommandTemplateId] = (told.CommandSequence, told.Orders);
        }
        else
        {
            _question.End(in told);
        }
    }
}
