using HftDelta.Engine.Books;
using HftDelta.Engine.Risk;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.Engine;

/// <summary>Reads the state between commands, on the engine's thread: for tools, tests and audits. Changes nothing.</summary>
public readonly struct VenueView
{
    private readonly VenueState _state;
    private readonly Margin _margin;

    internal VenueView(VenueState state, Margin margin)
    {
        _state = state;
        _margin = margin;
    }

    /// <summary>Sub-atoms by which the conservation sum is off: always 0.</summary>
    public SubAtoms ConservationError => new(_state.Ledger.ConservationError);

    /// <summary>Atoms that delta settlement has moved, both directions added.</summary>
    public Int128 SettledAtoms => _state.Ledger.SettledAtoms;

    public ulong LastTradeId => _state.LastTradeId;

    public int OrderCount => _state.Orders.Slab.Count;

    public int PendingCount => _state.Pending.Count;

    public uint InstrumentCount => _state.Instruments.NextId - 1;

    public InstrumentState InstrumentState(InstrumentId id) =>
        _state.Instruments.Exists(id.Value) ? _state.Instruments.Read(id.Value).State : default;

    /// <summary>D of an instrument in sub-atoms per lot.</summary>
    public SubAtoms DeltaIndex(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).Index);

    public DeltaUnits Delta(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).Delta);

    /// <summary>Mark of one lot in sub-atoms.</summary>
    public SubAtoms Mark(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).Mark);

    public PriceTicks SettlementPrice(InstrumentId id) => new(_state.Instruments.Read(Existing(id)).SettlementPrice);

    public PriceTicks OraclePrice(UnderlyingId id) => new(_state.Underlyings.Read(id.Value).Price);

    public bool IsOpen(AccountId id) => _state.Accounts.IsOpen(id.Value);

    public Atoms Cash(AccountId id) => new(_state.Accounts.Read(Existing(id)).CashAtoms);

    /// <summary>Remainder of floored settlements, in sub-atoms.</summary>
    public uint Dust(AccountId id) => _state.Accounts.Read(Existing(id)).Dust;

    /// <summary>Cash, dust and the residual claims of all positions, in sub-atoms.</summary>
    public SubAtoms Equity(AccountId id) => new(_margin.Equity(Existing(id)));

    /// <summary>Equity less margin requirement, in sub-atoms.</summary>
    public SubAtoms FreeEquity(AccountId id) => new(_margin.Free(Existing(id)));

    public QuantityLots Position(AccountId account, InstrumentId instrument)
    {
        var slot = _state.Positions.Find(account.Value, instrument.Value);
        return new QuantityLots(slot == 0 ? 0 : _state.Positions.Read(slot).Quantity);
    }

    public bool TryGetTop(InstrumentId instrument, Side side, out BookLevel top)
    {
        top = default;
        return _state.FindBook(Existing(instrument))?.TryGetTop(side, out top) ?? false;
    }

    public int ReadDepth(InstrumentId instrument, Side side, Span<BookLevel> levels) =>
        _state.FindBook(Existing(instrument))?.ReadDepth(side, levels) ?? 0;

    /// <summary>Native memory of the books of all instruments that are not removed.</summary>
    public long BookLengthBytes => _state.BookLengthBytes();

    /// <summary>A report kept for retransmission; empty if it is too old or was never written.</summary>
    public ReadOnlySpan<byte> RetainedReport(SessionHandle session, ulong sequence) =>
        _state.Sessions.Report(session.Value, sequence);

    /// <summary>How a request of a session ended, if that is still kept.</summary>
    public bool TryGetOutcome(SessionHandle session, ulong sequence, out OrderId order, out RejectCode code)
    {
        var known = _state.Sessions.TryGetOutcome(session.Value, sequence, out var outcome);
        order = new OrderId(outcome.OrderId);
        code = (RejectCode)outcome.RejectCode;
        return known;
    }

    private uint Existing(InstrumentId id)
    {
        Check.That(_state.Instruments.Exists(id.Value));
        return id.Value;
    }

    private uint Existing(AccountId id)
    {
        Check.That(_state.Accounts.IsOpen(id.Value));
        return id.Value;
    }
}
