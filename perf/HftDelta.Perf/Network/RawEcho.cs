using System.Buffers.Binary;
using System.Diagnostics;
using HdrHistogram;
using HftDelta.Perf.Pipeline;
using HftDelta.Perf.Rings;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Network;

/// <summary>
/// The floor of wire to wire: datagrams of the length of an order, at the same rate, to a second thread that only sends them
/// back. It waits as the venue's thread does, the first as the client does; no thread is pinned, as those of the venue are not.
/// </summary>
internal sealed class RawEcho : IDisposable
{
    public const int LengthBytes = 96;

    private readonly TwoThreads _threads = new(pins: false);
    private readonly RawEnd _near;
    private readonly RawEnd _far;

    public RawEcho()
    {
        (_near, _far) = RawEnd.OpenPair();
    }

    /// <summary>Open loop: from the intended time of sending until the datagram is back.</summary>
    public void Run(IdleKind idle, double ratePerSecond, int count, HistogramBase histogram) => _threads.Run(
        () =>
        {
            switch (idle)
            {
                case IdleKind.Backoff:
                    Echo(count, new BackoffIdleStrategy());
                    break;
                case IdleKind.Yield:
                    Echo(count, default(YieldingIdleStrategy));
                    break;
                default:
                    Echo(count, default(BusySpinIdleStrategy));
                    break;
            }
        },
        () => Measure(new Pace(Stopwatch.GetTimestamp(), ratePerSecond), count, histogram));

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }

    private void Echo<TIdle>(int count, TIdle idle)
        where TIdle : struct, IIdleStrategy
    {
        var buffer = new byte[LengthBytes];
        var patience = default(Patience);
        for (var moved = 0; moved < count;)
        {
            var work = 0;
            while (moved < count && _far.TryReceive(buffer) > 0)
            {
                while (!_far.TrySend(buffer))
                {
                    patience.Idle();
                }

                moved++;
                work++;
            }

            idle.Idle(work);
        }
    }

    private void Measure(Pace pace, int count, HistogramBase histogram)
    {
        var message = new byte[LengthBytes];
        var buffer = new byte[LengthBytes];
        var patience = default(Patience);
        int sent = 0, answered = 0;
        while (answered < count)
        {
            var before = sent + answered;
            while (sent < count && sent - answered < WireClient.Window
                && pace.IntendedAt(sent) <= Stopwatch.GetTimestamp())
            {
                BinaryPrimitives.WriteInt64LittleEndian(message, sent);
                if (!_near.TrySend(message))
                {
                    break;
                }

                sent++;
            }

            while (_near.TryReceive(buffer) > 0)
            {
                var index = BinaryPrimitives.ReadInt64LittleEndian(buffer);
                histogram.RecordValue(Math.Max(1, Pace.Nanos(pace.IntendedAt(index), Stopwatch.GetTimestamp())));
                answered++;
            }

            if (sent + answered == before)
            {
                patience.Idle();
            }
            else
            {
                patience.Reset();
            }
        }
    }
}
