using System.Collections.Concurrent;
using System.Diagnostics;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Orders;
using HftDelta.Client.Requests;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using Side = HftDelta.Primitives.Units.Side;

namespace HftDelta.SystemTests.Network;

/// <summary>What a trader asked for, and how the client said that it ended.</summary>
internal sealed class LoadRequest(bool isNew, ClientOrderId order)
{
    public bool IsNew => isNew;

    public ClientOrderId Order => order;

    public RequestOutcome? Outcome { get; set; }
}

/// <summary>
/// A real client that keeps placing orders and cancelling old ones, and remembers every call and its end. Owner: one thread;
/// <see cref="Acknowledged"/> is read by all.
/// </summary>
internal sealed class LoadTrader : VenueListener, IDisposable
{
    private const int OutstandingMax = 24;
    private const int LiveMax = 40;
    private const int RequestsPerBurst = 8;
    private const int StoryMax = 24;
    private const long MiddlePriceTicks = 600_000;

    /// <summary>
    /// Between bursts. Every restart replays what was sent until then, so no more is sent than shows something.
    /// </summary>
    private static readonly TimeSpan RequestTime = TimeSpan.FromMilliseconds(10);

    private readonly Queue<ClientOrderId> _live = [];
    private readonly Dictionary<RequestNumber, LoadRequest> _requests = [];
    private readonly ConcurrentQueue<string> _story = [];
    private SplitMix64 _random;
    private long _acknowledged;
    private long _actedAt;

    public LoadTrader(string venue, ulong key)
    {
        _random = new SplitMix64(key);
        Client = new VenueClient(
            new VenueClientOptions
            {
                VenueEndpoint = venue,
                Key = new KeyId(key),
                KeepAliveMillis = 100,
                MarketDataStreamId = 0,
                WindowRequests = 64,
                ReconnectDelayNanosMax = 100_000_000,
            },
            this);
    }

    public VenueClient Client { get; }

    public IReadOnlyCollection<LoadRequest> Requests => _requests.Values;

    /// <summary>Outcomes that the venue gave. Any thread.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Outcomes of calls that were never made, or second ones.</summary>
    public int Surprises { get; private set; }

    /// <summary>Sessions that were established under a new handle.</summary>
    public HashSet<SessionHandle> Handles { get; } = [];

    public int Established { get; private set; }

    /// <summary>What became of the connection, step by step; the last few. Owner's thread writes, a failing test reads.</summary>
    public string Story =>
        $"{Client.State}, {Client.Orders.Outstanding} outstanding, {Client.Orders.Unresolved} unresolved, "
        + $"{Client.Statistics}: {string.Join(" | ", _story)}";

    public int DoWork(bool mayAct)
    {
        var work = Client.DoWork();
        if (!mayAct || !Client.Orders.IsEstablished || Client.Orders.Outstanding >= OutstandingMax
            || Stopwatch.GetElapsedTime(_actedAt) < RequestTime)
        {
            return work;
        }

        _actedAt = Stopwatch.GetTimestamp();
        for (var count = 0; count < RequestsPerBurst && TryAct(); count++)
        {
            work++;
        }

        return work;
    }

    public override void OnStateChanged(
        ConnectionState from, ConnectionState to, ConnectionCause cause, SessionRejectCode code)
    {
        _story.Enqueue($"{from}>{to} {cause} {code}");
        while (_story.Count > StoryMax)
        {
            _story.TryDequeue(out _);
        }

        if (to == ConnectionState.Established)
        {
            Established++;
            Handles.Add(Client.Orders.Handle);
        }
    }

    public override void OnOutcome(in RequestOutcome outcome)
    {
        if (!_requests.TryGetValue(outcome.Request, out var request) || request.Outcome is not null)
        {
            Surprises++;
            return;
        }

        // A machine so busy that the venue is back only after the call's time: how it ended is told late.
        request.Outcome = outcome;
        if (outcome.Kind != OutcomeKind.Unknown)
        {
            Take(request, in outcome);
        }
    }

    public override void OnResolvedLate(in RequestOutcome outcome)
    {
        if (!_requests.TryGetValue(outcome.Request, out var request) || request.Outcome is not { Kind: OutcomeKind.Unknown })
        {
            Surprises++;
            return;
        }

        request.Outcome = outcome;
        Take(request, in outcome);
    }

    private void Take(LoadRequest request, in RequestOutcome outcome)
    {
        Volatile.Write(ref _acknowledged, _acknowledged + 1);
        if (request.IsNew && outcome.Kind == OutcomeKind.Accepted)
        {
            _live.Enqueue(request.Order);
        }
    }

    public void Dispose() => Client.Dispose();

    private bool TryAct()
    {
        if (_live.Count >= LiveMax)
        {
            var oldest = _live.Peek();
            var cancelled = Client.Orders.Cancel(new InstrumentId(1), oldest);
            if (cancelled.IsSent)
            {
                _live.Dequeue();
                _requests.Add(cancelled.Request, new LoadRequest(isNew: false, oldest));
            }

            return cancelled.IsSent;
        }

        var sent = Client.Orders.NewOrder(new OrderTerms
        {
            Instrument = new InstrumentId(1),
            Side = (Side)(_random.Next() & 1),
            Price = new PriceTicks(MiddlePriceTicks - 20 + (long)(_random.Next() % 41)),
            Quantity = new QuantityLots(1 + (long)(_random.Next() % 3)),
        });
        if (sent.IsSent)
        {
            _requests.Add(sent.Request, new LoadRequest(isNew: true, sent.Order));
        }

        return sent.IsSent;
    }
}
