using System.Net;
using System.Net.Sockets;
using HftDelta.Simulation.Randomness;

namespace HftDelta.SystemTests.Interop;

/// <summary>
/// A bad network between a publisher and a subscriber of the loopback: datagrams of either way are lost, doubled, and overtaken
/// by those behind them, one in a hundred each. Its socket stands for the subscriber; each publisher gets a socket towards the
/// subscriber, so that what the subscriber sends back finds its way. Owner: its own thread, which ends with it.
/// </summary>
internal sealed class LossyRelay : IDisposable
{
    private const int FaultPercent = 1;
    private const int DatagramLengthMax = 65_536;
    private const int BufferBytes = 4 * 1024 * 1024;
    private const int Burst = 64;
    private const int WaitMicros = 1_000;

    private readonly Socket _front = NewSocket();
    private readonly List<Way> _ways = [];
    private readonly byte[] _datagram = new byte[DatagramLengthMax];
    private readonly IPEndPoint _target;
    private readonly SeededRandom _random;
    private readonly Thread _thread;
    private volatile bool _isEnding;

    /// <param name="channel">Where the subscriber listens: a channel with nothing but an endpoint of the loopback.</param>
    /// <param name="seed">Decides what happens to which datagram.</param>
    public LossyRelay(string channel, ulong seed)
    {
        _target = new IPEndPoint(IPAddress.Loopback, int.Parse(
            channel[(channel.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        _random = new SeededRandom(seed);
        _front.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new Thread(Run) { Name = "relay", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Where publishers send to.</summary>
    public string Channel => $"aeron:udp?endpoint={_front.LocalEndPoint}";

    public long Passed { get; private set; }

    public long Lost { get; private set; }

    public long Doubled { get; private set; }

    public long Swapped { get; private set; }

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Passed:N0} datagrams, {Lost:N0} lost, {Doubled:N0} doubled, {Swapped:N0} swapped");

    public void Dispose()
    {
        _isEnding = true;
        _thread.Join();
        foreach (var way in _ways)
        {
            way.Back.Dispose();
        }

        _front.Dispose();
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = BufferBytes,
            SendBufferSize = BufferBytes,
        };
        return socket;
    }

    private void Run()
    {
        var source = new SocketAddress(AddressFamily.InterNetwork);
        List<Socket> ready = [];
        while (!_isEnding)
        {
            ready.Clear();
            ready.Add(_front);
            ready.AddRange(_ways.Select(way => way.Back));
            Socket.Select(ready, null, null, WaitMicros);
            for (var count = 0; count < Burst && _front.Available > 0; count++)
            {
                var length = _front.ReceiveFrom(_datagram, SocketFlags.None, source);
                var way = WayOf(source);
                Pass(way.ToBack, _datagram.AsSpan(0, length));
            }

            foreach (var way in _ways)
            {
                for (var count = 0; count < Burst && way.Back.Available > 0; count++)
                {
                    var length = way.Receive(_datagram);
                    Pass(way.ToFront, _datagram.AsSpan(0, length));
                }

                // What nothing overtakes is only late.
                way.ToBack.Release();
                way.ToFront.Release();
            }
        }
    }

    private Way WayOf(SocketAddress source)
    {
        foreach (var way in _ways)
        {
            if (way.Source.Equals(source))
            {
                return way;
            }
        }

        var back = NewSocket();
        back.Connect(_target);
        var copy = new SocketAddress(AddressFamily.InterNetwork);
        source.Buffer.CopyTo(copy.Buffer);
        var made = new Way(copy, back, _front);
        _ways.Add(made);
        return made;
    }

    private void Pass(Direction direction, ReadOnlySpan<byte> datagram)
    {
        Passed++;
        var fate = _random.NextInRange(0, 99);
        if (fate < FaultPercent)
        {
            Lost++;
        }
        else if (fate < 2 * FaultPercent)
        {
            Doubled++;
            direction.Send(datagram);
            direction.Send(datagram);
        }
        else if (fate < 3 * FaultPercent)
        {
            Swapped++;
            direction.Hold(datagram);
        }
        else
        {
            direction.Send(datagram);
            direction.Release();
        }
    }

    /// <summary>One publisher, and the socket that stands for it towards the subscriber.</summary>
    private sealed class Way(SocketAddress source, Socket back, Socket front)
    {
        public SocketAddress Source { get; } = source;

        public Socket Back { get; } = back;

        public Direction ToBack { get; } = new(back, null);

        public Direction ToFront { get; } = new(front, source);

        public int Receive(byte[] buffer)
        {
            try
            {
                return Back.Receive(buffer);
            }
            catch (SocketException refusal) when (refusal.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The subscriber is gone, or not there yet.
                return 0;
            }
        }
    }

    /// <summary>Sends, and keeps what is to come later than what comes after it.</summary>
    private sealed class Direction(Socket socket, SocketAddress? target)
    {
        private readonly List<byte[]> _held = [];

        public void Hold(ReadOnlySpan<byte> datagram) => _held.Add(datagram.ToArray());

        public void Release()
        {
            foreach (var datagram in _held)
            {
                Send(datagram);
            }

            _held.Clear();
        }

        public void Send(ReadOnlySpan<byte> datagram)
        {
            try
            {
                _ = target is null
                    ? socket.Send(datagram)
                    : socket.SendTo(datagram, SocketFlags.None, target);
            }
            catch (SocketException refusal) when (refusal.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // As a network does: what nobody takes is lost.
            }
        }
    }
}
