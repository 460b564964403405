using HftDelta.Aeron;
using HftDelta.Client.Connections;
using HftDelta.Client.MarketData;
using HftDelta.Client.Orders;
using HftDelta.Client.Reports;
using HftDelta.Client.Requests;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;

namespace HftDelta.Client;

/// <summary>
/// A market maker's client: connects to a venue over UDP, keeps its session through losses and restarts, sends requests and tells
/// their outcomes. An agent with its own driver: <see cref="DoWork"/> is the whole of it, called in a loop by one thread, which
/// also makes the calls. Nothing is allocated once the session is established.
/// </summary>
public sealed class VenueClient : IAgent, IDisposable
{
    private const int FragmentsPerCycleMax = 64;
    private const int ClosingCyclesMax = 64;

    private readonly AeronDriver _driver;
    private readonly IAgent _invoker;
    private readonly NanoClock _clock;
    private readonly SessionParts _parts;
    private readonly VenueConnection _connection;
    private readonly VenueReader _reader;
    private readonly ulong _standstillNanos;
    private ulong _cycleNanos;
    private ulong _judgeFromNanos;

    /// <param name="options">How it connects.</param>
    /// <param name="listener">Who is told.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public VenueClient(VenueClientOptions options, VenueListener listener)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(listener);
        options.Validate();
        _clock = options.Clock ?? new SystemNanoClock();
        _driver = new AeronDriver(options.Aeron ?? new AeronOptions { Clock = _clock });
        _invoker = _driver.Invoker;
        var table = new RequestTable(options.WindowRequests);
        var sender = new RequestSender(table, options.AskAgainNanos);
        var orders = new OrderSession(options, table, sender, _clock);
        var dispatcher = new ReportDispatcher(table, orders, listener, _clock);
        _parts = new SessionParts(
            table, sender, orders, dispatcher, new ReportSequencer(options, sender, dispatcher, listener),
            new MarketDataReader(listener), listener);
        _connection = new VenueConnection(options, _driver, _parts);
        _reader = new VenueReader(_connection, _parts);
        _standstillNanos = options.AskAgainNanos;
    }

    public string RoleName => "client";

    public ConnectionState State => _connection.State;

    /// <summary>The name of the session: to resume it in another process.</summary>
    public SessionId SessionId => _connection.Session;

    /// <summary>Where requests are made.</summary>
    public OrderSession Orders => _parts.Orders;

    /// <summary>What happened so far.</summary>
    public ClientStatistics Statistics => new()
    {
        Attempts = _connection.Attempts,
        Resent = _parts.Sender.Resent,
        DuplicateReports = _parts.Reports.Duplicates,
        RetransmitRequests = _parts.Reports.Questions,
        Malformed = _reader.Malformed + _parts.MarketData.Malformed,
        Misdirected = _reader.Misdirected,
        MarketDataMessages = _parts.MarketData.Messages,
        TransportFault = _connection.TransportFault,
    };

    public void OnStart() => _invoker.OnStart();

    /// <summary>
    /// One duty cycle: the driver, what arrived, what is due. What callbacks call leaves within it; what is called between two
    /// cycles leaves first in the next, or at once with <see cref="Flush"/>.
    /// </summary>
    public int DoWork()
    {
        var work = _invoker.DoWork();
        var offered = _parts.Sender.Offered;
        var now = _clock.Now;
        if (_connection.Channels is { } channels)
        {
            var reports = new ReportFragments(_reader, now);
            work += channels.Reports.Poll(ref reports, FragmentsPerCycleMax);
            if (channels.MarketData is { } publicStream)
            {
                var marketData = new MarketDataFragments(_parts.MarketData);
                work += publicStream.Poll(ref marketData, FragmentsPerCycleMax);
            }
        }

        work += _connection.DoWork(now);
        work += _parts.Reports.DoWork(now.Value);

        // While reports are missing it is not known what rests, nor what has its outcome.
        var isComplete = !_parts.Reports.IsMissing;
        work += _parts.Sender.DoWork(now.Value, mayAsk: isComplete);
        work += isComplete ? _parts.Orders.Quotes.DoWork() : 0;
        work += GiveUpLate(now.Value);
        return _parts.Sender.Offered == offered ? work : work + Flush();
    }

    /// <summary>
    /// After a standstill of its own the client first hears what came meanwhile: answers that wait here are not late.
    /// </summary>
    private int GiveUpLate(ulong nowNanos)
    {
        if (_cycleNanos != 0 && nowNanos - _cycleNanos >= _standstillNanos)
        {
            _judgeFromNanos = nowNanos + _standstillNanos;
        }

        _cycleNanos = nowNanos;
        return nowNanos < _judgeFromNanos ? 0 : _parts.Dispatcher.GiveUpLate(nowNanos);
    }

    /// <summary>Puts what was offered on the wire now instead of with the next duty cycle.</summary>
    public int Flush() => _driver.Sender.DoWork();

    /// <summary>
    /// Ends the session: the venue is told, and what has no outcome yet ends as unknown. Takes effect with the next duty cycle.
    /// </summary>
    public void Close() => _connection.Close();

    /// <summary>The last duty cycles: ends the session if it is open.</summary>
    public void OnClose()
    {
        Close();
        for (var cycle = 0; cycle < ClosingCyclesMax; cycle++)
        {
            DoWork();
        }

        _invoker.OnClose();
    }

    /// <summary>Frees the driver; after the last duty cycle.</summary>
    public void Dispose()
    {
        _connection.Free();
        _driver.Dispose();
    }
}
