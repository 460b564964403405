import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * The official implementation in the loops of the suite: one message under way, or as many as go. It is told what to
 * measure in lines of text, answers each with nanoseconds, and stands still in between. It ends with its standard input.
 *
 * Modes: invoker (two threads, each the driver of its own end), shared (one driver with a thread of its own, which both
 * ends use, beside the two threads).
 */
public final class OfficialAeron
{
    private static final long STANDSTILL_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int STREAM = 1;
    private static final int CHUNK = 2_048;
    private static final int FRAGMENTS_PER_POLL = 256;
    private static final int SPINS_BEFORE_YIELD = 1_000;
    private static final int CLIENT_WORK_MASK = (1 << 14) - 1;

    public static void main(final String[] args) throws Exception
    {
        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        Pair pair = null;
        System.out.println("READY");
        for (String line = in.readLine(); line != null; line = in.readLine())
        {
            final String[] words = line.split(" ");
            switch (words[0])
            {
                case "open":
                    CloseHelper.close(pair);
                    pair = new Pair(args[0], words[1], Integer.parseInt(words[2]));
                    System.out.println("OPEN");
                    break;
                case "trips":
                    System.out.println("NANOS " + pair.trips(Integer.parseInt(words[1]), Integer.parseInt(words[2])));
                    break;
                case "oneway":
                    System.out.println("NANOS " + pair.oneWay(
                        Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3])));
                    break;
                default:
                    throw new IllegalArgumentException(line);
            }
        }

        CloseHelper.close(pair);
        System.exit(0);
    }

    /** Both ends. */
    private static final class Pair implements AutoCloseable
    {
        // Who starts this program finds their threads by these names and may pin them.
        private final ExecutorService first = Executors.newSingleThreadExecutor(loop -> new Thread(loop, "bench-first"));
        private final ExecutorService second = Executors.newSingleThreadExecutor(loop -> new Thread(loop, "bench-second"));
        private final End near;
        private final End far;

        Pair(final String folder, final String mode, final int mtu) throws Exception
        {
            run(() -> {}, () -> {});
            final boolean isShared = "shared".equals(mode);
            near = new End(folder + "/near", isShared, mtu, null);
            far = new End(folder + (isShared ? "/near" : "/far"), isShared, mtu, isShared ? near : null);
            final String nearChannel = near.listen();
            final String farChannel = far.listen();
            near.publish(farChannel);
            far.publish(nearChannel);
            while (!near.isConnected() || !far.isConnected())
            {
                near.work();
                far.work();
                near.clientInvoker.invoke();
                far.clientInvoker.invoke();
                Thread.yield();
            }
        }

        double trips(final int length, final int count) throws Exception
        {
            final long[] nanos = new long[count];
            run(() -> echo(far, count), () -> measure(near, length, count, nanos));
            Arrays.sort(nanos);
            return nanos[count / 2];
        }

        double oneWay(final int length, final int count, final int burst) throws Exception
        {
            final double[] chunks = new double[count / CHUNK];
            run(() -> offer(near, length, count, burst, far), () -> read(far, count, chunks));
            Arrays.sort(chunks);
            return chunks[chunks.length / 2];
        }

        public void close()
        {
            first.shutdown();
            second.shutdown();
            near.close();
            far.close();
        }

        private void run(final Runnable sends, final Runnable receives) throws Exception
        {
            final CyclicBarrier start = new CyclicBarrier(2);
            final Future<?> one = first.submit(waiting(start, sends));
            final Future<?> other = second.submit(waiting(start, receives));
            one.get();
            other.get();
        }

        private static Callable<Void> waiting(final CyclicBarrier start, final Runnable loop)
        {
            return () ->
            {
                try
                {
                    start.await();
                    loop.run();
                    return null;
                }
                catch (final Throwable failure)
                {
                    // The other one would wait for ever.
                    failure.printStackTrace();
                    System.exit(1);
                    return null;
                }
            };
        }

        private static void echo(final End end, final int count)
        {
            for (int trip = 0; trip < count; trip++)
            {
                final int length = end.receive();
                end.send(length);
            }
            end.work();
        }

        private static void measure(final End end, final int length, final int count, final long[] nanos)
        {
            long last = System.nanoTime();
            for (int trip = 0; trip < count; trip++)
            {
                end.message.putLong(0, trip);
                end.send(length);
                if (end.receive() != length || end.message.getLong(0) != trip)
                {
                    throw new IllegalStateException("another message came back than the one sent");
                }
                final long now = System.nanoTime();
                nanos[trip] = now - last;
                last = now;
            }
        }

        private static void offer(final End end, final int length, final int count, final int burst, final End reader)
        {
            reader.received = 0;
            int idles = 0;
            for (int sent = 0; reader.received < count; )
            {
                int work = 0;
                while (work < burst && sent < count)
                {
                    end.message.putLong(0, sent + 1L);
                    if (end.publication.offer(end.message, 0, length) <= 0)
                    {
                        break;
                    }
                    sent++;
                    work++;
                }
                if (work + end.work() == 0)
                {
                    idles = idle(idles);
                }
                else
                {
                    idles = 0;
                }
            }
        }

        private static void read(final End end, final int count, final double[] chunks)
        {
            final long[] state = {0, 0, System.nanoTime()};
            final FragmentHandler handler = (buffer, offset, length, header) ->
            {
                state[1] += buffer.getLong(offset);
                if (++state[0] % CHUNK == 0)
                {
                    final long now = System.nanoTime();
                    final int chunk = (int)(state[0] / CHUNK) - 1;
                    if (chunk < chunks.length)
                    {
                        chunks[chunk] = (now - state[2]) / (double)CHUNK;
                    }
                    state[2] = now;
                }
            };
            int idles = 0;
            while (state[0] < count)
            {
                if (end.work() + end.subscription.poll(handler, FRAGMENTS_PER_POLL) == 0)
                {
                    idles = idle(idles);
                }
                else
                {
                    idles = 0;
                }
            }
            if (state[1] != (long)count * (count + 1) / 2)
            {
                throw new IllegalStateException("messages were lost, torn or came twice");
            }
            end.received = count;
        }
    }

    static int idle(final int idles)
    {
        if (idles > SPINS_BEFORE_YIELD)
        {
            Thread.yield();
        }
        return idles + 1;
    }

    /** A publication, a subscription, and the driver that moves them when it has no thread of its own. */
    private static final class End implements AutoCloseable
    {
        final UnsafeBuffer message = new UnsafeBuffer(BufferUtil.allocateDirectAligned(65_536, 64));
        volatile long received;
        ExclusivePublication publication;
        Subscription subscription;
        private final MediaDriver driver;
        private final Aeron aeron;
        private final AgentInvoker driverInvoker;
        private final AgentInvoker clientInvoker;
        private final int mtu;
        private final FragmentHandler copy;
        private int copied;
        private int cycles;

        End(final String folder, final boolean isShared, final int mtu, final End other)
        {
            this.mtu = mtu;
            driver = other != null ? null : MediaDriver.launch(new MediaDriver.Context()
                .aeronDirectoryName(folder)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(isShared ? ThreadingMode.SHARED : ThreadingMode.INVOKER)
                .sharedIdleStrategy(new YieldingIdleStrategy())
                .warnIfDirectoryExists(false)
                .socketRcvbufLength(2 * 1024 * 1024)
                .initialWindowLength(128 * 1024)
                .clientLivenessTimeoutNs(STANDSTILL_NS)
                .imageLivenessTimeoutNs(STANDSTILL_NS)
                .publicationConnectionTimeoutNs(STANDSTILL_NS)
                .publicationUnblockTimeoutNs(2 * STANDSTILL_NS)
                .timerIntervalNs(TimeUnit.SECONDS.toNanos(1)));
            driverInvoker = driver == null ? null : driver.sharedAgentInvoker();
            aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(folder)
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driverInvoker)
                .keepAliveIntervalNs(TimeUnit.SECONDS.toNanos(1))
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(STANDSTILL_NS)));
            clientInvoker = aeron.conductorAgentInvoker();
            copy = (buffer, offset, length, header) ->
            {
                message.putBytes(0, buffer, offset, length);
                copied = length;
            };
        }

        String listen()
        {
            subscription = aeron.addSubscription("aeron:udp?endpoint=127.0.0.1:0", STREAM);
            String channel = null;
            while (channel == null)
            {
                work();
                clientInvoker.invoke();
                channel = subscription.tryResolveChannelEndpointPort();
            }
            return channel;
        }

        void publish(final String channel)
        {
            publication = aeron.addExclusivePublication(channel + "|term-length=1m|mtu=" + mtu, STREAM);
        }

        boolean isConnected()
        {
            return publication.isConnected() && subscription.isConnected();
        }

        int work()
        {
            int work = driverInvoker != null ? driverInvoker.invoke() : 0;
            if ((++cycles & CLIENT_WORK_MASK) == 0)
            {
                work += clientInvoker.invoke();
            }
            return work;
        }

        void send(final int length)
        {
            for (int idles = 0; publication.offer(message, 0, length) <= 0; )
            {
                work();
                idles = idle(idles);
            }
        }

        int receive()
        {
            copied = 0;
            for (int idles = 0; ; idles = idle(idles))
            {
                work();
                subscription.poll(copy, 1);
                if (copied > 0)
                {
                    return copied;
                }
            }
        }

        public void close()
        {
            CloseHelper.closeAll(aeron, driver);
        }
    }
}
