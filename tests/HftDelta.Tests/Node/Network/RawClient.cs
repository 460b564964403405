using System.Text;
using HftDelta.Aeron;
using HftDelta.Runtime.Agents;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Wire;

namespace HftDelta.Tests.Node.Network;

/// <summary>
/// A client made of the generated codecs and a transport, with no opinion of its own: it says what the test tells it to say,
/// and keeps what it hears, in order.
/// </summary>
internal sealed class RawClient : IDisposable
{
    public const int ReportStream = 10;
    public const int MarketDataStream = 11;

    private readonly AeronDriver _driver;
    private readonly AgentInvoker _agent;
    private readonly Publication _toVenue;
    private readonly Subscription _reports;
    private readonly Subscription? _marketData;
    private readonly byte[] _buffer = new byte[2_048];

    public RawClient(
        SimulatedHost host, NanoClock clock, string venue, uint key, byte sessionId, bool wantsMarketData)
    {
        Host = host;
        Key = key;
        // No session of the venue's own process is called like this.
        SessionId.AsSpan().Fill(sessionId);
        SessionId[0] = 0xC1;
        _driver = new AeronDriver(new AeronOptions
        {
            Clock = clock,
            Sockets = host,
            TermLengthBytes = 1 << 16,
            ImagesPerEndpointMax = 8_192,
            RandomSeed = (ulong)sessionId + ((ulong)host.Address.IPv4Address << 16) + (++_instances << 40),
        });
        var listen = $"aeron:udp?endpoint={host.Address.ToIPEndPoint().Address}:0";
        _reports = _driver.AddSubscription(listen, ReportStream);
        ResponseChannel = _reports.ResolvedChannel;
        if (wantsMarketData)
        {
            _marketData = _driver.AddSubscription(ResponseChannel, MarketDataStream);
        }

        _toVenue = _driver.AddPublication($"aeron:udp?endpoint={venue}", 1);
        _agent = new AgentInvoker(_driver.Invoker);
        _agent.Start();
    }

    private static ulong _instances;

    public SimulatedHost Host { get; }

    public uint Key { get; set; }

    public byte[] SessionId { get; } = new byte[16];

    public string ResponseChannel { get; set; }

    public uint Handle { get; set; }

    public ulong NextRequest { get; set; } = 1;

    public int PublicationSessionId => _toVenue.SessionId;

    public bool IsConnected => _toVenue.IsConnected;

    /// <summary>Everything that came on the stream of reports.</summary>
    public List<(ushort TemplateId, byte[] Frame)> Received { get; } = [];

    public List<(ushort TemplateId, byte[] Frame)> PublicData { get; } = [];

    /// <summary>Streams from the venue that are there now.</summary>
    public int Streams => _reports.Images.Length;

    /// <summary>Reads nothing while set: the venue's flow control notices.</summary>
    public bool IsDeaf { get; set; }

    public void DoWork()
    {
        _agent.Invoke();
        if (IsDeaf)
        {
            return;
        }

        var handler = new Keeper(Received);
        _reports.Poll(ref handler, 100);
        if (_marketData is not null)
        {
            var publicHandler = new Keeper(PublicData);
            _marketData.Poll(ref publicHandler, 100);
        }

        _agent.Invoke();
    }

    public bool Has(ushort templateId) => Received.Exists(one => one.TemplateId == templateId);

    public int CountOf(ushort templateId) => Received.Count(one => one.TemplateId == templateId);

    public byte[] Last(ushort templateId) => Received.FindLast(one => one.TemplateId == templateId).Frame;

    public IEnumerable<byte[]> All(ushort templateId) =>
        Received.Where(one => one.TemplateId == templateId).Select(one => one.Frame);

    /// <summary>Places of the recoverable reports that came, with whether they came again.</summary>
    public List<(ulong Sequence, bool Again)> Reports() =>
        [.. Received.Where(one => one.TemplateId is (>= 300 and < 400) or 501).Select(one => PlaceOf(one.Frame))];

    public bool TrySend(ReadOnlySpan<byte> frame) => _toVenue.Offer(frame) >= 0;

