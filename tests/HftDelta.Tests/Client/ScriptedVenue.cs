using System.Text;
using HftDelta.Aeron;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Network;
using HftDelta.Wire;
using NUnit.Framework;

namespace HftDelta.Tests.Client;

/// <summary>
/// A venue that does what a test says: it answers the handshake, writes down what it received, and sends the frames that the test
/// makes. It knows nothing of orders. Owner: the test's thread.
/// </summary>
internal sealed class ScriptedVenue : IDisposable
{
    public const uint Handle = 7;
    public const uint Account = 16;
    public const string Endpoint = "10.0.0.1:9000";

    private readonly AeronDriver _driver;
    private readonly NanoClock _clock;
    private readonly Subscription _requests;
    private readonly byte[] _buffer = new byte[1_024];
    private ExclusivePublication? _reports;
    private ExclusivePublication? _marketData;
    private readonly Queue<byte[]> _unsent = [];
    private ulong _streamSequence;

    public ScriptedVenue(SimulatedNetwork network, NanoClock clock)
    {
        _clock = clock;
        _driver = new AeronDriver(ClientWorld.Transport(network.Host("10.0.0.1"), clock));
        _requests = _driver.AddSubscription($"aeron:udp?endpoint={Endpoint}", 1);
    }

    /// <summary>Every message of every client, in order.</summary>
    public List<Heard> Heard { get; } = [];

    public bool AnswersHandshake { get; set; } = true;

    /// <summary>What EstablishmentAccepted says the venue expects next.</summary>
    public ulong NextRequest { get; set; } = 1;

    /// <summary>The number of the next recoverable report.</summary>
    public ulong NextReport { get; set; } = 1;

    /// <summary>Refuses Establish with this code instead of accepting.</summary>
    public SessionRejectCode EstablishmentRefusal { get; set; }

    /// <summary>Handshakes that came as far as Negotiate.</summary>
    public int Negotiations { get; private set; }

    public string? ResponseChannel { get; private set; }

    public byte[] SessionId { get; private set; } = [];

    /// <summary>Requests that were heard, each as its number and whether it was marked as sent before.</summary>
    public IEnumerable<(ulong Sequence, bool IsResend)> Requests => Heard.Where(heard => heard.IsRequest)
        .Select(heard => (heard.Header.Sequence, heard.Header.IsResend));

    public Heard Last(ushort templateId) => Heard.Last(heard => heard.TemplateId == templateId);

    public int Count(ushort templateId) => Heard.Count(heard => heard.TemplateId == templateId);

    public int DoWork()
    {
        var work = _driver.Invoker.DoWork();
        var taker = new Taker(this);
        work += _requests.Poll(ref taker, 64);
        while (_reports is { IsConnected: true } && _unsent.TryPeek(out var frame) && _reports.Offer(frame) > 0)
        {
            _unsent.Dequeue();
            work++;
        }

        return work;
    }

    /// <summary>The streams to the client end; a new handshake opens new ones.</summary>
    public void Hangup()
    {
        _reports?.Dispose();
        _marketData?.Dispose();
        _reports = null;
        _unsent.Clear();
    }

    /// <summary>Any report with a place in the sequence of the session.</summary>
    /// <param name="sequence">Its number, also out of order; 0: the next one.</param>
    /// <param name="request">The request that its header names.</param>
    /// <param name="write">Encodes it into the buffer and returns its length.</param>
    public void Report(ulong sequence, ulong request, Func<byte[], int> write)
    {
        sequence = sequence == 0 ? NextReport++ : sequence;
        NextReport = Math.Max(NextReport, sequence + 1);
        Unnumbered(sequence, request, write);
    }

    public void Accepted(ulong request, ulong order, ulong sequence = 0, long price = 0) =>
        Report(sequence, request, buffer => OrderAcceptedEncoder.Wrap(buffer).SetAccountId(Account).SetOrderId(order)
            .SetClientOrderId(NameOf(request)).SetPrice(price).EncodedLength);

