using System.Buffers.Binary;
using HftDelta.Aeron.Frames;
using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Network;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Hostile;

/// <summary>How much a hostile peer can do.</summary>
internal enum HostilePower
{
    /// <summary>It writes from addresses of its own what the honest pair has no use for: every frame is dropped.</summary>
    Useless = 0,

    /// <summary>It writes from addresses of its own whatever it likes.</summary>
    Stranger,

    /// <summary>It also writes in the name of the honest machines.</summary>
    Forger,
}

/// <summary>Throws hostile frames at the honest pair. Owner: the run.</summary>
internal sealed class HostileThrower(SimulatedNetwork network, HonestTraffic traffic, HostileFrames frames, SeededRandom random)
{
    // Enough that one address alone does not fill the places of all.
    private const int StrangerHosts = 64;
    private const int StrangerPorts = 16;
    private const int NakStormOneIn = 512;
    private const int NakStormFrames = 64;
    private const uint StrangerNetwork = (10u << 24) | (66u << 16);

    public HostilePower Power { get; set; }

    /// <summary>Frames that reached a socket of the pair; others are filtered by the system before.</summary>
    public long ThrownCount { get; private set; }

    public void Throw()
    {
        if (Power == HostilePower.Forger && random.Chance(1, 2))
        {
            ThrowForged();
        }
        else if (random.Chance(3, 5))
        {
            ThrowStrangeData();
        }
        else
        {
            ThrowStrangeControl();
        }
    }

    /// <summary>More at once than a socket holds, each of a session of its own.</summary>
    public void Flood(int count)
    {
        var target = random.Pick<SocketEndpoint>(HonestTraffic.DataTargets);
        for (var left = count; left > 0; left--)
        {
            var frame = frames.NextData();
            if (frame.Length >= DataHeader.LengthBytes)
            {
                BinaryPrimitives.WriteInt32LittleEndian(
                    frame[DataHeader.SessionIdOffset..], random.NextInRange(int.MinValue, int.MaxValue));
            }

            Forge(StrangerOf(frame, DataHeader.SessionIdOffset), target, frame);
        }
    }

    private void ThrowStrangeData()
    {
        var target = random.Pick<SocketEndpoint>(HonestTraffic.DataTargets);
        var frame = frames.NextData();
        while (Power == HostilePower.Useless && !IsUselessData(frame, target))
        {
            frame = frames.NextData();
        }

        Forge(StrangerOf(frame, DataHeader.SessionIdOffset), target, frame);
    }

    private void ThrowStrangeControl()
    {
        var target = random.Pick<SocketEndpoint>(HonestTraffic.ControlTargets);
        var frame = frames.NextControl();
        while (Power == HostilePower.Useless && IsStatus(frame))
        {
            // Where destinations come by themselves every whole status message is one.
            frame = frames.NextControl();
        }

        Spare(frame);
        Forge(StrangerOf(frame, FrameHeader.LengthBytes), target, frame);
    }

    private void ThrowForged()
    {
        if (random.Chance(1, NakStormOneIn))
        {
            for (var count = NakStormFrames; count > 0; count--)
            {
                var nak = frames.NextNak();
                Spare(nak);
                Forge(HonestTraffic.UnicastReader, traffic.UnicastPublisher, nak);
            }
        }
        else if (random.Chance(1, 2))
        {
            var frame = frames.NextData();
            Spare(frame);
            Forge(traffic.UnicastPublisher, HonestTraffic.UnicastReader, frame);
        }
        else
        {
            var frame = frames.NextControl();
            Spare(frame);
            Forge(HonestTraffic.UnicastReader, traffic.UnicastPublisher, frame);
        }
    }

    private void Forge(in SocketEndpoint from, in SocketEndpoint to, ReadOnlySpan<byte> frame)
    {
        ThrownCount++;
        network.Forge(from, to, frame);
    }

    // A session mostly has an address of its own, as it would have to in order to become a stream.
    private SocketEndpoint StrangerOf(ReadOnlySpan<byte> frame, int sessionOffset)
    {
        var number = frame.Length >= sessionOffset + sizeof(int) && random.Chance(7, 8)
            ? Word(frame, sessionOffset) & ((StrangerHosts * StrangerPorts) - 1)
            : random.NextInRange(0, (StrangerHosts * StrangerPorts) - 1);
        return SocketEndpoint.IPv4(
            StrangerNetwork + 1 + (uint)(number % StrangerHosts), (ushort)(40_000 + (number / StrangerHosts)));
    }

    // Whoever knows the session of a stream and writes in the name of its peer, or to a control socket that hears everybody,
    // speaks for that peer: Aeron proves nobody's identity. Session and stream stand at one of two places.
    private void Spare(Span<byte> frame)
    {
        SpareAt(frame, 8);
        SpareAt(frame, 12);
    }

    private void SpareAt(Span<byte> frame, int at)
    {
        if (frame.Length >= at + (2 * sizeof(int)) && traffic.IsSpared(Word(frame, at), Word(frame, at + sizeof(int))))
        {
            frame[at] ^= 0x55;
        }
    }

    private bool IsUselessData(ReadOnlySpan<byte> frame, in SocketEndpoint target)
    {
        if (frame.Length < 20)
        {
            return true;
        }

        return FrameHeader.Type(frame) is not (FrameType.Data or FrameType.Pad or FrameType.Setup)
            || traffic.IsOwnOrUnheard(Word(frame, DataHeader.SessionIdOffset), Word(frame, DataHeader.StreamIdOffset), target);
    }

    private static bool IsStatus(ReadOnlySpan<byte> frame) =>
        FrameHeader.Classify(frame, out var type) == FrameFault.None && type == FrameType.StatusMessage;

    private static int Word(ReadOnlySpan<byte> frame, int at) => BinaryPrimitives.ReadInt32LittleEndian(frame[at..]);
}
