using HftDelta.Node.Export;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;

namespace HftDelta.Tests.Node.Statements;

/// <summary>
/// Keeps the books of some accounts while an engine is driven by hand; and those of all accounts at once, as an export does.
/// </summary>
internal sealed class BookedLife(params AccountId[] accounts)
{
    private readonly Dictionary<AccountId, List<Movement>> _movements =
        accounts.ToDictionary(id => id, _ => new List<Movement>());
    private readonly Dictionary<AccountId, AccountBook> _books = [];
    private readonly KnownInstruments _known = new();
    private readonly List<ExportedMovement> _exported = [];
    private MovementRows? _rows;

    /// <summary>What an export would tell of all accounts.</summary>
    public IReadOnlyList<ExportedMovement> Exported => _exported;

    /// <summary>Why an export would not be written; null: it would.</summary>
    public string? ExportFault => _rows?.Fault;

    public IReadOnlyList<Movement> MovementsOf(AccountId account) => _movements[account];

    public AccountBook BookOf(AccountId account) => _books[account];

    /// <summary>Hands the events of the last command, or of the last commands, to every book.</summary>
    /// <param name="engine">Which was just driven.</param>
    /// <param name="dropped">An event that the books do not hear of.</param>
    public void Take(EngineHarness engine, EngineEvent? dropped = null)
    {
        Export(engine);
        foreach (var (account, told) in _movements)
        {
            if (!_books.TryGetValue(account, out var book))
            {
                _books.Add(account, book = new AccountBook(account, told.Add));
            }

            book.BeginCommand(engine.Processor.LastSequence, engine.Processor.LastTime);
            foreach (var record in engine.Events)
            {
                if (record != dropped)
                {
                    book.Take(record.Envelope.Source, record.Frame);
                }
            }

            book.EndCommand(engine.View);
        }
    }

    /// <summary>The last command is over.</summary>
    public void CloseExport(EngineHarness engine) => _rows?.Close(engine.View);

    private void Export(EngineHarness engine)
    {
        _rows ??= new MovementRows(_known, _exported.Add);
        _rows.Begin(engine.Processor.LastSequence, engine.Processor.LastTime);
        foreach (var record in engine.Events)
        {
            if (!HftDeltaSchema.TryPeekHeader(record.Frame, out var header))
            {
                continue;
            }

            if (record.Envelope.Source == RecordSource.MarketData
                && header.TemplateId == InstrumentDefinitionDecoder.TemplateId)
            {
                _known.Take(InstrumentDefinitionDecoder.Trusted(record.Frame));
            }

            _rows.Take(record.Envelope.Source, (ushort)header.TemplateId, record.Frame);
        }

        _rows.End(engine.View);
    }
}