    public void Decremented(ulong order, ulong name, long lots, long leaves, ulong request) =>
        Report(0, request, buffer => OrderDecrementedEncoder.Wrap(buffer).SetAccountId(Account).SetOrderId(order)
            .SetClientOrderId(name).SetQuantity(lots).SetLeaves(leaves).EncodedLength);

    public void Rejected(ulong request, RejectCode code, long limit = 0) =>
        Report(0, request, buffer => OrderRejectedEncoder.Wrap(buffer).SetAccountId(Account)
            .SetClientOrderId(NameOf(request)).SetCode(code).SetBound(limit).EncodedLength);

    public void Filled(ulong order, ulong name, long lots, long leaves, ulong request, ulong sequence = 0) =>
        Report(sequence, request, buffer => OrderFilledEncoder.Wrap(buffer).SetAccountId(Account).SetOrderId(order)
            .SetClientOrderId(name).SetQuantity(lots).SetLeaves(leaves).SetLiquidity(Liquidity.Maker).EncodedLength);

    public void Canceled(ulong order, ulong name, CancelReason reason, ulong request, ulong sequence = 0) =>
        Report(sequence, request, buffer => OrderCanceledEncoder.Wrap(buffer).SetAccountId(Account).SetOrderId(order)
            .SetClientOrderId(name).SetReason(reason).EncodedLength);

    public void Replaced(ulong request, ulong order, ulong name, ulong original) =>
        Report(0, request, buffer => OrderReplacedEncoder.Wrap(buffer).SetAccountId(Account).SetOrderId(order)
            .SetClientOrderId(name).SetOriginalClientOrderId(original).EncodedLength);

    /// <summary>An answer without a place in the sequence.</summary>
    public void Answer(Func<byte[], int> write, ulong request = 0) => Unnumbered(0, request, write);

    public void Outcome(ulong request, ulong order, RejectCode code = default, bool isKnown = true) =>
        Answer(buffer => RequestOutcomeEncoder.Wrap(buffer).SetRequestSequence(request).SetOrderId(order)
            .SetRejectCode((ushort)code).SetKnown(isKnown ? (byte)1 : (byte)0).EncodedLength);

    public void Notice(ulong nextReport)
    {
        var message = SequenceNoticeEncoder.Wrap(_buffer).SetSessionHandle(Handle).SetNextSequence(nextReport);
        Send(_buffer.AsSpan(0, message.EncodedLength));
    }

    public void Terminate(SessionRejectCode code)
    {
        var message = TerminateEncoder.Wrap(_buffer).SetSessionHandle(Handle).SetCode(code);
        Send(_buffer.AsSpan(0, message.EncodedLength));
    }

    /// <summary>A public message; its header's sequence goes on by itself unless it is skipped.</summary>
    public void Public(Func<byte[], int> write, ulong skipped = 0)
    {
        var length = write(_buffer);
        _streamSequence += 1 + skipped;
        StreamHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetStreamId(1).SetSequence(_streamSequence)
            .SetTime(_clock.Now.Value);
        _marketData!.Offer(_buffer.AsSpan(0, length));
    }

    /// <summary>Any bytes to the client, as its reports come.</summary>
    public void Send(ReadOnlySpan<byte> frame) => _unsent.Enqueue(frame.ToArray());

    public ulong NameOf(ulong request)
    {
        var heard = Heard.Last(one => one.IsRequest && one.Header.Sequence == request);
        return heard.TemplateId switch
        {
            NewOrderSingleDecoder.TemplateId => NewOrderSingleDecoder.Trusted(heard.Frame).ClientOrderId,
            NewOrderExtendedDecoder.TemplateId => NewOrderExtendedDecoder.Trusted(heard.Frame).ClientOrderId,
            OrderReplaceRequestDecoder.TemplateId => OrderReplaceRequestDecoder.Trusted(heard.Frame).ClientOrderId,
            _ => 0,
        };
    }

