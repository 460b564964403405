using System.Diagnostics;
using HdrHistogram;
using HftDelta.Perf.Rings;
using HftDelta.Runtime.Threads;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// The floors: the frames of a flow through bare rings between two threads. One way for throughput; there and back, one hop
/// each, for latency. The second thread waits as the venue's threads do, the first as the client does, and no thread is pinned,
/// as those of the venue are not: a thread that only spins is the first to lose its core on a busy machine.
/// </summary>
internal sealed class BareHop(OrderFlow flow, IdleKind idle)
{
    private const int RingSlots = 16_384;
    private const int SinkFrames = 16_384;

    private readonly TwoThreads _threads = new(pins: false);

    /// <summary>
    /// Seconds for as many frames: copied into the ring by one thread, and out of it into another buffer of 1.5 MiB, frame
    /// behind frame, by the other.
    /// </summary>
    public double SecondsOneWay(int count)
    {
        using var ring = new BareFrameRing(RingSlots);
        var sink = GC.AllocateUninitializedArray<byte>(SinkFrames * FlowCommand.FrameLengthMaxBytes, pinned: true);
        var seconds = 0.0;
        _threads.Run(
            () => Produce(ring, count),
            () =>
            {
                var began = Stopwatch.GetTimestamp();
                Consume(ring, sink, count);
                seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            });
        var last = flow[LastOf(count)].WholeFrame;
        return last.SequenceEqual(sink.AsSpan((count - 1) % SinkFrames * last.Length, last.Length))
            ? seconds
            : throw new InvalidOperationException("the bare ring lost or tore a frame");
    }

    /// <summary>Open loop: from the intended time of sending until the frame is back.</summary>
    public void ThereAndBack(double ratePerSecond, int count, HistogramBase histogram)
    {
        using var there = new BareFrameRing(RingSlots);
        using var back = new BareFrameRing(RingSlots);
        _threads.Run(
            () =>
            {
                switch (idle)
                {
                    case IdleKind.Backoff:
                        Echo(there, back, count, new BackoffIdleStrategy());
                        break;
                    case IdleKind.Yield:
                        Echo(there, back, count, default(YieldingIdleStrategy));
                        break;
                    default:
                        Echo(there, back, count, default(BusySpinIdleStrategy));
                        break;
                }
            },
            () => Measure(there, back, new Pace(Stopwatch.GetTimestamp(), ratePerSecond), count, histogram));
    }

    private int LastOf(int count) => (count - 1) % flow.Count;

    private void Produce(BareFrameRing ring, int count)
    {
        var spin = default(SpinThenYield);
        for (var sent = 0; sent < count;)
        {
            if (ring.TryWrite(in flow[sent % flow.Count]))
            {
                sent++;
                spin.Reset();
            }
            else
            {
                spin.Idle();
            }
        }
    }

    private static void Consume(BareFrameRing ring, byte[] sink, int count)
    {
        var spin = default(SpinThenYield);
        for (var read = 0; read < count;)
        {
            var place = read % SinkFrames * FlowCommand.FrameLengthMaxBytes;
            if (ring.TryRead(sink.AsSpan(place, FlowCommand.FrameLengthMaxBytes)))
            {
                read++;
                spin.Reset();
            }
            else
            {
                spin.Idle();
            }
        }
    }

    private static void Echo<TIdle>(BareFrameRing there, BareFrameRing back, int count, TIdle idle)
        where TIdle : struct, IIdleStrategy
    {
        for (var moved = 0; moved < count;)
        {
            var work = 0;
            while (moved < count && there.TryMove(back))
            {
                moved++;
                work++;
            }

            idle.Idle(work);
        }
    }

    private void Measure(BareFrameRing there, BareFrameRing back, Pace pace, int count, HistogramBase histogram)
    {
        var spin = default(SpinThenYield);
        Span<byte> frame = stackalloc byte[FlowCommand.FrameLengthMaxBytes];
        int sent = 0, answered = 0;
        while (answered < count)
        {
            var before = sent + answered;

            // What is under way fits into one ring, so the way back always has room.
            while (sent < count && sent - answered < RingSlots && pace.IntendedAt(sent) <= Stopwatch.GetTimestamp()
                && there.TryWrite(in flow[sent % flow.Count]))
            {
                sent++;
            }

            while (back.TryRead(frame))
            {
                histogram.RecordValue(Math.Max(1, Pace.Nanos(pace.IntendedAt(answered), Stopwatch.GetTimestamp())));
                answered++;
            }

            if (sent + answered == before)
            {
                spin.Idle();
            }
            else
            {
                spin.Reset();
            }
        }
    }
}
