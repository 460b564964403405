using HftDelta.Node.Config;
using HftDelta.Node.Development;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// Adds up the accounts of a replayed engine. Settlement is applied to an account when it is touched, so first each is: one
/// atom is paid in, in this engine alone, which is thrown away afterwards; the journal is not written. Then the cash of all
/// accounts is what was paid in and not out, to the sub-atom.
/// </summary>
internal sealed class AppliedAccounts
{
    private const ulong AuditDepositId = ulong.MaxValue;
    private const long AuditAtoms = 1;

    private AppliedAccounts(SubAtoms cash, SubAtoms equity, SubAtoms paidIn, int accounts, int openSums)
    {
        Cash = cash;
        Equity = equity;
        PaidIn = paidIn;
        Accounts = accounts;
        OpenSums = openSums;
    }

    /// <summary>Cash and dust of all accounts.</summary>
    public SubAtoms Cash { get; }

    public SubAtoms Equity { get; }

    /// <summary>As the engine's ledger counts it.</summary>
    public SubAtoms PaidIn { get; }

    public int Accounts { get; }

    /// <summary>Instruments whose positions do not add up to nothing.</summary>
    public int OpenSums { get; }

    /// <param name="host">Stands at the end of the journal; it is of no use for anything else afterwards.</param>
    /// <param name="market">Whose accounts and instruments there are.</param>
    public static AppliedAccounts Of(EngineHost host, MarketSettings market)
    {
        var accounts = market.Accounts.Select(account => new AccountId(account.AccountId)).ToList();
        foreach (var account in accounts)
        {
            Touch(host, account);
        }

        var view = host.Processor.View;
        var cash = default(SubAtoms);
        var equity = default(SubAtoms);
        foreach (var account in accounts)
        {
            cash += SubAtoms.FromAtoms(view.Cash(account).Value) + new SubAtoms(view.Dust(account));
            equity += view.Equity(account);
        }

        var openSums = market.Instruments.Count(instrument =>
            accounts.Sum(account => view.Position(account, new InstrumentId(instrument.InstrumentId)).Value) != 0);
        var touched = SubAtoms.FromAtoms(accounts.Count * AuditAtoms);
        var paidIn = new SubAtoms(view.DepositedAtoms << Scale.SubAtomBits);
        return new AppliedAccounts(cash - touched, equity - touched, paidIn - touched, accounts.Count, openSums);
    }

    private static void Touch(EngineHost host, AccountId account)
    {
        Span<byte> frame = stackalloc byte[RecordEnvelope.FrameLengthMaxBytes];
        var lengthBytes = OperatorFrames.Deposit(frame, account, new Atoms(AuditAtoms), AuditDepositId);
        var processor = host.Processor;
        var envelope = new RecordEnvelope
        {
            Sequence = processor.LastSequence.Value + 1,
            TimeNanos = processor.LastTime.Value,
            Term = processor.View.Term,
            Length = (ushort)lengthBytes,
            Source = RecordSource.Operator,
        };
        host.Apply(in envelope, frame[..lengthBytes]);
    }
}