    public void Dispose() => _driver.Dispose();

    /// <summary>The command that it says a report comes of.</summary>
    public static ulong CommandOf(ulong sequence) => 7_000 + sequence;

    private void Unnumbered(ulong sequence, ulong request, Func<byte[], int> write)
    {
        var length = write(_buffer);
        ReportHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(Handle).SetSequence(sequence)
            .SetRequestSequence(request).SetCommandSequence(CommandOf(sequence)).SetTime(_clock.Now.Value);
        Send(_buffer.AsSpan(0, length));
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        Assert.That(HftDeltaSchema.Validate(frame, out var templateId), Is.EqualTo(ValidationCode.Valid));
        Heard.Add(new Heard(templateId, frame.ToArray(), _clock.Now));
        if (!AnswersHandshake)
        {
            return;
        }

        switch (templateId)
        {
            case NegotiateDecoder.TemplateId:
                TakeNegotiate(NegotiateDecoder.Trusted(frame));
                break;
            case ProveDecoder.TemplateId:
                Send(_buffer.AsSpan(0, NegotiationAcceptedEncoder.Wrap(_buffer).SetSessionId(SessionId).SetSessionHandle(Handle)
                    .SetAccountId(Account).SetRoles(SessionRoles.Trader).EncodedLength));
                break;
            case EstablishDecoder.TemplateId:
                TakeEstablish();
                break;
            default:
                break;
        }
    }

    /// <summary>Opens the streams to the client that negotiated last, for a venue that does not answer by itself.</summary>
    public void OpenResponses() => Open(NegotiateDecoder.Trusted(Last(NegotiateDecoder.TemplateId).Frame));

    private void TakeNegotiate(in NegotiateDecoder message)
    {
        Open(message);
        Send(_buffer.AsSpan(0, ChallengeEncoder.Wrap(_buffer).SetSessionId(SessionId).EncodedLength));
    }

    private void Open(in NegotiateDecoder message)
    {
        Negotiations++;
        Hangup();
        SessionId = message.SessionId.ToArray();
        ResponseChannel = Encoding.ASCII.GetString(message.ResponseChannel);
        _reports = _driver.AddExclusivePublication(ResponseChannel, message.ResponseStreamId);
        _marketData = message.MarketDataStreamId == 0
            ? null
            : _driver.AddExclusivePublication(ResponseChannel, message.MarketDataStreamId);
    }

    private void TakeEstablish()
    {
        if (EstablishmentRefusal != default)
        {
            Answer(buffer => EstablishmentRejectedEncoder.Wrap(buffer).SetCode(EstablishmentRefusal)
                .SetNextRequestSequence(NextRequest).EncodedLength);
            return;
        }

        Answer(buffer => EstablishmentAcceptedEncoder.Wrap(buffer).SetNextRequestSequence(NextRequest)
            .SetNextReportSequence(NextReport).SetRetainedFrom(1).EncodedLength);
    }

    private readonly struct Taker(ScriptedVenue venue) : IFragmentHandler
    {
        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => venue.Take(payload);
    }
}

/// <summary>A message that a venue received.</summary>
internal sealed record Heard(ushort TemplateId, byte[] Frame, TimeNanos Time)
{
    public bool IsRequest => TemplateId is (>= 200 and < 300) or (>= 320 and < 330) or OracleReportDecoder.TemplateId;

    public (uint Handle, ulong Sequence, bool IsResend, ulong Deadline, ulong SendingTime) Header
    {
        get
        {
            var header = RequestHeaderDecoder.Wrap(Frame.AsSpan(HftDeltaSchema.HeaderLength));
            return (header.SessionHandle, header.Sequence, header.Flags == RequestFlags.PossibleResend, header.Deadline,
                header.SendingTime);
        }
    }
}
