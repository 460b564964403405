using HftDelta.Engine.Accounts;
using HftDelta.Engine.Collateral;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine;

/// <summary>Accounts and positions by their parts, for those who explain them.</summary>
public readonly partial struct VenueView
{
    /// <summary>An account's money by its parts.</summary>
    /// <param name="id">An open account.</param>
    public AccountFacts Account(AccountId id)
    {
        ref readonly var record = ref _state.Accounts.Read(Existing(id));
        Int128 unapplied = 0;
        Int128 owed = 0;
        Int128 residual = 0;
        for (var slot = record.FirstPosition; slot != 0; slot = _state.Positions.Read(slot).NextOfAccount)
        {
            ref readonly var position = ref _state.Positions.Read(slot);
            ref readonly var instrument = ref _state.Instruments.Read(position.Instrument);
            var funded = _state.Funding.Read(position.Instrument).Index - position.FundingIndexLast;
            unapplied += position.Quantity * (instrument.Index - position.IndexLast - funded);
            owed += _margin.OwedFees(position);
            residual += position.Quantity * (instrument.Mark - instrument.Index);
        }

        return new AccountFacts
        {
            Id = id,
            Cash = new Atoms(record.CashAtoms),
            Dust = record.Dust,
            Unapplied = new SubAtoms(unapplied),
            FeesOwed = new SubAtoms(owed),
            InterestOwed = new SubAtoms(_margin.OwedInterest(id.Value)),
            Residual = new SubAtoms(residual),
            Collateral = new SubAtoms(AssetValue.OfAll(_state, record.FirstBalance)),
            Equity = Equity(id),
            Requirement = new SubAtoms(_margin.Requirement(id.Value)),
        };
    }

    /// <summary>The positions of an account that are not flat, by rising instrument.</summary>
    /// <param name="id">An open account.</param>
    public IReadOnlyList<PositionFacts> Positions(AccountId id)
    {
        var found = new List<PositionFacts>();
        var slot = _state.Accounts.Read(Existing(id)).FirstPosition;
        for (; slot != 0; slot = _state.Positions.Read(slot).NextOfAccount)
        {
            ref readonly var position = ref _state.Positions.Read(slot);
            if (position.Quantity == 0)
            {
                continue;
            }

            ref readonly var instrument = ref _state.Instruments.Read(position.Instrument);
            found.Add(new PositionFacts
            {
                Account = id,
                Instrument = new InstrumentId(position.Instrument),
                Quantity = new QuantityLots(position.Quantity),
                Mark = new SubAtoms(instrument.Mark),
                DeltaIndex = new SubAtoms(instrument.Index),
                Residual = new SubAtoms(position.Quantity * (instrument.Mark - instrument.Index)),
                Unapplied = new SubAtoms(position.Quantity * (instrument.Index - position.IndexLast)),
            });
        }

        found.Sort(static (left, right) => left.Instrument.Value.CompareTo(right.Instrument.Value));
        return found;
    }
}
