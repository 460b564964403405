using HftDelta.Aeron.Frames;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Hostile;

/// <summary>A stream that honest peers use, which hostile ones know by name.</summary>
public readonly record struct KnownStream(int SessionId, int StreamId);

/// <summary>
/// Makes hostile datagrams without end: noise, frames of every type with fields at and beyond their limits, twisted, joined and
/// repeated ones of honest peers. Allocates nothing. Owner: one thread; equal seeds make equal datagrams of what was overheard.
/// </summary>
public sealed class HostileFrames(SeededRandom random, OverheardFrames data, OverheardFrames control)
{
    // Made-up sessions come back, so that a stream of theirs may be begun, filled and ended.
    private const int OwnSessions = 256;
    private const int OwnSessionFirst = 0x0BAD_0000;
    private const int NoiseLengthBytesMax = 9_000;
    private const int SlotLengthBytes = 256;
    private const int RoomBytes = 16 * 1024;

    private readonly byte[] _buffer = new byte[RoomBytes];
    private KnownStream[] _streams = [];
    private DataHeader _place;
    private bool _hasPlace;

    public void Know(params KnownStream[] streams) => _streams = streams;

    /// <summary>For where data is taken.</summary>
    public Span<byte> NextData() => Next(data);

    /// <summary>For where senders hear their receivers.</summary>
    public Span<byte> NextControl() => Next(control);

    /// <summary>One that asks again and again for what was just sent.</summary>
    public Span<byte> NextNak()
    {
        _hasPlace = false;
        var (session, stream) = Overheard(random.Pick<KnownStream>(_streams));
        return _buffer.AsSpan(0, new NakFrame(session, stream, TermId(), Offset(), Extent()).Write(_buffer));
    }

    private Span<byte> Next(OverheardFrames overheard)
    {
        var length = random.PickWeighted([1, 5, 6, 1, 1]) switch
        {
            0 => Noise(),
            1 => Made(_buffer, ReferenceEquals(overheard, data)),
            2 => Twisted(overheard),
            3 => Joined(overheard),
            _ => Copy(random.Chance(9, 10) ? overheard : Other(overheard), _buffer),
        };
        return _buffer.AsSpan(0, length);
    }

    private OverheardFrames Other(OverheardFrames overheard) => ReferenceEquals(overheard, data) ? control : data;

    private int Noise()
    {
        var length = random.NextInRange(1, random.Chance(1, 50) ? NoiseLengthBytesMax : 64);
        random.Fill(_buffer.AsSpan(0, length));
        if (random.Chance(1, 2) && length >= FrameHeader.LengthBytes)
        {
            FrameHeader.Write(_buffer, FrameMutation.Edge(random), random.Pick<byte>([0, 0x20, 0x40, 0x80, 0xC0]), AnyType());
        }

        return length;
    }

    private int Twisted(OverheardFrames overheard)
    {
        var length = random.Chance(3, 4) ? Copy(overheard, _buffer) : Made(_buffer, ReferenceEquals(overheard, data));
        for (var times = random.NextInRange(1, 3); times > 0; times--)
        {
            length = FrameMutation.Apply(random, _buffer, length);
        }

        return length;
    }

    private int Joined(OverheardFrames overheard)
    {
        var length = Made(_buffer, ReferenceEquals(overheard, data));
        for (var more = random.NextInRange(1, 3); more > 0; more--)
        {
            var rest = _buffer.AsSpan(length);
            if (rest.Length < 2 * OverheardFrames.LengthBytesMax)
            {
                break;
            }

            length += random.Chance(1, 2) ? Copy(overheard, rest) : Made(rest, ReferenceEquals(overheard, data));
        }

        return length;
    }

    private int Copy(OverheardFrames overheard, Span<byte> to)
    {
        if (overheard.IsEmpty)
        {
            return Made(to, ReferenceEquals(overheard, data));
        }

        var frame = overheard.Pick(random);
        frame.CopyTo(to);
        return frame.Length;
    }

