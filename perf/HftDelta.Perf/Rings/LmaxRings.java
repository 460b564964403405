import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.LifecycleAware;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.YieldingWaitStrategy;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The LMAX Disruptor in the shapes of the suite "ring", as its own performance tests use it: preallocated events, batch event
 * processors, the yielding wait strategy. Reads one order a line and answers each with one line:
 *   rate SHAPE BATCH COUNT MODE  -> NANOS n    from the start until every consumer has read COUNT messages
 *   trips COUNT                  -> NANOS n    the mean of COUNT round trips through two rings
 * MODE says how both sides wait: "next" leaves it to the library and its yielding strategy; "look" is the same, but the producer
 * asks for room and yields; with "pause" both pause between looks, and with "long" longer. The other side of the comparison
 * waits in the same ways.
 */
public final class LmaxRings {
    private static final int SIZE = 4096;
    private static final int TRIP_SIZE = 64;
    private static final int SPINS = 100;
    private static final int PAUSES = 16;
    private static final int LONG_PAUSES = 64;
    private static final Worker[] WORKERS = new Worker[4];

    private LmaxRings() {
    }

    /** Two words, as in the message of the other side. */
    static final class Message {
        long sequence;
        long check;
    }

    /** A thread that lives as long as the process, so that it can be given a core. */
    static final class Worker extends Thread {
        private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();

        Worker(int index) {
            super("ring-" + index);
            setDaemon(true);
        }

        void give(Runnable loop) {
            work.add(loop);
        }

        @Override
        public void run() {
            try {
                while (true) {
                    work.take().run();
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static final class Summer implements EventHandler<Message>, LifecycleAware {
        private final CyclicBarrier start;
        private final long count;
        private long seen;
        private long sum;
        private BatchEventProcessor<Message> processor;
        volatile long began;
        volatile long ended;

        Summer(CyclicBarrier start, long count) {
            this.start = start;
            this.count = count;
        }

        @Override
        public void onEvent(Message message, long sequence, boolean endOfBatch) {
            sum += message.sequence ^ message.check;
            if (++seen == count) {
                ended = System.nanoTime();
                processor.halt();
            }
        }

        @Override
        public void onStart() {
            await(start);
            began = System.nanoTime();
        }

        @Override
        public void onShutdown() {
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < WORKERS.length; i++) {
            WORKERS[i] = new Worker(i);
            WORKERS[i].start();
        }
        System.out.println("READY LMAX Disruptor");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ");
            System.out.println("NANOS " + (words[0].equals("trips")
                ? trips(Integer.parseInt(words[1]))
                : rate(words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]), words[4])));
        }
    }

    private static int[][] consumersOf(String shape) {
        switch (shape) {
            case "one-to-one":
            case "three-to-one":
                return new int[][] {{}};
            case "one-to-three":
                return new int[][] {{}, {}, {}};
            case "pipeline":
                return new int[][] {{}, {0}, {1}};
            case "diamond":
                return new int[][] {{}, {}, {0, 1}};
            default:
                throw new IllegalArgumentException(shape);
        }
    }

    private static long rate(String shape, int batch, long count, String mode) throws InterruptedException {
        int producers = shape.equals("three-to-one") ? 3 : 1;
        int[][] before = consumersOf(shape);
        RingBuffer<Message> ring = producers == 1
            ? RingBuffer.createSingleProducer(Message::new, SIZE, strategyOf(mode))
            : RingBuffer.createMultiProducer(Message::new, SIZE, strategyOf(mode));
        CyclicBarrier start = new CyclicBarrier(producers + before.length);
        CountDownLatch done = new CountDownLatch(producers + before.length);
        Summer[] summers = new Summer[before.length];
        Sequence[] sequences = new Sequence[before.length];
        boolean[] isLast = new boolean[before.length];
        Arrays.fill(isLast, true);
        for (int i = 0; i < before.length; i++) {
            Sequence[] waitsFor = new Sequence[before[i].length];
            for (int j = 0; j < waitsFor.length; j++) {
                waitsFor[j] = sequences[before[i][j]];
                isLast[before[i][j]] = false;
            }
            SequenceBarrier barrier = ring.newBarrier(waitsFor);
            summers[i] = new Summer(start, count);
            summers[i].processor = new BatchEventProcessor<>(ring, barrier, summers[i]);
            sequences[i] = summers[i].processor.getSequence();
        }
        for (int i = 0; i < before.length; i++) {
            if (isLast[i]) {
                ring.addGatingSequences(sequences[i]);
            }
        }
        for (int i = 0; i < producers; i++) {
            long share = count / producers + (i < count % producers ? 1 : 0);
            WORKERS[i].give(() -> {
                await(start);
                produce(ring, batch, share, mode);
                done.countDown();
            });
        }
        for (int i = 0; i < before.length; i++) {
            Summer summer = summers[i];
            WORKERS[producers + i].give(() -> {
                summer.processor.run();
                done.countDown();
            });
        }
        done.await();
        long began = Long.MAX_VALUE;
        long ended = Long.MIN_VALUE;
        for (Summer summer : summers) {
            if (summer.sum != -count) {
                throw new IllegalStateException("the ring lost or tore a message");
            }
            began = Math.min(began, summer.began);
            ended = Math.max(ended, summer.ended);
        }
        return ended - began;
    }

