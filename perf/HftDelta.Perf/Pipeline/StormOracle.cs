using System.Diagnostics;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Reports of the oracle at a fixed rate from a thread of its own, each with a price that moves every instrument: a settlement
/// tick and a computation of all risk. Ends when it is disposed. Owner of the thread: whoever made it.
/// </summary>
internal sealed class StormOracle : IDisposable
{
    private readonly MarketDesk _desk;
    private readonly FlowMarket _market;
    private readonly double _perSecond;
    private readonly Thread _thread;
    private volatile bool _isEnded;
    private Exception? _fault;

    public StormOracle(MarketDesk desk, FlowMarket market, double perSecond)
    {
        (_desk, _market, _perSecond) = (desk, market, perSecond);
        _thread = new Thread(Run) { IsBackground = true, Name = "oracle" };
        _thread.Start();
    }

    /// <summary>Reports so far.</summary>
    public long Sent { get; private set; }

    public void Dispose()
    {
        _isEnded = true;
        _thread.Join();
        if (_fault is not null)
        {
            throw new InvalidOperationException("the oracle could not report", _fault);
        }
    }

    private void Run()
    {
        var pace = new Pace(Stopwatch.GetTimestamp(), _perSecond);
        try
        {
            while (!_isEnded)
            {
                if (pace.IntendedAt(Sent) > Stopwatch.GetTimestamp())
                {
                    // A timer of the kernel: a loop would take the venue a core.
                    Thread.Sleep(1);
                    continue;
                }

                Sent++;
                _desk.Report(_market.OracleReport(FlowMarket.Price + (Sent % 2 == 0 ? 0 : SettlementSteps.MoveTicks)));
            }
        }
        catch (Exception fault)
        {
            _fault = fault;
        }
    }
}