    private int Made(Span<byte> to, bool isData)
    {
        var (session, stream) = Stream();
        if (random.Chance(1, 20))
        {
            isData = !isData;
        }

        return isData
            ? random.PickWeighted([4, 1, 3, 2, 1]) switch
            {
                0 => Data(to, session, stream, FrameType.Data),
                1 => Data(to, session, stream, FrameType.Pad),
                2 => Setup(session, stream).Write(to),
                3 => Heartbeat(to, session, stream),
                _ => RoundTrip(session, stream).Write(to),
            }
            : random.PickWeighted([4, 4, 1, 1, 1, 1]) switch
            {
                0 => Status(session, stream).Write(to),
                1 => new NakFrame(session, stream, TermId(), Offset(), Extent()).Write(to),
                2 => RoundTrip(session, stream).Write(to),
                3 => Error(session, stream, to),
                4 => new ResponseSetupFrame(session, stream, random.NextInRange(int.MinValue, int.MaxValue)).Write(to),
                _ => Other(to),
            };
    }

    private KnownStream Stream()
    {
        _hasPlace = false;
        var known = _streams.Length == 0 ? new KnownStream(1, 1_001) : random.Pick<KnownStream>(_streams);
        return random.PickWeighted([3, 5, 10, 2, 1, 1]) switch
        {
            0 => known,
            1 => Overheard(known),
            2 => known with { SessionId = OwnSessionFirst + random.NextInRange(0, OwnSessions - 1) },
            3 => known with { SessionId = random.NextInRange(int.MinValue, int.MaxValue) },
            4 => known with { StreamId = random.NextInRange(-2, 2_000) },
            _ => new KnownStream(random.NextInRange(int.MinValue, int.MaxValue), random.NextInRange(int.MinValue, int.MaxValue)),
        };
    }

    // A stream of honest peers, and where it stood a moment ago.
    private KnownStream Overheard(KnownStream otherwise)
    {
        if (data.IsEmpty || DataHeader.TryRead(data.Pick(random), out _place) != FrameFault.None)
        {
            return otherwise;
        }

        _hasPlace = true;
        return new KnownStream(_place.SessionId, _place.StreamId);
    }

    // Their own streams begin with term 0; those of others are somewhere else.
    private int TermId() => random.PickWeighted([12, 2, 1, 1]) switch
    {
        0 => _hasPlace ? _place.TermId : 0,
        1 => (_hasPlace ? _place.TermId : 0) + random.NextInRange(-1, 3),
        2 => FrameMutation.Edge(random),
        _ => random.NextInRange(int.MinValue, int.MaxValue),
    };

    private int Offset() => random.PickWeighted([8, 4, 1]) switch
    {
        0 => _hasPlace ? _place.TermOffset + (32 * random.NextInRange(-64, 64)) : 32 * random.NextInRange(0, 64),
        1 => 32 * random.NextInRange(0, 2_047),
        _ => FrameMutation.Edge(random),
    };

    private int Extent() => random.PickWeighted([6, 1]) switch
    {
        0 => 32 * random.NextInRange(1, 64),
        _ => FrameMutation.Edge(random),
    };

    private FrameType AnyType() =>
        (FrameType)(random.Chance(7, 8) ? random.NextInRange(0, 12) : random.NextInRange(0, ushort.MaxValue));

    private byte AnyFlags() => (byte)(random.NextInRange(0, 15) << 4);

    private int Data(Span<byte> to, int session, int stream, FrameType type)
    {
        if (!_hasPlace && type == FrameType.Data && random.Chance(3, 4))
        {
            return Slot(to, session, stream);
        }

        var payload = 32 * random.NextInRange(0, 40);
        var frameLength = random.PickWeighted([12, 1, 1]) switch
        {
            0 => DataHeader.LengthBytes + payload - (payload == 0 ? 0 : random.NextInRange(0, 31)),
            1 => DataHeader.LengthBytes + (32 * random.NextInRange(0, 80)),
            _ => FrameMutation.Edge(random),
        };
        var flags = random.Chance(4, 5) ? random.Pick<byte>([0xC0, 0x80, 0x40, 0x00]) : AnyFlags();
        new DataHeader(frameLength, flags, type, Offset(), session, stream, TermId()).Write(to);
        if (type == FrameType.Pad && random.Chance(7, 8))
        {
            return DataHeader.LengthBytes;
        }

        random.Fill(to.Slice(DataHeader.LengthBytes, Math.Min(payload, 64)));
        return DataHeader.LengthBytes + payload;
    }

