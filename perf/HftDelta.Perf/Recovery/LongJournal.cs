using HftDelta.Engine;
using HftDelta.Journal.Recovery;
using HftDelta.Journal.Segments;
using HftDelta.Journal.Writing;
using HftDelta.Perf.Pipeline;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Snapshots;
using HftDelta.Runtime.Storage;
using HftDelta.Simulation.Randomness;
using HftDelta.Wire;
using HftDelta.Wire.Internal;
using Side = HftDelta.Wire.Side;

namespace HftDelta.Perf.Recovery;

/// <summary>
/// A long trading day: orders and cancels of four accounts, as many resting as at the beginning, journaled and applied, with a
/// snapshot some commands before the end. One thread; deleted from the disk when disposed.
/// </summary>
internal sealed class LongJournal : IDisposable
{
    public const string Mix = "50 % passive orders, 40 % cancels of the oldest, 10 % aggressive (immediate or cancel)";

    private const int RestingOrders = 4_096;
    private const int Options = 8;
    private const long DistanceTicksMax = 32;
    private const ulong Seed = 7;
    private static readonly TimeNanos Begin = new(1_700_000_000_000_000_000);

    private readonly string _directory = Directory.CreateTempSubdirectory("hftdelta-long-").FullName;
    private readonly byte[] _frame = new byte[FlowCommand.FrameLengthMaxBytes];
    private readonly SeededRandom _random = new(Seed);
    private readonly Queue<(int Account, uint Instrument, ulong Order)> _resting = new();
    private readonly ulong[] _requests = new ulong[FlowMarket.Accounts];
    private readonly long[] _middles =
        [FlowMarket.Price, .. Enumerable.Range(0, Options).Select(option => FlowMarket.OptionMiddle(option, Options))];

    private readonly BareEngine _engine;
    private readonly AppendableJournal _journal;
    private long _appendedBytes;

    /// <param name="records">Of the journal.</param>
    /// <param name="behind">Of them behind the snapshot.</param>
    public LongJournal(int records, int behind)
    {
        Journal = new FileStorage(_directory);
        Snapshots = new FileStorage(Path.Combine(_directory, "snapshots"));
        _journal = AppendableJournal.Open(Journal, new JournalOptions
        {
            Schemas = new JournalSchemas(HftDeltaSchema.Id, HftDeltaSchema.Version, InternalSchema.Id, InternalSchema.Version),
        });
        using (_journal)
        {
            using (_engine = new BareEngine(FlowMarket.Limits, Begin) { Recorder = Record })
            {
                FlowMaker.SetUp(_engine, Begin);
                TradeTo(records - behind);
                SnapshotBytes = SnapshotWriter.Write(Snapshots, new SnapshotSource
                {
                    Processor = _engine.Processor, Limits = Limits, JournalId = _journal.JournalId,
                    RecordChecksum = _journal.LastChecksum,
                }).FileBytes;
                TradeTo(records);
                Check.That(_engine.Processor.View.ConservationError == default);
                Check.That(_engine.Processor.View.LastTradeId > 0);
                Last = _engine.Processor.LastSequence;
            }
        }
    }

    public static EngineLimits Limits => FlowMarket.Limits;

    public FileStorage Journal { get; }

    public FileStorage Snapshots { get; }

    public CommandSequence Last { get; }

    public long SnapshotBytes { get; }

    /// <summary>All records with their envelopes.</summary>
    public long AppendedBytes => _appendedBytes;

    public RecoveryReport Examine() => JournalRecovery.Examine(Journal);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Record(in RecordEnvelope envelope, ReadOnlySpan<byte> frame)
    {
        var record = envelope;
        record.Checksum = RecordChecksum.Compute(_journal.LastChecksum, in record, frame);
        while (!_journal.Writer.TryAppend(in record, frame))
        {
            _journal.Preparer.DoWork();
        }

        _appendedBytes += SegmentLayout.RecordBytes(frame.Length);
    }

    private void TradeTo(int sequence)
    {
        while (_engine.Processor.LastSequence.Value < sequence)
        {
            var draw = _random.NextBelow(100);
            if (_resting.Count > RestingOrders && draw >= OrderFlow.PassiveShare
                && draw < OrderFlow.PassiveShare + OrderFlow.CancelShare)
            {
                Cancel();
            }
            else
            {
                Order(isPassive: draw < OrderFlow.PassiveShare + OrderFlow.CancelShare);
            }
        }
    }

    private void Order(bool isPassive)
    {
        var account = _random.NextInRange(0, FlowMarket.Accounts - 1);
        var instrument = _random.Chance(1, 2) ? 0 : _random.NextInRange(1, Options);
        var isBuy = _random.Chance(1, 2);
        var distance = isPassive ? _random.NextInRange(1L, DistanceTicksMax) : DistanceTicksMax;
        var order = _requests[account] + 1;
        var length = NewOrderSingleEncoder.Wrap(_frame).SetAccountId(FlowMarket.FirstAccount + (uint)account)
            .SetInstrumentId(FlowMarket.Perpetual + (uint)instrument).SetClientOrderId(order)
            .SetPrice(_middles[instrument] + (isBuy == isPassive ? -distance : distance))
            .SetQuantity(_random.NextInRange(1L, 10)).SetSide(isBuy ? Side.Buy : Side.Sell).SetOrderType(OrderType.Limit)
            .SetTimeInForce(isPassive ? TimeInForce.GoodTillCancel : TimeInForce.ImmediateOrCancel).EncodedLength;
        Send(account, length);
        if (isPassive)
        {
            _resting.Enqueue((account, FlowMarket.Perpetual + (uint)instrument, order));
        }
    }

    // The oldest that was not cancelled; if it was filled the venue says so, as it does to anybody who is late.
    private void Cancel()
    {
        var (account, instrument, order) = _resting.Dequeue();
        Send(account, OrderCancelRequestEncoder.Wrap(_frame).SetAccountId(FlowMarket.FirstAccount + (uint)account)
            .SetInstrumentId(instrument).SetOriginalClientOrderId(order).SetClientOrderId(order).EncodedLength);
    }

    private void Send(int account, int lengthBytes)
    {
        var session = new SessionHandle(FlowMarket.FirstAccount + (uint)account);
        RequestHeaderEncoder.Wrap(_frame.AsSpan(HftDeltaSchema.HeaderLength)).SetSessionHandle(session.Value)
            .SetSequence(++_requests[account]);
        _engine.Apply(RecordSource.Client, session, _frame.AsSpan(0, lengthBytes));
    }
}
