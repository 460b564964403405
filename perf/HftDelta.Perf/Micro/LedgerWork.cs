using HftDelta.Perf.Pipeline;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Perf.Micro;

/// <summary>Deposits, one to each account in turn: two postings and the check that money is conserved.</summary>
internal sealed class LedgerWork : CoreWork
{
    private ulong _deposits = 1;

    public override void Run()
    {
        for (var operation = 0; operation < Operations; operation++)
        {
            var account = FlowMarket.FirstAccount + (uint)(operation % FlowMarket.Accounts);
            Apply(
                RecordSource.Operator,
                SessionHandle.None,
                DepositEncoder.Wrap(Frame).SetAccountId(account).SetAmount(1).SetDepositId(++_deposits).EncodedLength);
        }

        CheckSound(Engine.Processor.View);
    }
}