    // Frames that do not contradict each other, so that a made-up stream lives on.
    private int Slot(Span<byte> to, int session, int stream)
    {
        var payload = to.Slice(DataHeader.LengthBytes, SlotLengthBytes - DataHeader.LengthBytes);
        var flags = random.Pick<byte>([0xC0, 0xC0, 0x80, 0x40, 0x00]);
        var offset = SlotLengthBytes * random.NextInRange(0, (random.Chance(1, 2) ? 64 * 1024 : 4_096) / SlotLengthBytes - 1);
        new DataHeader(SlotLengthBytes, flags, FrameType.Data, offset, session, stream, random.Chance(7, 8) ? 0 : 1).Write(to);
        payload.Fill((byte)offset);
        return SlotLengthBytes;
    }

    private int Heartbeat(Span<byte> to, int session, int stream)
    {
        var flags = random.Chance(15, 16) ? FrameFlags.DataUnfragmented : random.Pick<byte>([0xE0, 0xF0, 0x30, 0x00]);
        DataHeader.Heartbeat(session, stream, TermId(), Offset(), flags).Write(to);
        return DataHeader.LengthBytes;
    }

    private SetupFrame Setup(int session, int stream)
    {
        var isFair = random.Chance(3, 4);
        return new SetupFrame(
            random.Chance(7, 8) ? (byte)0 : AnyFlags(),
            isFair ? 0 : Offset(),
            session,
            stream,
            isFair ? 0 : TermId(),
            isFair ? 0 : TermId(),
            isFair || random.Chance(1, 2)
                ? random.Pick([64 * 1024, 64 * 1024, 128 * 1024, 1 << 20, 1 << 24, 1 << 30])
                : FrameMutation.Edge(random),
            isFair || random.Chance(1, 2) ? random.Pick([64, 1_408, 8_192, 32_768, 65_504]) : FrameMutation.Edge(random),
            random.Chance(7, 8) ? 0 : FrameMutation.Edge(random));
    }

    private StatusMessageFrame Status(int session, int stream) => new(
        random.Chance(3, 4) ? random.Pick<byte>([0x00, 0x40, 0x80]) : AnyFlags(),
        session,
        stream,
        TermId(),
        Offset(),
        random.Chance(1, 2) ? 32 * random.NextInRange(0, 2_048) : FrameMutation.Edge(random),
        random.NextInRange(0, 1_000),
        random.Chance(1, 4) ? random.NextInRange(0, 5) : null);

    private RoundTripFrame RoundTrip(int session, int stream) => new(
        random.Pick<byte>([0x00, 0x80]),
        session,
        stream,
        (long)random.NextUInt64(),
        (long)random.NextUInt64(),
        random.NextInRange(0, 3));

    private int Error(int session, int stream, Span<byte> to)
    {
        Span<byte> text = stackalloc byte[64];
        text = text[..random.NextInRange(0, text.Length)];
        text.Fill((byte)'x');
        return new ErrorFrame(
            AnyFlags(), session, stream, random.NextInRange(0, 1_000), random.NextInRange(0, 3), random.NextInRange(0, 20), text)
            .Write(to);
    }

    // Name resolution, application-specific transport setup, reserved and unknown types.
    private int Other(Span<byte> to)
    {
        var length = random.NextInRange(FrameHeader.LengthBytes, 80);
        random.Fill(to[..length]);
        FrameHeader.Write(to, length, AnyFlags(), (FrameType)random.Pick<ushort>([7, 8, 9, 10, 12, 0x8000, 0xFFFF]));
        return length;
    }
}