    private static WaitStrategy strategyOf(String mode) {
        int pauses = pausesOf(mode);
        return pauses > 0 ? new PausingWaitStrategy(pauses) : new YieldingWaitStrategy();
    }

    private static int pausesOf(String mode) {
        switch (mode) {
            case "next":
            case "look":
                return 0;
            case "pause":
                return PAUSES;
            case "long":
                return LONG_PAUSES;
            default:
                throw new IllegalArgumentException(mode);
        }
    }

    private static void produce(RingBuffer<Message> ring, int batch, long count, String mode) {
        boolean looks = !mode.equals("next");
        int pauses = pausesOf(mode);
        for (long written = 0; written < count;) {
            int n = (int) Math.min(batch, count - written);
            if (looks) {
                awaitRoom(ring, n, pauses);
            }
            if (n == 1) {
                long sequence = ring.next();
                write(ring, sequence, written++);
                ring.publish(sequence);
            } else {
                long highest = ring.next(n);
                for (long sequence = highest - n + 1; sequence <= highest; sequence++) {
                    write(ring, sequence, written++);
                }
                ring.publish(highest - n + 1, highest);
            }
        }
    }

    private static void awaitRoom(RingBuffer<Message> ring, int n, int pauses) {
        for (int spins = 0; !ring.hasAvailableCapacity(n); spins++) {
            if (spins > SPINS) {
                Thread.yield();
            } else {
                pause(pauses);
            }
        }
    }

    private static void pause(int pauses) {
        for (int i = 0; i < pauses; i++) {
            Thread.onSpinWait();
        }
    }

    /** Spins with pauses between looks, then yields. */
    static final class PausingWaitStrategy implements WaitStrategy {
        private final int pauses;

        PausingWaitStrategy(int pauses) {
            this.pauses = pauses;
        }

        @Override
        public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException {
            long available;
            for (int spins = 0; (available = dependent.get()) < sequence; spins++) {
                barrier.checkAlert();
                if (spins > SPINS) {
                    Thread.yield();
                } else {
                    pause(pauses);
                }
            }
            return available;
        }

        @Override
        public void signalAllWhenBlocking() {
        }
    }

    private static void write(RingBuffer<Message> ring, long sequence, long number) {
        Message message = ring.get(sequence);
        message.sequence = number;
        message.check = ~number;
    }

    private static long trips(int count) throws InterruptedException {
        RingBuffer<Message> ping = RingBuffer.createSingleProducer(Message::new, TRIP_SIZE, new YieldingWaitStrategy());
        RingBuffer<Message> pong = RingBuffer.createSingleProducer(Message::new, TRIP_SIZE, new YieldingWaitStrategy());
        CyclicBarrier start = new CyclicBarrier(2);
        CountDownLatch done = new CountDownLatch(2);
        Trips trips = new Trips(start, ping, count);
        Echo echo = new Echo(start, pong, count);
        trips.processor = new BatchEventProcessor<>(pong, pong.newBarrier(), trips);
        echo.processor = new BatchEventProcessor<>(ping, ping.newBarrier(), echo);
        pong.addGatingSequences(trips.processor.getSequence());
        ping.addGatingSequences(echo.processor.getSequence());
        WORKERS[0].give(() -> {
            echo.processor.run();
            done.countDown();
        });
        WORKERS[1].give(() -> {
            trips.processor.run();
            done.countDown();
        });
        done.await();
        return (trips.ended - trips.began) / count;
    }

    /** Sends a number, and the next when it has come back. */
    static final class Trips implements EventHandler<Message>, LifecycleAware {
        private final CyclicBarrier start;
        private final RingBuffer<Message> out;
        private final int count;
        private int seen;
        private BatchEventProcessor<Message> processor;
        private long began;
        private long ended;

        Trips(CyclicBarrier start, RingBuffer<Message> out, int count) {
            this.start = start;
            this.out = out;
            this.count = count;
        }

        @Override
        public void onEvent(Message message, long sequence, boolean endOfBatch) {
            if (message.sequence != seen) {
                throw new IllegalStateException("another message than the one sent");
            }
            if (++seen < count) {
                send(out, seen);
            } else {
                ended = System.nanoTime();
                processor.halt();
            }
        }

        @Override
        public void onStart() {
            await(start);
            began = System.nanoTime();
            send(out, 0);
        }

        @Override
        public void onShutdown() {
        }
    }

    static final class Echo implements EventHandler<Message>, LifecycleAware {
        private final CyclicBarrier start;
        private final RingBuffer<Message> out;
        private final int count;
        private int seen;
        private BatchEventProcessor<Message> processor;

        Echo(CyclicBarrier start, RingBuffer<Message> out, int count) {
            this.start = start;
            this.out = out;
            this.count = count;
        }

        @Override
        public void onEvent(Message message, long sequence, boolean endOfBatch) {
            send(out, message.sequence);
            if (++seen == count) {
                processor.halt();
            }
        }

        @Override
        public void onStart() {
            await(start);
        }

        @Override
        public void onShutdown() {
        }
    }

    private static void send(RingBuffer<Message> ring, long number) {
        long sequence = ring.next();
        ring.get(sequence).sequence = number;
        ring.publish(sequence);
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }
}
