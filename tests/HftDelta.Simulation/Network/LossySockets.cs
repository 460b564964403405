using HftDelta.Aeron.Sockets;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Network;

/// <summary>
/// Sockets of another factory that lose, double and swap datagrams both ways: for tests with real peers, where time is
/// real and only the draws come from the seed. A swapped datagram waits for the next one in its direction. Factory: one
/// thread; each socket draws for itself, one generator for each direction.
/// </summary>
public sealed class LossySockets(DatagramSocketFactory inner, ulong seed, int perMille) : DatagramSocketFactory
{
    private readonly SeededRandom _seeds = new(seed);

    public override DatagramSocket Open(in DatagramSocketOptions options) =>
        new LossySocket(inner.Open(options), _seeds.Fork(), _seeds.Fork(), (ulong)perMille);

    private sealed class LossySocket(DatagramSocket inner, SeededRandom outward, SeededRandom inward, ulong perMille)
        : DatagramSocket
    {
        private readonly Held _outwardHeld = new();
        private readonly Held _inwardHeld = new();

        private enum Fate
        {
            Pass,
            Lose,
            Double,
            Swap,
        }

        public override SocketEndpoint LocalEndpoint => inner.LocalEndpoint;

        public override SocketEndpoint RemoteEndpoint => inner.RemoteEndpoint;

        public override int ReceiveBufferBytes => inner.ReceiveBufferBytes;

        public override int SendBufferBytes => inner.SendBufferBytes;

        public override int LastErrorCode => inner.LastErrorCode;

        public override int TrySend(ReadOnlySpan<byte> datagram, in SocketEndpoint to)
        {
            var fate = Draw(outward);
            if (fate == Fate.Lose)
            {
                return datagram.Length;
            }

            if (fate == Fate.Swap && _outwardHeld.IsEmpty)
            {
                _outwardHeld.Keep(datagram, to);
                return datagram.Length;
            }

            var sent = inner.TrySend(datagram, to);
            if (sent > 0 && fate == Fate.Double)
            {
                inner.TrySend(datagram, to);
            }

            if (sent > 0 && !_outwardHeld.IsEmpty)
            {
                inner.TrySend(_outwardHeld.Take(out var heldTo), heldTo);
            }

            return sent;
        }

        public override int TryReceive(Span<byte> buffer, out SocketEndpoint from)
        {
            // What was kept follows what overtook it; a double is kept to follow itself.
            if (_inwardHeld.IsDue)
            {
                var held = _inwardHeld.Take(out from);
                held.CopyTo(buffer);
                return held.Length;
            }

            while (true)
            {
                var received = inner.TryReceive(buffer, out from);
                if (received <= 0)
                {
                    return received;
                }

                switch (Draw(inward))
                {
                    case Fate.Lose:
                        continue;
                    case Fate.Swap when _inwardHeld.IsEmpty:
                        _inwardHeld.Keep(buffer[..received], from);
                        continue;
                    case Fate.Double when _inwardHeld.IsEmpty:
                        _inwardHeld.Keep(buffer[..received], from);
                        break;
                }

                _inwardHeld.IsDue = !_inwardHeld.IsEmpty;
                return received;
            }
        }

        protected override void Dispose(bool disposing) => inner.Dispose();

        private Fate Draw(SeededRandom random)
        {
            var draw = random.NextBelow(1_000);
            return draw < perMille ? Fate.Lose
                : draw < 2 * perMille ? Fate.Double
                : draw < 3 * perMille ? Fate.Swap
                : Fate.Pass;
        }
    }

    private sealed class Held
    {
        private readonly byte[] _bytes = new byte[ushort.MaxValue];
        private SocketEndpoint _endpoint;
        private int _length;

        public bool IsEmpty => _length == 0;

        public bool IsDue { get; set; }

        public void Keep(ReadOnlySpan<byte> datagram, in SocketEndpoint endpoint)
        {
            datagram.CopyTo(_bytes);
            _length = datagram.Length;
            _endpoint = endpoint;
        }

        public ReadOnlySpan<byte> Take(out SocketEndpoint endpoint)
        {
            endpoint = _endpoint;
            var bytes = _bytes.AsSpan(0, _length);
            _length = 0;
            IsDue = false;
            return bytes;
        }
    }
}
