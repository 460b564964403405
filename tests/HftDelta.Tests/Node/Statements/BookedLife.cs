using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;

namespace HftDelta.Tests.Node.Statements;

/// <summary>Keeps the books of some accounts while an engine is driven by hand.</summary>
internal sealed class BookedLife(params AccountId[] accounts)
{
    private readonly Dictionary<AccountId, List<Movement>> _movements =
        accounts.ToDictionary(id => id, _ => new List<Movement>());
    private readonly Dictionary<AccountId, AccountBook> _books = [];

    public IReadOnlyList<Movement> MovementsOf(AccountId account) => _movements[account];

    public AccountBook BookOf(AccountId account) => _books[account];

    /// <summary>Hands the events of the last command, or of the last commands, to every book.</summary>
    /// <param name="engine">Which was just driven.</param>
    /// <param name="dropped">An event that the books do not hear of.</param>
    public void Take(EngineHarness engine, EngineEvent? dropped = null)
    {
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
}
