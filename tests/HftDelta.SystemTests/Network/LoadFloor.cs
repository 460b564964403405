using HftDelta.Client;
using HftDelta.Client.Samples;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Threads;

namespace HftDelta.SystemTests.Network;

/// <summary>
/// Traders and oracle sources of a development venue on one thread of the test. Owner: the test; after <see cref="Finish"/> its
/// parts may be read.
/// </summary>
internal sealed class LoadFloor : IDisposable
{
    private static readonly ulong[] OracleKeys = [101, 102, 103];

    private readonly List<SampleOracle> _oracles = [];
    private readonly Thread _thread;
    private Exception? _fault;
    private volatile bool _mayAct = true;
    private volatile bool _isEnded;
    private volatile bool _isQuiet;

    public LoadFloor(string venue, params ulong[] keys)
    {
        Traders = [.. keys.Select(key => new LoadTrader(venue, key))];
        foreach (var key in OracleKeys)
        {
            _oracles.Add(new SampleOracle(new SampleOracleOptions
            {
                Client = new VenueClientOptions
                {
                    VenueEndpoint = venue,
                    Key = new KeyId(key),
                    KeepAliveMillis = 100,
                    MarketDataStreamId = 0,
                    ReconnectDelayNanosMax = 100_000_000,
                },
                Underlyings = [new UnderlyingId(1)],
                Source = (int)(key - OracleKeys[0]) + 1,
                Price = (_, now) => new PriceTicks(6_000_000 + (long)(now.Value / 50_000_000 % 64 * 30)),
                ReportEveryNanos = 20_000_000,
            }));
        }

        _thread = new Thread(Run) { Name = "load", IsBackground = true };
        _thread.Start();
    }

    public IReadOnlyList<LoadTrader> Traders { get; }

    /// <summary>Outcomes so far. Any thread.</summary>
    public long Acknowledged => Traders.Sum(trader => trader.Acknowledged);

    /// <summary>Nothing is sent any more and everything has its outcome. Any thread.</summary>
    public bool IsQuiet => _isQuiet;

    /// <summary>For the words of a failing test.</summary>
    public string Story => string.Join(Environment.NewLine, Traders.Select(trader => trader.Story));

    /// <summary>Rethrows what ended the thread.</summary>
    public void Prove()
    {
        if (_fault is { } fault)
        {
            throw new InvalidOperationException("the load ended", fault);
        }
    }

    /// <summary>No new requests from now on.</summary>
    public void StopActing() => _mayAct = false;

    /// <summary>Ends the sessions in order.</summary>
    public void Finish()
    {
        _isEnded = true;
        _thread.Join();
        Prove();
    }

    public void Dispose()
    {
        _isEnded = true;
        _thread.Join();
        foreach (var trader in Traders)
        {
            trader.Dispose();
        }

        foreach (var oracle in _oracles)
        {
            oracle.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            var idle = new BackoffIdleStrategy(BackoffParameters.Default);
            idle.Reset();
            while (!_isEnded)
            {
                var work = 0;
                foreach (var trader in Traders)
                {
                    work += trader.DoWork(_mayAct);
                }

                foreach (var oracle in _oracles)
                {
                    work += oracle.DoWork();
                }

                _isQuiet = !_mayAct
                    && Traders.All(trader => trader.Client.Orders.Outstanding + trader.Client.Orders.Unresolved == 0);
                idle.Idle(work);
            }

            foreach (var trader in Traders)
            {
                trader.Client.OnClose();
            }

            foreach (var oracle in _oracles)
            {
                oracle.OnClose();
            }
        }
        catch (Exception fault)
        {
            _fault = fault;
        }
    }
}
