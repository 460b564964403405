using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Statements;

/// <summary>One instrument of one settlement tick.</summary>
internal readonly record struct SettlementLine
{
    public required CommandSequence Sequence { get; init; }

    public required TimeNanos Time { get; init; }

    public required SettlementTrigger Trigger { get; init; }

    public required string Symbol { get; init; }

    public required PriceTicks PreviousPrice { get; init; }

    public required PriceTicks Price { get; init; }

    /// <summary>The delta that was known before the move.</summary>
    public required DeltaUnits Delta { get; init; }

    /// <summary>What one lot was paid.</summary>
    public required SubAtoms Change { get; init; }

    /// <summary>D after it.</summary>
    public required SubAtoms DeltaIndex { get; init; }
}

/// <summary>Tells every settlement tick of a replay, instrument by instrument. One thread.</summary>
/// <param name="from">The first command that is told of.</param>
/// <param name="instrument">Only of this one; 0: of all.</param>
/// <param name="tell">Called for each.</param>
internal sealed class SettlementHistory(CommandSequence from, InstrumentId instrument, Action<SettlementLine> tell)
    : ReplayObserver
{
    private readonly KnownInstruments _known = new();
    private CommandSequence _sequence;
    private TimeNanos _time;

    protected override void OnCommand(in RecordView command)
    {
        _sequence = command.Sequence;
        _time = new TimeNanos(command.Envelope.TimeNanos);
    }

    protected override void OnEvent(in RingRecord record)
    {
        if (record.Envelope.Source != RecordSource.MarketData || !HftDeltaSchema.TryPeekHeader(record.Frame, out var header))
        {
            return;
        }

        switch ((ushort)header.TemplateId)
        {
            case InstrumentDefinitionDecoder.TemplateId:
                _known.Take(InstrumentDefinitionDecoder.Trusted(record.Frame));
                break;
            case DeltaSettlementDecoder.TemplateId:
                Take(DeltaSettlementDecoder.Trusted(record.Frame));
                break;
            default:
                break;
        }
    }

    private void Take(in DeltaSettlementDecoder settlement)
    {
        foreach (var entry in settlement.Instruments)
        {
            var index = new SubAtoms(entry.DeltaIndex.ToInt128());
            var before = _known.MoveIndex(entry.InstrumentId, index);
            if (_sequence.Value < from.Value || (instrument.Value != 0 && instrument.Value != entry.InstrumentId))
            {
                continue;
            }

            tell(new SettlementLine
            {
                Sequence = _sequence,
                Time = _time,
                Trigger = settlement.Trigger,
                Symbol = _known.NameOf(entry.InstrumentId),
                PreviousPrice = new PriceTicks(entry.PreviousPrice),
                Price = new PriceTicks(entry.SettlementPrice),
                Delta = new DeltaUnits(entry.Delta),
                Change = index - (before?.DeltaIndex ?? index),
                DeltaIndex = index,
            });
        }
    }
}