    public void Send(ReadOnlySpan<byte> frame)
    {
        // The second try is for a log that has just moved on to its next term.
        if (!TrySend(frame) && !TrySend(frame))
        {
            throw new InvalidOperationException("the venue does not take it");
        }
    }

    public void Negotiate(int? reportStream = null, int? marketDataStream = null) =>
        Send(_buffer.AsSpan(0, NegotiateEncoder.Wrap(_buffer).SetSessionId(SessionId).SetKeyId(Key)
            .SetResponseStreamId(reportStream ?? ReportStream)
            .SetMarketDataStreamId(marketDataStream ?? (_marketData is null ? 0 : MarketDataStream))
            .SetResponseChannel(Encoding.ASCII.GetBytes(ResponseChannel)).EncodedLength));

    public void Prove() => Send(_buffer.AsSpan(0, ProveEncoder.Wrap(_buffer).SetSessionId(SessionId).EncodedLength));

    public void Establish(
        uint keepAliveMillis = 1_000, byte cancelOnDisconnect = 1, ulong? nextSequence = null, uint? handle = null)
    {
        var message = EstablishEncoder.Wrap(_buffer);
        message.Header.SetSessionHandle(handle ?? Handle);
        Send(_buffer.AsSpan(0, message.SetNextSequence(nextSequence ?? NextRequest).SetKeepAliveMillis(keepAliveMillis)
            .SetCancelOnDisconnect(cancelOnDisconnect).EncodedLength));
    }

    public void TakeOver(in EstablishmentAcceptedDecoder accepted) => NextRequest = accepted.NextRequestSequence;

    public void Notice(ulong? nextSequence = null) =>
        Send(_buffer.AsSpan(0, SequenceNoticeEncoder.Wrap(_buffer).SetSessionHandle(Handle)
            .SetNextSequence(nextSequence ?? NextRequest).EncodedLength));

    public void Retransmit(ulong from, uint count)
    {
        var message = RetransmitRequestEncoder.Wrap(_buffer);
        message.Header.SetSessionHandle(Handle);
        Send(_buffer.AsSpan(0, message.SetFromSequence(from).SetCount_(count).EncodedLength));
    }

    public void Terminate() =>
        Send(_buffer.AsSpan(0, TerminateEncoder.Wrap(_buffer).SetSessionHandle(Handle)
            .SetCode(SessionRejectCode.Requested).EncodedLength));

    /// <summary>An order; client order ids follow request numbers, so that a repeated request is the same bytes.</summary>
    public void Order(
        Side side, long price, long lots, ulong? sequence = null, TimeInForce lifetime = TimeInForce.GoodTillCancel) =>
        Send(OrderFrame(side, price, lots, sequence, lifetime));

    public byte[] OrderFrame(
        Side side, long price, long lots, ulong? sequence = null, TimeInForce lifetime = TimeInForce.GoodTillCancel)
    {
        var number = sequence ?? NextRequest++;
        var frame = new byte[NewOrderSingleDecoder.FrameLength];
        var message = NewOrderSingleEncoder.Wrap(frame);
        message.Header.SetSessionHandle(Handle).SetSequence(number);
        message.SetAccountId(Key).SetInstrumentId(1).SetClientOrderId(number).SetPrice(price).SetQuantity(lots)
            .SetSide(side).SetOrderType(OrderType.Limit).SetTimeInForce(lifetime);
        return frame;
    }

    public void Dispose()
    {
        // As when a process dies: the sockets first, so that nothing is said.
        Host.CloseAll();
        _driver.Dispose();
    }

    /// <summary>Closes the publication in order; the transport says the end of the stream.</summary>
    public void ClosePublication() => _toVenue.Dispose();

    private static (ulong Sequence, bool Again) PlaceOf(byte[] frame)
    {
        var header = ReportHeaderDecoder.Wrap(frame.AsSpan(8));
        return (header.Sequence, (header.Flags & ReportFlags.Retransmitted) != 0);
    }

    private readonly struct Keeper(List<(ushort TemplateId, byte[] Frame)> kept) : IFragmentHandler
    {
        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) =>
            kept.Add((BitConverter.ToUInt16(payload[2..]), payload.ToArray()));
    }
}
