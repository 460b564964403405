using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HdrHistogram;
using HftDelta.Client;
using HftDelta.Client.Connections;
using HftDelta.Client.Samples;
using HftDelta.Node.Cli;
using HftDelta.Node.Clients;
using HftDelta.Node.Config;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Development;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Wire;

namespace HftDelta.Node.Load;

/// <summary>
/// The canonical load against a venue that somebody else started, at one rate: connects, waits for prices, warms up, measures,
/// cancels what it has left resting and ends its session, however it ends. Owner: the thread that runs it.
/// </summary>
public sealed class LoadRun
{
    private const int SessionError = 1061;
    private const int KeyError = 1063;
    private const int PriceError = 1064;
    private const int IntervalsWanted = 100;
    private const double IntervalSecondsMin = 0.05;

    /// <summary>A venue that takes less than it is offered is not offered the rest for ever.</summary>
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ListenTime = TimeSpan.FromSeconds(0.5);
    private static readonly RejectCode[] Codes = Enum.GetValues<RejectCode>();

    // Orders of a client that is killed rest until the venue has missed three of these.
    private const uint KeepAliveMillis = 1_000;

    private readonly LoadRunOptions _options;
    private readonly DemoMarket _market;
    private readonly MarketPricing _pricing;
    private readonly List<InstrumentId> _instruments;
    private bool _isBegun;

    /// <exception cref="OperatorException">The market file is at fault.</exception>
    public LoadRun(LoadRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var settings = options.MarketPath is { } path
            ? MarketSettings.Read(path)
            : DevelopmentMarket.Create().ListedAt(new SystemNanoClock().Now.Value);
        _market = settings.ToMarket();
        _instruments = ClientParts.QuotedOf(_market);
        _pricing = new MarketPricing(_market);
    }

    /// <summary>The end is asked for: what was measured by then is the result.</summary>
    public CancellationToken End { get; init; }

    /// <summary>Told once, before the first order.</summary>
    public Action<LoadStart>? Ready { get; init; }

    /// <summary>Told how many of how many requests were sent, of warm-up and measurement together.</summary>
    public Action<long, long>? Progress { get; init; }

    /// <summary>Called right before the measured time.</summary>
    public Action? MeasureBegins { get; init; }

    /// <summary>And right behind it.</summary>
    public Action? MeasureEnds { get; init; }

    /// <exception cref="OperatorException">There is no session, or no price.</exception>
    /// <exception cref="OperationCanceledException">The end was asked for before the first order.</exception>
    public LoadRunResult Run()
    {
        using var client = new WireClient(Make, ThrowIfEnded);
        try
        {
            Connect(client);
            WaitForPrices(client);
            _isBegun = true;
            return Measure(client);
        }
        finally
        {
            client.Close();
        }
    }

    private SampleLoad Make(WireLoadNeeds needs)
    {
        var options = new VenueClientOptions { VenueEndpoint = _options.Venue, Key = new KeyId(_options.Key) };
        return new SampleLoad(new SampleLoadOptions
        {
            Client = WireClient.Fit(options, needs.Clock) with
            {
                KeepAliveMillis = KeepAliveMillis,
                LocalAddress = LocalAddressTo(_options.Venue) ?? options.LocalAddress,
            },
            Instruments = _instruments,
            Pricing = _pricing,
            Seed = _options.Seed,
            Latency = needs.Latency,
        });
    }

