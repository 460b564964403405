using HftDelta.Engine;
using HftDelta.Engine.Collateral;
using HftDelta.Node.Statements;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Export;

/// <summary>What the venue's state is before the first exported command and after the last one. One thread.</summary>
internal static class StateRows
{
    /// <summary>Balances and positions of every open account, the venue's own among them.</summary>
    /// <param name="moment">Opening or closing.</param>
    /// <param name="sequence">The command after which this is so.</param>
    /// <param name="view">The state.</param>
    /// <param name="balances">A table.</param>
    /// <param name="positions">Another one.</param>
    public static void Write(
        string moment, CommandSequence sequence, VenueView view, ExportTable balances, ExportTable positions)
    {
        var others = new AssetBalance[view.AssetCount];
        for (uint account = 1; account < view.AccountIdLimit; account++)
        {
            var id = new AccountId(account);
            if (!view.IsOpen(id))
            {
                continue;
            }

            var facts = view.Account(id);
            balances.Row(
                moment, sequence, account, 0L, ((Int128)facts.Cash.Value << Scale.SubAtomBits) + facts.Dust, facts.Unapplied,
                facts.FeesOwed, facts.InterestOwed, facts.Residual, facts.Collateral, facts.Equity, facts.Requirement);
            foreach (var held in others.AsSpan(0, view.CopyBalances(id, others)))
            {
                balances.Row(
                    moment, sequence, account, held.Asset.Value, ((Int128)held.Amount.Value << Scale.SubAtomBits) + held.Dust,
                    ExportCell.None, ExportCell.None, ExportCell.None, ExportCell.None, ExportCell.None, ExportCell.None,
                    ExportCell.None);
            }

            foreach (var position in view.Positions(id))
            {
                positions.Row(
                    moment, sequence, account, position.Instrument.Value, position.Quantity.Value, position.Mark,
                    position.DeltaIndex, position.Residual, position.Unapplied);
            }
        }
    }

    /// <summary>Every instrument that the venue ever told of: as it is now, or as it was told last when it is gone.</summary>
    public static void Write(KnownInstruments instruments, VenueView view, ExportTable table)
    {
        foreach (var known in instruments.All)
        {
            var state = view.InstrumentState(known.Id);
            var isThere = state != default;
            table.Row(
                known.Id.Value, known.Symbol, Words<InstrumentKind>.Of(known.Kind), Words<OptionKind>.Of(known.OptionKind),
                Words<InstrumentState>.Of(isThere ? state : known.State), known.Underlying.Value, known.Strike.Value,
                ExportCell.UnlessZero(known.ExpiryTime.Value), known.AtomsPerTick.Value, known.AtomsPerUnderlyingTick.Value,
                (isThere ? view.SettlementPrice(known.Id) : known.SettlementPrice).Value,
                isThere ? view.DeltaIndex(known.Id) : known.DeltaIndex);
        }
    }
}
