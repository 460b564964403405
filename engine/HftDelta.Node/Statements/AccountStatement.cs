using HftDelta.Engine;
using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Node.Replay;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Statements;

/// <summary>
/// The statement of one account between two commands of a replay. Movements are kept until the end is reached, since a statement
/// that does not reconcile is not told at all. One thread.
/// </summary>
internal sealed class AccountStatement : ReplayObserver
{
    private readonly CommandSequence _from;
    private readonly AccountBook _book;
    private readonly List<Movement> _movements = [];
    private readonly Dictionary<MovementKind, Int128> _sums = [];
    private bool _isOpened;
    private CommandSequence _sequence;

    /// <param name="account">A client's account.</param>
    /// <param name="from">The first command whose movements are told.</param>
    public AccountStatement(AccountId account, CommandSequence from)
    {
        _from = from;
        _book = new AccountBook(account, Keep);
    }

    /// <summary>In their order; those of other assets among them.</summary>
    public IReadOnlyList<Movement> Movements => _movements;

    /// <summary>Before the first command, of the quote asset.</summary>
    public SubAtoms Opening { get; private set; }

    /// <summary>After the last one.</summary>
    public SubAtoms Closing => _book.Balance;

    public IReadOnlyList<(AssetId Asset, AssetAtoms Atoms)> OtherOpening { get; private set; } = [];

    public IReadOnlyList<(AssetId Asset, AssetAtoms Atoms)> OtherClosing => [.. _book.OtherAssets];

    /// <summary>What each kind of movement of the quote asset adds up to.</summary>
    public IReadOnlyDictionary<MovementKind, Int128> Sums => _sums;

    /// <summary>Why it does not reconcile and where; null: it does.</summary>
    public string? Fault { get; private set; }

    /// <summary>The last command was applied: compares everything once more.</summary>
    public void Close(VenueView view)
    {
        _book.Compare(view);
        var sum = Opening.Value;
        foreach (var movement in _movements)
        {
            sum += movement.Asset.Value == 0 ? movement.Amount.Value : 0;
            if (movement is { Kind: MovementKind.Trade, Gross: { } gross, OfIndex: { } ofIndex }
                && gross + ofIndex != movement.Amount)
            {
                Fault ??= $"at command {movement.Sequence}: trade {movement.Reference} moved {movement.Amount}, gross less D is "
                    + $"{gross + ofIndex}";
            }
        }

        Fault ??= _book.Fault ?? (sum == Closing.Value
            ? null
            : $"at command {_sequence}: opening and movements add up to {sum}, the account closes with {Closing}");
    }

    protected override void OnCommand(in RecordView command)
    {
        if (!_isOpened && command.Sequence.Value >= _from.Value)
        {
            _isOpened = true;
            Opening = _book.Balance;
            OtherOpening = [.. _book.OtherAssets];
        }

        _sequence = command.Sequence;
        _book.BeginCommand(command.Sequence, new TimeNanos(command.Envelope.TimeNanos));
    }

    protected override void OnEvent(in RingRecord record) => _book.Take(record.Envelope.Source, record.Frame);

    protected override void OnCommandEnd(VenueView view) => _book.EndCommand(view);

    private void Keep(Movement movement)
    {
        if (_isOpened)
        {
            _movements.Add(movement);
            if (movement.Asset.Value == 0)
            {
                _sums[movement.Kind] = _sums.GetValueOrDefault(movement.Kind) + movement.Amount.Value;
            }
        }
    }
}