    /// <summary>The address that the venue sees; null: not known, as when its name is not.</summary>
    private static string? LocalAddressTo(string venue)
    {
        var colon = venue.LastIndexOf(':');
        if (colon < 1)
        {
            return null;
        }

        try
        {
            // A socket that only connects asks the routes and sends nothing; port 9 stands for any.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(venue[..colon], 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (Exception fault) when (fault is SocketException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    private void ThrowIfEnded()
    {
        if (!_isBegun)
        {
            End.ThrowIfCancellationRequested();
        }
    }

    private void Connect(WireClient client)
    {
        if (client.TryConnect(_options.ConnectTime))
        {
            return;
        }

        if (client.Load.Client.State == ConnectionState.Closed)
        {
            throw new OperatorException(
                KeyError, ExitCode.AuthenticationFailed, $"the venue at {_options.Venue} does not want key {_options.Key}",
                "name a trader's key of its market with --key; a key has one session at a time");
        }

        var fault = client.Load.Client.Statistics.TransportFault;
        throw new OperatorException(
            SessionError, ExitCode.Unreachable,
            $"no session with the venue at {_options.Venue} within {_options.ConnectTime.TotalSeconds:0.###} s: key "
            + $"{_options.Key} is {client.Load.Client.State}{(fault is null ? "" : $": {fault}")}",
            "start the venue, or correct its address; a key has one session at a time");
    }

    private void WaitForPrices(WireClient client)
    {
        var begun = Stopwatch.GetTimestamp();
        client.Listen(ListenTime);
        while (!IsAnyPriced(client.Now) && Stopwatch.GetElapsedTime(begun) < _options.ConnectTime)
        {
            client.Listen(TimeSpan.FromMilliseconds(50));
        }

        if (!IsAnyPriced(client.Now))
        {
            throw new OperatorException(
                PriceError, ExitCode.Rejected,
                $"nothing can be traded at {_options.Venue}: {string.Join("; ", Unpriced(client.Now))}; no order was sent",
                "start an oracle that reports prices, open the market, or name the venue's market.json with --market");
        }

        var (first, price) = FirstPriced(client.Now);
        Ready?.Invoke(new LoadStart(
            client.Load.Client.Orders.Account, client.Load.Client.SessionId.ToString(), _instruments.Count, first, price,
            Unpriced(client.Now)));
    }

    private bool IsAnyPriced(TimeNanos now) => _instruments.Any(one => _pricing.TryPrice(one, now, out _, out _));

    private (string Symbol, PriceTicks Price) FirstPriced(TimeNanos now)
    {
        foreach (var instrument in _instruments)
        {
            if (_pricing.TryPrice(instrument, now, out var fair, out _))
            {
                return (SymbolOf(instrument), fair);
            }
        }

        return ("", default);
    }

    /// <summary>By the reason, with a few names of each.</summary>
    private List<string> Unpriced(TimeNanos now) =>
    [
        .. _instruments.Where(one => !_pricing.TryPrice(one, now, out _, out _))
            .GroupBy(one => _pricing.WhyNot(one, now))
            .Select(same => same.Count() == 1
                ? $"{SymbolOf(same.First())}: {same.Key}"
                : $"{SymbolOf(same.First())} and {same.Count() - 1} more: {same.Key}"),
    ];

    private string SymbolOf(InstrumentId instrument) => _market.Instruments.First(one => one.Id == instrument).Symbol;

    private LoadRunResult Measure(WireClient client)
    {
        var warmUp = (long)(_options.RatePerSecond * _options.WarmUpSeconds);
        var count = Math.Max(1, (long)(_options.RatePerSecond * _options.Seconds));
        var broken = warmUp > 0 ? RunPart(client, _options.WarmUpSeconds, warmUp, null, warmUp + count).BrokenOff : null;
        var before = LoadCounts.Of(client);
        var rejects = Codes.Select(client.Load.RejectedFor).ToArray();
        var latency = WireClient.NewHistogram();
        var part = new Part(0, 0, broken);
        var interval = Math.Max(IntervalSecondsMin, _options.Seconds / IntervalsWanted);
        using var recorder = new IntervalRecorder(interval, _options.Seconds + LateMax.TotalSeconds);
        if (broken is null && !End.IsCancellationRequested)
        {
            client.Intervals = recorder;
            MeasureBegins?.Invoke();
            part = RunPart(client, _options.Seconds, count, latency, warmUp + count);
            MeasureEnds?.Invoke();
        }

        var unpriced = Unpriced(client.Now);
        var series = Shortened(recorder.End("wire to wire"), (int)Math.Ceiling(part.Seconds / interval));
        var counts = LoadCounts.Of(client).Since(before);
        var reasons = Codes
            .Select((code, place) => new LoadReject(code, client.Load.RejectedFor(code) - rejects[place]))
            .Where(reject => reject.Count > 0)
            .OrderByDescending(reject => reject.Count)
            .ToArray();
        var withdrawn = client.Withdraw(_options.FinishTime);
        return new LoadRunResult
        {
            Latency = latency,
            Series = series,
            Hiccups = Sum(series.Hiccups),
            Seconds = part.Seconds,
            Counts = counts,
            NotSent = part.NotSent,
            Rejects = reasons,
            Unpriced = unpriced,
            BrokenOff = part.BrokenOff,
            Withdrawn = withdrawn,
            LeftResting = client.Load.Resting,
            Positions = [.. Positions(client.Load)],
        };
    }

    /// <summary>Ends at its time, when the end is asked for, or when the venue is lost.</summary>
    private Part RunPart(WireClient client, double seconds, long count, LongHistogram? latency, long all)
    {
        var notSent = 0L;
        var limit = TimeSpan.FromSeconds(seconds) + LateMax;
        var begun = Stopwatch.GetTimestamp();
        client.Watch = elapsed =>
        {
            Progress?.Invoke(client.Sent, all);
            if (elapsed > limit || End.IsCancellationRequested)
            {
                // Asked again while the last answers are waited for: what is not sent by then is counted once.
                notSent += client.Load.Behind(client.Now);
                client.Load.Stop();
            }
        };
        try
        {
            return new Part(client.RunOpen(_options.RatePerSecond, count, latency), notSent, null);
        }
        catch (Exception lost) when (lost is TimeoutException || client.Load.Client.State != ConnectionState.Established)
        {
            return new Part(Stopwatch.GetElapsedTime(begun).TotalSeconds, notSent, lost.Message);
        }
        finally
        {
            client.Watch = null;
        }
    }

    private IEnumerable<LoadPosition> Positions(SampleLoad load) => _instruments
        .Select(one => new LoadPosition(SymbolOf(one), load.PositionOf(one).Value))
        .Where(position => position.Lots != 0);

    private static TimeSeries Shortened(TimeSeries series, int count) => series with
    {
        Intervals = [.. series.Intervals.Take(count)],
        Hiccups = [.. series.Hiccups.Take(count)],
    };

    private static LongHistogram Sum(IReadOnlyList<LongHistogram> parts)
    {
        var sum = WireClient.NewHistogram();
        foreach (var part in parts)
        {
            sum.Add(part);
        }

        return sum;
    }

    private readonly record struct Part(double Seconds, long NotSent, string? BrokenOff);
}

/// <summary>What is known when there is a session and a price, and no order yet.</summary>
/// <param name="Account">Whose money it is.</param>
/// <param name="Session">Its name.</param>
/// <param name="Instruments">How many are traded.</param>
/// <param name="Symbol">The first of them that has a price.</param>
/// <param name="Price">Its fair value.</param>
/// <param name="Unpriced">Instruments without a price, and why.</param>
public sealed record LoadStart(
    AccountId Account, string Session, int Instruments, string Symbol, PriceTicks Price, IReadOnlyList<string> Unpriced);
