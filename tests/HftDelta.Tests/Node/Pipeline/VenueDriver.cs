using System.Text;
using HftDelta.Engine;
using HftDelta.Gateway.Connections;
using HftDelta.Journal.Writing;
using HftDelta.Node;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;
using HftDelta.Runtime.Time;
using HftDelta.Simulation.Storage;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using InstrumentKind = HftDelta.Wire.Internal.InstrumentKind;
using OptionKind = HftDelta.Wire.Internal.OptionKind;
using SessionRoles = HftDelta.Wire.Internal.SessionRoles;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>
/// A small venue on a virtual clock and a virtual disk, and what tests say to it, one line each. Session handles equal account
/// ids; session 2 is the oracle's. Everything goes through the rings; nothing reaches into the engine.
/// </summary>
internal sealed class VenueDriver : IDisposable
{
    public const uint OracleSession = 2;
    public const uint Maker = 20;
    public const uint Taker = 21;
    public const ulong Begin = 1_700_000_000_000_000_000;
    public const ulong Second = 1_000_000_000;

    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];
    private readonly Dictionary<uint, ulong> _nextRequest = [];
    private ulong _movementId;
    private ulong _reportSequence;
    private ulong _clientOrderId;

    public VenueDriver(
        VenueOptions? options = null,
        MappedStorage? storage = null,
        ulong beginNanos = Begin,
        VirtualNanoClock? clock = null)
    {
        Storage = storage ?? new VirtualStorage();
        Clock = clock ?? new VirtualNanoClock(new TimeNanos(beginNanos));
        Options = (options ?? SmallOptions()) with { Storage = Storage, Clock = Clock };
        Venue = Venue.Open(Options);
    }

    public MappedStorage Storage { get; }

    public VirtualNanoClock Clock { get; }

    public VenueOptions Options { get; }

    public Venue Venue { get; }

    public Dictionary<uint, InProcessConnection> Connections { get; } = [];

    public static VenueOptions SmallOptions() => new()
    {
        JournalDirectory = "unused",
        SegmentBytes = 1 << 20,
        Limits = EngineLimits.Small,
        InboundSlots = 1 << 10,
        OutboundSlots = 1 << 12,
        ConnectionSlots = 1 << 10,
        JournalId = new Guid("8f0f3c5e-4b0c-4a39-9d6c-2f8a6c1d7e55"),
        QuietNanosMax = 10 * Second,
        CancelReserveBytes = 0,
        OnFailure = _ => { },
    };

    /// <summary>Started by hand, with one perpetual on one underlying at price 1,000, a maker and a taker.</summary>
    public static VenueDriver Trading(VenueOptions? options = null, MappedStorage? storage = null)
    {
        var driver = new VenueDriver(options, storage);
        driver.Venue.StartByHand();
        driver.List();
        driver.Venue.Settle();
        return driver;
    }

    /// <summary>A venue's whole life into a journal: in each round two orders and their trade.</summary>
    /// <returns>Its last command, and the hash of its state.</returns>
    public static (long Last, string Hash) TradeInto(MappedStorage storage, int rounds)
    {
        using var driver = Trading(SmallOptions() with { OnNotice = _ => { } }, storage);
        for (var round = 0; round < rounds; round++)
        {
            driver.Order(Maker, Side.Sell, 1_001, 5);
            driver.Order(Taker, Side.Buy, 1_001, 5);
            driver.Step(2);
            driver.Received(Maker);
            driver.Received(Taker);
        }

        driver.Venue.Stop();
        return (driver.Venue.LastSequence.Value, driver.Venue.Processor.StateHash().ToString());
    }

    /// <summary>
    /// Appends a new order of the maker's with this number, which no gateway need have let through, behind all that a journal
    /// holds.
    /// </summary>
    public static void AppendRequest(MappedStorage storage, ulong request)
    {
        using var journal = AppendableJournal.Open(storage, new JournalOptions
        {
            EngineVersion = EngineVersions.Newest,
            Schemas = new JournalSchemas(
                HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version),
        });
        var frame = new byte[NewOrderSingleDecoder.FrameLength];
        NewOrderSingleEncoder.Wrap(frame);
        RequestHeaderEncoder.Wrap(frame.AsSpan(NewOrderSingleDecoder.HeaderLength))
            .SetSessionHandle(Maker).SetSequence(request);
        var envelope = new RecordEnvelope
        {
            Sequence = journal.NextSequence.Value,
            TimeNanos = journal.Writer.LastTime.Value,
            Term = journal.Recovered.LastTerm,
            SessionHandle = Maker,
            Length = (ushort)frame.Length,
            Source = RecordSource.Client,
        };
        envelope.Checksum = RecordChecksum.Compute(journal.LastChecksum, in envelope, frame);
        Check.That(journal.Writer.TryAppend(in envelope, frame));
    }

    public void List()
    {
        ListUnderlying(1);
        OpenSession(OracleSession, 0, SessionRoles.OracleSource);
        Venue.Settle();
        Oracle(1_000);
        Idle();
        ListPerpetual(1);
        OpenAccount(Maker, 1_000_000_000);
        OpenAccount(Taker, 1_000_000_000);
    }

    public void ListUnderlying(uint underlying, long thresholdTicks = 5) => Send(ListUnderlyingEncoder.Wrap(_buffer)
        .SetUnderlyingId(underlying).SetOracleQuorum(1).SetSettlementThresholdTicks(thresholdTicks)
        .SetInitialMarginPpm(100_000).SetShortOptionMarginPpm(150_000).SetShortOptionMinimumPpm(50_000)
        .SetOracleMaxAgeNanos(3_600 * Second).SetRiskTimeoutNanos(3_600 * Second)
        .SetSymbol(Encoding.ASCII.GetBytes($"U{underlying}")).EncodedLength);

    public void ListPerpetual(uint instrument, uint underlying = 1) =>
        List(instrument, underlying, InstrumentKind.Perpetual, OptionKind.None, 0, 0, 0);

    public void ListCall(uint instrument, long strike, ulong expiryTime, uint underlying = 1) =>
        List(instrument, underlying, InstrumentKind.EuropeanOption, OptionKind.Call, strike, expiryTime, 1UL << 48);

    public void OpenAccount(uint account, long atoms)
    {
        Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId(account).EncodedLength);
        Send(DepositEncoder.Wrap(_buffer).SetAccountId(account).SetAmount(atoms).SetDepositId(++_movementId).EncodedLength);
        OpenSession(account, account, SessionRoles.Trader);
    }

    /// <summary>An account whose sessions come over the network.</summary>
    public void FundAccount(uint account, long atoms)
    {
        Send(OpenAccountEncoder.Wrap(_buffer).SetAccountId(account).EncodedLength);
        Send(DepositEncoder.Wrap(_buffer).SetAccountId(account).SetAmount(atoms).SetDepositId(++_movementId).EncodedLength);
    }

    public void OpenSession(uint session, uint account, SessionRoles roles)
    {
        Span<byte> id = stackalloc byte[16];
        id.Fill((byte)session);
        Send(SessionOpenedEncoder.Wrap(_buffer).SetSessionHandle(session).SetAccountId(account).SetSessionId(id)
            .SetRoles(roles).SetCancelOnDisconnect(1).EncodedLength);
        ConnectionOf(session);
    }

    public void CloseSession(uint session) =>
        Send(SessionClosedEncoder.Wrap(_buffer).SetSessionHandle(session).SetReason(CloseReason.Requested).EncodedLength);

    public void Oracle(long price, uint underlying = 1)
    {
        var length = OracleReportEncoder.Wrap(_buffer).SetSourceId(1).SetUnderlyingId(underlying)
            .SetSourceSequence(++_reportSequence).SetSourceTime(Clock.Now.Value).SetPrice(price)
            .SetSignature([]).EncodedLength;
        Request(OracleSession, length);
    }

    public void Order(uint account, Side side, long price, long lots, ulong? sequence = null, ulong expireTime = 0)
    {
        var frame = OrderFrame(account, side, price, lots, expireTime);
        Request(account, frame.Length, sequence);
    }

    public void Cancel(uint account, ulong orderId, uint instrument = 1)
    {
        var length = OrderCancelRequestEncoder.Wrap(_buffer).SetAccountId(account).SetInstrumentId(instrument)
            .SetOrderId(orderId).SetClientOrderId(++_clientOrderId).EncodedLength;
        Request(account, length);
    }

    /// <summary>An order's frame without its session's sequence number.</summary>
    public Span<byte> OrderFrame(uint account, Side side, long price, long lots, ulong expireTime = 0, uint instrument = 1)
    {
        var length = NewOrderSingleEncoder.Wrap(_buffer).SetAccountId(account).SetInstrumentId(instrument)
            .SetClientOrderId(++_clientOrderId).SetPrice(price).SetQuantity(lots).SetExpireTime(expireTime)
            .SetSide(side).SetOrderType(OrderType.Limit)
            .SetTimeInForce(expireTime == 0 ? TimeInForce.GoodTillCancel : TimeInForce.GoodTillDate).EncodedLength;
        return _buffer.AsSpan(0, length);
    }

    /// <summary>The connection of a session, opened when it is first asked for.</summary>
    public InProcessConnection ConnectionOf(uint session)
    {
        if (!Connections.TryGetValue(session, out var connection))
        {
            connection = Venue.Connect(new SessionHandle(session));
            Connections.Add(session, connection);
        }

        return connection;
    }

    /// <summary>Everything that the connection received since it was last asked, as (template, frame).</summary>
    public static List<(ushort TemplateId, byte[] Frame)> Received(InProcessConnection connection)
    {
        var received = new List<(ushort, byte[])>();
        while (connection.TryPeek(out var record))
        {
            received.Add((BitConverter.ToUInt16(record.Frame[2..]), record.Frame.ToArray()));
            connection.Advance();
        }

        connection.Release();
        return received;
    }

    public List<(ushort TemplateId, byte[] Frame)> Received(uint session) => Received(ConnectionOf(session));

    public void Step(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            Venue.Step();
        }
    }

    /// <summary>Steps by hand until nothing moves; in lockstep a barrier does it.</summary>
    public void Idle()
    {
        if (Options.IsLockstep)
        {
            Venue.Settle();
            return;
        }

        for (var quiet = 0; quiet < 3;)
        {
            quiet = Venue.Step() == 0 ? quiet + 1 : 0;
        }
    }

    /// <summary>Sends bytes as a session's client.</summary>
    public void SendRaw(uint session, ReadOnlySpan<byte> frame)
    {
        while (!ConnectionOf(session).TrySend(frame))
        {
            Venue.Step();
        }
    }

    /// <summary>Sends what stands in the buffer as a request of the session, with its next sequence number.</summary>
    public void Request(uint session, int lengthBytes, ulong? sequence = null)
    {
        var next = sequence ?? _nextRequest.GetValueOrDefault(session, 1UL);
        if (sequence is null)
        {
            _nextRequest[session] = next + 1;
        }

        RequestHeaderEncoder.Wrap(_buffer.AsSpan(8)).SetSessionHandle(session).SetSequence(next)
            .SetSendingTime(Clock.Now.Value);
        SendRaw(session, _buffer.AsSpan(0, lengthBytes));
    }

    public void ContinueFrom(VenueDriver before)
    {
        foreach (var (session, next) in before._nextRequest)
        {
            _nextRequest[session] = next;
        }

        _movementId = before._movementId;
        _reportSequence = before._reportSequence;
        _clientOrderId = before._clientOrderId;
    }

    public void Dispose() => Venue.Dispose();

    private void List(
        uint instrument, uint underlying, InstrumentKind kind, OptionKind optionKind, long strike, ulong expiryTime,
        ulong volatility) =>
        Send(ListInstrumentEncoder.Wrap(_buffer).SetInstrumentId(instrument).SetUnderlyingId(underlying).SetKind(kind)
            .SetOptionKind(optionKind).SetStrike(strike).SetExpiryTime(expiryTime).SetVolatility(volatility)
            .SetAtomsPerTick(1).SetAtomsPerUnderlyingTick(1)
            .SetSymbol(Encoding.ASCII.GetBytes($"I{instrument}")).EncodedLength);

    /// <summary>Sends what stands in the buffer as the operator.</summary>
    private void Send(int lengthBytes)
    {
        while (!Venue.Operator.TrySend(_buffer.AsSpan(0, lengthBytes)))
        {
            Venue.Step();
        }
    }
}
