using System.Runtime.CompilerServices;
using HftDelta.Engine.Fees;
using HftDelta.Engine.Funding;
using HftDelta.Engine.Instruments;
using HftDelta.Engine.Settlement;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Accounts;

/// <summary>
/// The only place that moves money or quantity. Cash is posted in sub-atoms; what does not make a whole atom stays as the
/// account's dust, so nothing is rounded away. Owner: the engine agent.
/// Fees are moved from one account to another like everything else.
/// <para>
/// Invariant, checked after every command in constant time: sum of (cash x 2^32 + dust) over accounts - sum over
/// instruments of W + the same sum of the funding indices = 2^32 x (deposits - withdrawals), where W is the sum over accounts of
/// position x last applied index. A rise of the delta index is received, one of the funding index is paid. Each side is
/// accumulated from its own writes, so one posting without its counterpart breaks it.
/// </para>
/// </summary>
[SkipLocalsInit]
internal sealed class Ledger(
    AccountTable accounts, PositionTable positions, DenseTable<InstrumentRecord, InstrumentEncoding> instruments, FeeTable fees,
    HashedSlab<FundingRecord, FundingEncoding> funding, SettlementPool pool)
{
    private Int128 _cashSum;
    private Int128 _weightedIndexSum;
    private Int128 _weightedFundingSum;
    private Int128 _deposited;

    /// <summary>Positions are below this in size, so that position x index stays below 2^120.</summary>
    public const long QuantityBound = 1L << 40;

    /// <summary>An index is below this in size.</summary>
    public static readonly Int128 IndexBound = Int128.One << 80;

    /// <summary>How far the invariant is off, in sub-atoms: always 0.</summary>
    public Int128 ConservationError =>
        _cashSum - _weightedIndexSum + _weightedFundingSum - (_deposited << Scale.SubAtomBits);

    /// <summary>Atoms that delta settlement has moved between accounts, both directions added.</summary>
    public Int128 SettledAtoms { get; private set; }

    /// <summary>Atoms deposited less atoms withdrawn.</summary>
    public Int128 DepositedAtoms => _deposited;

    /// <summary>Changes whenever an index changes; an account of the same version has nothing to apply.</summary>
    public ulong IndexVersion { get; private set; } = 1;

    public void IndicesChanged() => IndexVersion++;

    public void CheckConservation() => Check.That(ConservationError == 0);

    /// <summary>Cash from or to outside the venue.</summary>
    public void MoveOutside(uint account, long atoms)
    {
        _deposited += atoms;
        var subAtoms = (Int128)atoms << Scale.SubAtomBits;
        Post(account, subAtoms);
        accounts.Cached(account).GrossCash += subAtoms;
    }

    /// <summary>From one account to another: sub-atoms, negative the other way.</summary>
    public void Move(uint from, uint to, Int128 subAtoms)
    {
        if (subAtoms == 0)
        {
            return;
        }

        Post(from, -subAtoms);
        Post(to, subAtoms);
        accounts.Cached(from).GrossCash -= subAtoms;
        accounts.Cached(to).GrossCash += subAtoms;
    }

    /// <summary>
    /// Applies every index change since the account was last touched: cash += floor, the rest stays as dust. Then it pays or
    /// receives funding and is charged what the fee indices have risen.
    /// </summary>
    /// <param name="account">An open account.</param>
    /// <param name="applied">What of it came from where.</param>
    /// <returns>Whole atoms received, after funding, fee and interest; negative if paid.</returns>
    public long Apply(uint account, out AppliedChanges applied)
    {
        applied = default;
        if (accounts.Read(account).IndexVersion == IndexVersion)
        {
            return 0;
        }

        Int128 amount = 0;
        for (var slot = accounts.Read(account).FirstPosition; slot != 0; slot = positions.Read(slot).NextOfAccount)
        {
            amount += ApplyPosition(slot, ref applied.PositionsMoved);
            if (instruments.Read(positions.Read(slot).Instrument).IsFunded != 0)
            {
                applied.Funding += FundPosition(slot);
            }

            applied.Fee += ChargePosition(slot);
        }

        ref var record = ref accounts.Cached(account);
        record.IndexVersion = IndexVersion;
        if (account >= AccountId.FirstClient)
        {
            pool.AccrueBeforeChange();
        }

        if (account >= AccountId.FirstClient && (record.PoolIndexLast != pool.Terms.Index || record.PoolOwed != 0))
        {
            // Of the cash as it was: what is applied now has been owed for no time yet.
            ref var borrower = ref accounts.Write(account);
            pool.PutDown(ref borrower);
            applied.Interest = borrower.PoolOwed;
            borrower.PoolOwed = 0;
        }

        if (applied.IsNothing)
        {
            return 0;
        }

        var before = record.CashAtoms;
        Post(account, amount);
        var moved = record.CashAtoms - before;
        SettledAtoms += moved < 0 ? -moved : moved;
        if (applied.Fee == 0 && applied.Funding == 0 && applied.Interest == 0)
        {
            return moved;
        }

        // The sums of its marks hold what it owed: they are made anew.
        record.MarkVersion = 0;
        Post(account, applied.Funding);
        record.GrossCash += applied.Funding;
        Move(account, VenueState.SettlementFeeAccount, applied.Fee);
        Move(account, VenueState.SettlementPoolAccount, applied.Interest);
        return record.CashAtoms - before;
    }

    /// <summary>
    /// A trade at a gross price: the buyer pays lots x (price - D), the seller receives the same. Both accounts have been
    /// applied, so their position in this instrument carries the present index.
    /// </summary>
    public void Trade(uint instrument, uint buyerPosition, uint sellerPosition, long lots, long price)
    {
        ref var record = ref instruments.Write(instrument);
        var gross = lots * (((Int128)price * record.AtomsPerTick) << Scale.SubAtomBits);
        var net = gross - (lots * record.Index);
        Check.That(positions.Read(buyerPosition).IndexLast == record.Index);
        Check.That(positions.Read(sellerPosition).IndexLast == record.Index);
        Check.That(positions.Read(buyerPosition).FundingIndexLast == positions.Read(sellerPosition).FundingIndexLast);
        var buyer = positions.Read(buyerPosition).Account;
        var seller = positions.Read(sellerPosition).Account;
        Post(buyer, -net);
        Post(seller, net);
        accounts.Cached(buyer).GrossCash -= gross;
        accounts.Cached(seller).GrossCash += gross;
        ChangeQuantity(ref record, buyerPosition, lots);
        ChangeQuantity(ref record, sellerPosition, -lots);
    }

    /// <summary>
    /// Closes a position of an expired instrument against the venue's clearing account, at the payoff. The index is the
    /// payoff by then and has been applied, so no cash moves; when the last holder is closed the clearing account is flat.
    /// </summary>
    public void CloseExpired(uint slot, uint clearingSlot)
    {
        var quantity = positions.Read(slot).Quantity;
        ref var record = ref instruments.Write(positions.Read(slot).Instrument);
        Check.That(positions.Read(slot).IndexLast == record.Index);
        Check.That(positions.Read(clearingSlot).IndexLast == record.Index);
        var payoff = quantity * record.Index;
        accounts.Cached(positions.Read(slot).Account).GrossCash += payoff;
        accounts.Cached(positions.Read(clearingSlot).Account).GrossCash -= payoff;
        ChangeQuantity(ref record, slot, -quantity);
        ChangeQuantity(ref record, clearingSlot, quantity);
    }

    private Int128 ApplyPosition(uint slot, ref uint positionsMoved)
    {
        ref readonly var position = ref positions.Read(slot);
        ref readonly var instrument = ref instruments.Read(position.Instrument);
        if (position.IndexLast == instrument.Index)
        {
            return 0;
        }

        if (position.Quantity == 0)
        {
            positions.Write(slot).IndexLast = instrument.Index;
            return 0;
        }

        var change = position.Quantity * (instrument.Index - position.IndexLast);
        positions.Write(slot).IndexLast = instrument.Index;
        instruments.Write(position.Instrument).WeightedIndexSum += change;
        _weightedIndexSum += change;
        positionsMoved++;
        return change;
    }

    /// <summary>What the position receives since funding was last applied to it, in sub-atoms; longs pay a rise.</summary>
    private Int128 FundPosition(uint slot)
    {
        var instrument = positions.Read(slot).Instrument;
        var index = funding.Read(instrument).Index;
        if (positions.Read(slot).FundingIndexLast == index)
        {
            return 0;
        }

        ref var position = ref positions.Write(slot);
        var change = position.Quantity * (index - position.FundingIndexLast);
        position.FundingIndexLast = index;
        if (change != 0)
        {
            funding.Write(instrument).WeightedIndexSum += change;
            _weightedFundingSum += change;
        }

        return -change;
    }

    /// <summary>What the position owes since it was last charged, in sub-atoms; it is charged up to now by that.</summary>
    private Int128 ChargePosition(uint slot)
    {
        ref readonly var position = ref positions.Read(slot);
        if (instruments.Read(position.Instrument).HasFeeIndex == 0)
        {
            return 0;
        }

        var index = fees.IndexOf(position.Instrument, accounts.Read(position.Account).FeeTier);
        var rise = index - position.FeeIndexLast;
        if (rise == 0)
        {
            return 0;
        }

        positions.Write(slot).FeeIndexLast = index;
        return (position.Quantity < 0 ? -position.Quantity : position.Quantity) * rise;
    }

    private void ChangeQuantity(ref InstrumentRecord instrument, uint slot, long lots)
    {
        ref var position = ref positions.Write(slot);
        var before = position.Quantity;
        var after = before + lots;
        Check.That(after < QuantityBound);
        Check.That(after > -QuantityBound);
        position.Quantity = after;
        instrument.OpenInterest += (after > 0 ? after : 0) - (before > 0 ? before : 0);
        var change = lots * instrument.Index;
        instrument.WeightedIndexSum += change;
        _weightedIndexSum += change;
        if (instrument.IsFunded != 0)
        {
            var funded = lots * position.FundingIndexLast;
            funding.Write(position.Instrument).WeightedIndexSum += funded;
            _weightedFundingSum += funded;
        }
    }

    private void Post(uint account, Int128 subAtoms)
    {
        ref var record = ref accounts.Write(account);
        var total = ((Int128)record.CashAtoms << Scale.SubAtomBits) + record.Dust + subAtoms;
        var after = new SubAtoms(total).FloorAtoms;
        if (account >= AccountId.FirstClient)
        {
            pool.AccrueBeforeChange();
            if (record.PoolIndexLast != pool.Terms.Index)
            {
                pool.PutDown(ref record);
            }

            pool.CashMoved(record.CashAtoms, after);
        }

        record.CashAtoms = after;
        record.Dust = new SubAtoms(total).Dust;
        _cashSum += subAtoms;
    }
}

/// <summary>What applying an account came to.</summary>
internal struct AppliedChanges
{
    /// <summary>What it was charged, in sub-atoms.</summary>
    public Int128 Fee;

    /// <summary>Funding received, in sub-atoms; negative if paid.</summary>
    public Int128 Funding;

    /// <summary>Paid to the settlement pool, in sub-atoms; negative if received from it.</summary>
    public Int128 Interest;

    /// <summary>Positions whose delta index had moved.</summary>
    public uint PositionsMoved;

    public readonly bool IsNothing => PositionsMoved == 0 && Fee == 0 && Funding == 0 && Interest == 0;
}
