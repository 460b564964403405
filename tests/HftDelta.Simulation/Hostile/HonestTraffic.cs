using HftDelta.Aeron;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Simulation.Hostile;

/// <summary>
/// The streams of the honest pair, over every kind of channel. Those of the unicast channel share their sockets; all of them but
/// one are those that forgers write into, in their publisher's or reader's name.
/// </summary>
internal sealed class HonestTraffic : IDisposable
{
    public const string PublisherAddress = "10.0.0.1";
    public const string ReaderAddress = "10.0.0.2";
    public const int StreamId = 1_001;

    private const int ForgedCount = 4;
    private const string Unicast = "aeron:udp?endpoint=10.0.0.2:24331";
    private const string GroupOf = "aeron:udp?endpoint=224.0.1.1:24332|interface=";
    private const string DestinationsFrom = "aeron:udp?control=10.0.0.1:24333|control-mode=dynamic";
    private const string DestinationsTo = "aeron:udp?endpoint=10.0.0.2:24334|control=10.0.0.1:24333|control-mode=dynamic";

    private readonly AeronDriver _publisher;
    private readonly AeronDriver _reader;
    private int _lateCount;

    public HonestTraffic(AeronDriver publisher, AeronDriver reader)
    {
        _publisher = publisher;
        _reader = reader;
        Streams =
        [
            Open(Unicast, Unicast, StreamId),
            Open(GroupOf + PublisherAddress, GroupOf + ReaderAddress, StreamId + 10),
            Open(DestinationsFrom, DestinationsTo, StreamId + 20),
        ];
        OpenForged();
    }

    public List<HonestStream> Streams { get; }

    /// <summary>Where a hostile data frame may go.</summary>
    public static SocketEndpoint[] DataTargets { get; } =
    [
        SocketEndpoint.Parse("10.0.0.2:24331"), SocketEndpoint.Parse("224.0.1.1:24332"), SocketEndpoint.Parse("10.0.0.2:24334"),
    ];

    /// <summary>Where publishers that know no single receiver hear control frames.</summary>
    public static SocketEndpoint[] ControlTargets { get; } =
    [
        SocketEndpoint.Parse("224.0.1.2:24332"), SocketEndpoint.Parse("10.0.0.1:24333"),
    ];

    /// <summary>The socket of the unicast streams' publisher, and what it is connected to.</summary>
    public SocketEndpoint UnicastPublisher => Streams[^1].Publication.LocalEndpoint;

    public static SocketEndpoint UnicastReader => DataTargets[0];

    public bool AreConnected => Streams.TrueForAll(static stream => stream.IsConnected);

    public bool AreComplete => Streams.TrueForAll(static stream => stream.IsForged || stream.IsComplete);

    public long SentCount => Streams.Sum(static stream => stream.SentCount);

    public KnownStream[] Names => [.. Streams.Select(static stream => stream.Name)];

    /// <summary>Somebody who comes when it is over.</summary>
    public HonestStream OpenLate()
    {
        var late = Open(Unicast, Unicast, StreamId + 100 + _lateCount++);
        Streams.Insert(0, late);
        return late;
    }

    public void OpenForged()
    {
        for (var number = 1; number <= ForgedCount; number++)
        {
            Streams.Add(Open(Unicast, Unicast, StreamId + number, isForged: true));
        }
    }

    public void CloseForged()
    {
        foreach (var stream in Streams.FindAll(static stream => stream.IsForged))
        {
            Close(stream);
        }
    }

    public void Close(HonestStream stream)
    {
        Streams.Remove(stream);
        stream.Dispose();
    }

    /// <summary>A datagram in the name of an honest machine must not name these: who writes them owns the stream.</summary>
    public bool IsSpared(int sessionId, int streamId)
    {
        foreach (var stream in Streams)
        {
            if (!stream.IsForged && stream.Name == new KnownStream(sessionId, streamId))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A session of a stream that an honest peer listens to is one that an honest peer sends.</summary>
    public bool IsOwnOrUnheard(int sessionId, int streamId, in SocketEndpoint target)
    {
        for (var index = 0; index < Streams.Count; index++)
        {
            var stream = Streams[index];
            if (stream.Name.StreamId == streamId)
            {
                return stream.Name.SessionId == sessionId || TargetOf(streamId) != target;
            }
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var stream in Streams)
        {
            stream.Dispose();
        }
    }

    private static SocketEndpoint TargetOf(int streamId) => streamId switch
    {
        StreamId + 10 => DataTargets[1],
        StreamId + 20 => DataTargets[2],
        _ => DataTargets[0],
    };

    private HonestStream Open(string to, string from, int streamId, bool isForged = false)
    {
        var subscription = _reader.AddSubscription(from, streamId);
        return new HonestStream(_publisher.AddExclusivePublication(to, streamId), subscription) { IsForged = isForged };
    }
}
