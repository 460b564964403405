using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using HftDelta.Engine;
using HftDelta.Engine.Output;
using HftDelta.Primitives.Collections;
using HftDelta.Primitives.Records;
using HftDelta.Wire;

namespace HftDelta.Simulation.Streams;

/// <summary>
/// A fresh core over plain memory with a stream's market listed and its set-up applied; then the timed commands, in batches.
/// Allocates only when it is made. One thread.
/// </summary>
public sealed unsafe class StreamEngine : IDisposable
{
    private const ulong DigestStart = 0x243F6A8885A308D3;
    private const int BatchAhead = 16;

    private readonly CommandStream _stream;
    private readonly NativeSlab<RecordSlot> _events;
    private readonly EventWriter _writer;
    private ulong _makerNumber;

    public StreamEngine(CommandStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _events = new NativeSlab<RecordSlot>(stream.Limits.OutboundRingSlotsMin);
        _writer = new EventWriter(_events.Pointer, _events.Capacity, stream.Limits.EventSlotsPerCommand);
        Processor = new CommandProcessor(stream.Limits, _writer);
        foreach (var (envelope, frame) in stream.SetUp)
        {
            Processor.Apply(in envelope, frame);
        }
    }

    public CommandProcessor Processor { get; }

    /// <summary>Digest of the trades that <see cref="ApplyReading"/> saw, as the recorded streams define it.</summary>
    public ulong Digest { get; private set; } = DigestStart;

    /// <summary>Events that <see cref="ApplyReading"/> saw.</summary>
    public long Events { get; private set; }

    /// <summary>The commands that fill the book before the clock starts.</summary>
    public void Prefill() => Apply(_stream.Commands[.._stream.Stream.PrefillCount]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Apply(ReadOnlySpan<RecordSlot> commands)
    {
        var noted = 0;
        for (var index = 0; index < commands.Length; index++)
        {
            for (; noted < commands.Length && noted <= index + CommandProcessor.CommandsAhead; noted++)
            {
                PrefetchCommand(commands, noted + BatchAhead);
                Processor.Note(in commands[noted].Envelope, CommandStream.Frame(in commands[noted]));
            }

            Processor.Apply(in commands[index].Envelope, CommandStream.Frame(in commands[index]));
        }
    }

    /// <summary>The same, with every event read.</summary>
    public void ApplyReading(ReadOnlySpan<RecordSlot> commands)
    {
        for (var index = 0; index < commands.Length; index++)
        {
            var slot = _writer.NextSlot;
            Processor.Apply(in commands[index].Envelope, CommandStream.Frame(in commands[index]));
            Read(slot);
        }
    }

    public void Dispose()
    {
        Processor.Dispose();
        _events.Dispose();
    }

    // A ring holds far fewer commands than a recorded day: they would be in the cache.
    private static void PrefetchCommand(ReadOnlySpan<RecordSlot> commands, int index)
    {
        if (!Sse.IsSupported || index >= commands.Length) return;
        fixed (RecordSlot* slot = &commands[index])
        {
            Sse.Prefetch0(slot);
            Sse.Prefetch0((byte*)slot + (RecordSlots.SlotBytes / 2));
        }
    }

    private void Read(long slot)
    {
        while (slot < _writer.NextSlot)
        {
            var record = _events.Pointer + (slot & (_events.Capacity - 1));
            if (record->Envelope.Source == RecordSource.Padding)
            {
                slot += _events.Capacity - (slot & (_events.Capacity - 1));
                continue;
            }

            Events++;
            int lengthBytes = record->Envelope.Length;
            Read(new ReadOnlySpan<byte>((byte*)record + RecordEnvelope.LengthBytes, lengthBytes));
            slot += RecordSlots.For(lengthBytes);
        }
    }

    private void Read(ReadOnlySpan<byte> frame)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]) != OrderFilledDecoder.TemplateId
            || BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]) != HftDeltaSchema.Id)
        {
            return;
        }

        var fill = OrderFilledDecoder.Trusted(frame);
        if (fill.Liquidity == Liquidity.Maker)
        {
            _makerNumber = fill.ClientOrderId;
            return;
        }

        var mixed = (fill.ClientOrderId * 0x9E3779B97F4A7C15) + (_makerNumber * 0xC2B2AE3D27D4EB4F)
            + ((ulong)fill.Price * 0x165667B19E3779F9) + (ulong)fill.Quantity;
        Digest = (BitOperations.RotateLeft(Digest, 5) ^ mixed) * 0xFF51AFD7ED558CCD;
    }
}
