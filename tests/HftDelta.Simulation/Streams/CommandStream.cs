using System.Runtime.InteropServices;
using HftDelta.Engine;
using HftDelta.Engine.Books;
using HftDelta.Node.BookReplay;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Engines;
using HftDelta.Wire;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Simulation.Streams;

/// <summary>
/// A recorded stream as the commands of a whole venue: each account with money and a session of its own, one perpetual, and for
/// each operation the encoded frame in its envelope, one slot each, as the inbound ring would hold it. A cancel goes through
/// the session of the order's owner and names the order by the client's own id. Made once, then only read.
/// </summary>
public sealed class CommandStream : IDisposable
{
    private const uint Perpetual = 1;
    private const long Price = 32_500;
    private const long DepositAtoms = 1L << 44;
    private const ulong NanosPerCommand = 1_000;
    private const int OrdersRecorded = 65_536;

    /// <summary>In a generated stream most cancels name orders that are gone, so that what rests grows with its length.</summary>
    private const int OrdersGenerated = 1 << 20;

    private readonly NativeSlab<RecordSlot> _slots;
    private readonly List<(RecordEnvelope Envelope, byte[] Frame)> _setUp;

    private CommandStream(
        HdbsStream stream, EngineLimits limits, NativeSlab<RecordSlot> slots,
        List<(RecordEnvelope Envelope, byte[] Frame)> setUp)
    {
        Stream = stream;
        Limits = limits;
        _slots = slots;
        _setUp = setUp;
    }

    public HdbsStream Stream { get; }

    /// <summary>What an engine needs for it.</summary>
    public EngineLimits Limits { get; }

    /// <summary>Commands that list the market and open accounts and sessions.</summary>
    public IReadOnlyList<(RecordEnvelope Envelope, byte[] Frame)> SetUp => _setUp;

    /// <summary>The stream's operations, those of its own set-up first; they follow on <see cref="SetUp"/>.</summary>
    public ReadOnlySpan<RecordSlot> Commands => _slots.AsSpan();

    /// <param name="stream">What is sent.</param>
    /// <param name="accounts">Accounts that share it; those of the stream are counted round.</param>
    public static CommandStream Make(HdbsStream stream, int accounts)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var limits = new EngineLimits
        {
            Accounts = accounts + (int)AccountId.FirstClient,
            Positions = accounts * 2,
            Orders = stream.DigestExpected == 0 ? OrdersGenerated : OrdersRecorded,
            ExtendedOrders = 1_024,
            Sessions = accounts + (int)AccountId.FirstClient,
        };
        var setUp = MakeSetUp(limits, accounts);
        var last = setUp[^1].Envelope;
        var operations = stream.Prefill.Length + stream.Timed.Length;
        var slots = new NativeSlab<RecordSlot>(operations);
        var owners = new uint[stream.OrderNumberMax + 1];
        var requests = new ulong[limits.Accounts];
        for (var index = 0; index < operations; index++)
        {
            ref readonly var record = ref index < stream.PrefillCount
                ? ref stream.Prefill[index]
                : ref stream.Timed[index - stream.PrefillCount];
            if (record.Operation == HdbsRecord.New)
            {
                owners[record.OrderNumber] = AccountId.FirstClient + (uint)(record.Account % (ulong)accounts);
            }

            var owner = owners[record.OrderNumber];
            Check.That(owner != 0);
            var frame = FrameOf(ref slots[index]);
            var lengthBytes = record.Operation == HdbsRecord.New
                ? EncodeOrder(frame, owner, record)
                : EncodeCancel(frame, owner, record);
            RequestHeaderEncoder.Wrap(frame[HftDeltaSchema.HeaderLength..]).SetSessionHandle(owner)
                .SetSequence(++requests[owner]);
            slots[index].Envelope = new RecordEnvelope
            {
                Sequence = last.Sequence + 1 + index,
                TimeNanos = last.TimeNanos + ((ulong)(index + 1) * NanosPerCommand),
                Term = last.Term,
                SessionHandle = owner,
                Length = (ushort)lengthBytes,
                Source = RecordSource.Client,
            };
        }

        return new CommandStream(stream, limits, slots, setUp);
    }

    /// <summary>The frame of a command.</summary>
    public static ReadOnlySpan<byte> Frame(ref readonly RecordSlot slot) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<RecordSlot>(in slot)).Slice(RecordEnvelope.LengthBytes, slot.Envelope.Length);

    public void Dispose() => _slots.Dispose();

    private static List<(RecordEnvelope Envelope, byte[] Frame)> MakeSetUp(EngineLimits limits, int accounts)
    {
        using var engine = new EngineHarness(limits);
        var venue = new VenueScript(engine);
        venue.ListUnderlying();
        venue.Oracle(Price);
        venue.ListPerpetual(Perpetual, bandTicks: BookGeometry.LargeBandTicks);
        for (var account = AccountId.FirstClient; account < AccountId.FirstClient + (uint)accounts; account++)
        {
            venue.OpenTrader(account, DepositAtoms);
        }

        return engine.Commands;
    }

    private static Span<byte> FrameOf(ref RecordSlot slot) =>
        MemoryMarshal.AsBytes(new Span<RecordSlot>(ref slot))[RecordEnvelope.LengthBytes..];

    private static int EncodeOrder(Span<byte> frame, uint owner, in HdbsRecord record) =>
        NewOrderSingleEncoder.Wrap(frame).SetAccountId(owner).SetInstrumentId(Perpetual)
            .SetClientOrderId(record.OrderNumber).SetPrice(record.PriceTicks).SetQuantity(record.Quantity)
            .SetSide(record.Side == Primitives.Units.Side.Buy ? Side.Buy : Side.Sell).SetOrderType(OrderType.Limit)
            .SetTimeInForce(record.TimeInForce == HdbsRecord.ImmediateOrCancel
                ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancel)
            .EncodedLength;

    private static int EncodeCancel(Span<byte> frame, uint owner, in HdbsRecord record) =>
        OrderCancelRequestEncoder.Wrap(frame).SetAccountId(owner).SetInstrumentId(Perpetual)
            .SetOriginalClientOrderId(record.OrderNumber).SetClientOrderId(record.OrderNumber).EncodedLength;
}
