import io.aeron.Aeron;
import io.aeron.CncFileDescriptor;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.ErrorLogReader;

/**
 * The official implementation as the other end of an interop test: media driver and client in one process, which talks
 * to the test in lines of text. It ends with its standard input, so that it never outlives the test.
 *
 * Arguments: publish|receive|echo|ping|request|respond, then name=value. A message is a little-endian 64-bit number n,
 * then byte i is 31 * n + i. Words that come in: close and revoke (the stream), stall and go (reading), reject (the first
 * image), end. At the end it says ERRORS and how many distinct errors the driver has logged.
 */
public final class OfficialPeer
{
    // A machine that is busy for seconds must not look like a peer that is gone.
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final long STALLED_NS = 300_000_000L;
    private static final int PERIOD = 256;
    private static volatile boolean isToClose;
    private static volatile boolean isToEnd;
    private static volatile boolean isStalled;
    private static volatile boolean isToReject;
    private static volatile boolean isToRevoke;

    private final Map<String, String> arguments;
    private final String channel;
    private final int stream;
    private final long count;
    private final int length;
    private final UnsafeBuffer message;
    private final UnsafeBuffer ramp;
    private final IdleStrategy idle = new BackoffIdleStrategy(10, 20, 1_000, 200_000);
    private final Map<Integer, Long> expected = new HashMap<>();
    private long received;
    private long missed;
    private boolean isAnswered;

    private OfficialPeer(final Map<String, String> arguments)
    {
        this.arguments = arguments;
        channel = arguments.get("channel");
        stream = number("stream", 1001);
        count = number("count", 0);
        length = number("length", 32);
        int longest = length;
        for (final int size : sizes())
        {
            longest = Math.max(longest, size);
        }

        message = new UnsafeBuffer(ByteBuffer.allocateDirect(longest));
        ramp = new UnsafeBuffer(new byte[longest + PERIOD + Long.BYTES]);
        for (int index = 0; index < ramp.capacity(); index++)
        {
            ramp.putByte(index, (byte)index);
        }
    }

    public static void main(final String[] words)
    {
        final Map<String, String> arguments = new HashMap<>();
        for (int index = 1; index < words.length; index++)
        {
            final int equals = words[index].indexOf('=');
            arguments.put(words[index].substring(0, equals), words[index].substring(equals + 1));
        }

        if (arguments.containsKey("rtt"))
        {
            System.setProperty("aeron.CubicCongestionControl.measureRtt", "true");
        }

        listen();
        final OfficialPeer peer = new OfficialPeer(arguments);
        final MediaDriver.Context context = new MediaDriver.Context()
            .aeronDirectoryName(arguments.get("directory"))
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new BackoffIdleStrategy(10, 20, 1_000, 200_000))
            .clientLivenessTimeoutNs(PATIENCE_NS)
            .publicationUnblockTimeoutNs(2 * PATIENCE_NS)
            .driverTimeoutMs(PATIENCE_NS / 1_000_000)
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true);
        if (peer.number("patient", 1) == 1)
        {
            context.imageLivenessTimeoutNs(PATIENCE_NS).publicationConnectionTimeoutNs(PATIENCE_NS);
        }

        final Aeron.Context client = new Aeron.Context()
            .aeronDirectoryName(arguments.get("directory"))
            .driverTimeoutMs(PATIENCE_NS / 1_000_000)
            .publicationErrorFrameHandler(
                frame -> say("REFUSED " + frame.sessionId() + " " + frame.errorCode() + " " + frame.errorMessage()));
        try (MediaDriver driver = MediaDriver.launch(context))
        {
            try (Aeron aeron = Aeron.connect(client))
            {
                peer.run(words[0], aeron);
            }

            peer.tellErrors(driver);
        }

        System.exit(0);
    }

    private void run(final String role, final Aeron aeron)
    {
        switch (role)
        {
            case "publish" -> publish(aeron);
            case "receive" -> receive(aeron);
            case "echo" -> echo(aeron);
            case "ping" -> ping(aeron);
            case "request" -> request(aeron);
            case "respond" -> respond(aeron);
            default -> say("WRONG role " + role);
        }
    }

    private void publish(final Aeron aeron)
    {
        try (ExclusivePublication publication = aeron.addExclusivePublication(channel, stream))
        {
            for (final String destination : destinations())
            {
                publication.addDestination(destination);
            }

            say("READY " + publication.sessionId());
            long number = 0;
            while (!isToClose && (count == 0 || number < count))
            {
                fill(message, number, length);
                if (!offer(publication, number))
                {
                    break;
                }

                number++;
            }

            say("SENT " + publication.position() + " " + number);
            while (!isToClose)
            {
                idle.idle();
            }

            if (isToRevoke)
            {
                publication.revoke();
            }
        }

        say("CLOSED");
        awaitEnd();
    }

    private boolean offer(final Publication publication, final long number)
    {
        long refusedSince = 0;
        boolean isTold = false;
        idle.reset();
        long result;
        while ((result = publication.offer(message, 0, length)) < 0)
        {
            if (isToClose)
            {
                return false;
            }

            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED)
            {
                say("WRONG offer " + number + " gave " + result);
                return false;
            }

            if (result == Publication.BACK_PRESSURED)
            {
                refusedSince = refusedSince == 0 ? System.nanoTime() : refusedSince;
                if (!isTold && System.nanoTime() - refusedSince > STALLED_NS)
                {
                    isTold = true;
                    say("STALLED " + publication.position());
                }
            }

            idle.idle();
        }

        return true;
    }

    private void receive(final Aeron aeron)
    {
        final FragmentHandler handler = new FragmentAssembler(this::check);
        try (Subscription subscription = aeron.addSubscription(
            channel,
            stream,
            image -> say("IMAGE " + image.sessionId() + " " + image.joinPosition()),
            image -> say("GONE " + image.isEndOfStream() + " " + image.position() +
                (image.isPublicationRevoked() ? " revoked" : ""))))
        {
            for (final String destination : destinations())
            {
                subscription.addDestination(destination);
            }

            if (arguments.containsKey("unread"))
            {
                aeron.addSubscription(
                    arguments.get("unread"), stream, image -> say("JOINED"), image -> say("LEFT"));
            }

            sayResolved(subscription);
            boolean isTold = false;
            while (!isToEnd)
            {
                idle.idle(isStalled ? 0 : subscription.poll(handler, 50));
                if (isToReject)
                {
                    isToReject = false;
                    subscription.imageAtIndex(0).reject("not wanted");
                }

                if (count > 0 && received >= count && !isTold)
                {
                    isTold = true;
                    say("RECEIVED " + received + (isToMiss() ? " " + missed : ""));
                }
            }

            say("TOTAL " + received);
        }
    }

    private void check(final DirectBuffer buffer, final int offset, final int size, final Header header)
    {
        final long number = buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
        final Long wanted = expected.get(header.sessionId());
        if (isToMiss() && wanted != null && number > wanted)
        {
            missed += number - wanted;
        }
        else if (wanted != null && wanted != number)
        {
            say("WRONG message " + number + " instead of " + wanted + " of session " + header.sessionId());
        }

        if (size != length || !isRight(buffer, offset, size, number))
        {
            say("WRONG bytes of message " + number + ", " + size + " bytes");
        }

        if (wanted == null && "true".equals(arguments.get("whole")) && number != 0)
        {
            say("WRONG first message " + number);
        }

        expected.put(header.sessionId(), number + 1);
        received++;
    }

    private boolean isToMiss()
    {
        return "false".equals(arguments.get("complete"));
    }

    private void echo(final Aeron aeron)
    {
        try (Subscription subscription = aeron.addSubscription(channel, stream);
            Publication publication = aeron.addExclusivePublication(arguments.get("reply"), number("replyStream", 1003)))
        {
            final FragmentHandler handler = new FragmentAssembler((buffer, offset, size, header) ->
            {
                idle.reset();
                while (publication.offer(buffer, offset, size) < 0 && !isToEnd)
                {
                    idle.idle();
                }

                received++;
            });
            sayResolved(subscription);
            while (!isToEnd)
            {
                idle.idle(subscription.poll(handler, 10));
            }

            say("TOTAL " + received);
        }
    }

    private void ping(final Aeron aeron)
    {
        try (Subscription subscription = aeron.addSubscription(arguments.get("reply"), number("replyStream", 1003));
            Publication publication = aeron.addExclusivePublication(channel, stream))
        {
            while (!subscription.isConnected() || !publication.isConnected())
            {
                idle.idle();
            }

            say("READY");
            long number = 1_000_000_000_000L;
            for (final int size : sizes())
            {
                final long last = number + count;
                for (; number < last; number++)
                {
                    exchange(subscription, publication, number, size);
                }

                say("ANSWERED " + size + " " + count);
            }
        }

        awaitEnd();
    }

    /** Asks over a response channel: the answers come from control, to this session alone. */
    private void request(final Aeron aeron)
    {
        try (Subscription subscription = aeron.addSubscription(arguments.get("reply"), number("replyStream", 1003));
            Publication publication = aeron.addExclusivePublication(
                channel + "|response-correlation-id=" + subscription.registrationId(), stream))
        {
            while (!subscription.isConnected() || !publication.isConnected())
            {
                idle.idle();
            }

            say("READY");
            for (long number = 0; number < count; number++)
            {
                exchange(subscription, publication, number, length);
            }

            say("ANSWERED " + length + " " + count);
        }

        awaitEnd();
    }

    /** Answers over a response channel. */
    private void respond(final Aeron aeron)
    {
        try (Subscription subscription = aeron.addSubscription(channel, stream))
        {
            sayResolved(subscription);
            while (!subscription.isConnected())
            {
                idle.idle();
            }

            final Image image = subscription.imageAtIndex(0);
            try (Publication publication = aeron.addExclusivePublication(
                arguments.get("reply") + "|response-correlation-id=" + image.correlationId(), number("replyStream", 1003)))
            {
                final FragmentHandler handler = new FragmentAssembler((buffer, offset, size, header) ->
                {
                    idle.reset();
                    while (publication.offer(buffer, offset, size) < 0 && !isToEnd)
                    {
                        idle.idle();
                    }

                    received++;
                });
                while (!isToEnd)
                {
                    idle.idle(image.poll(handler, 10));
                }
            }

            say("TOTAL " + received);
        }
    }

    private void exchange(final Subscription subscription, final Publication publication, final long number, final int size)
    {
        fill(message, number, size);
        idle.reset();
        while (publication.offer(message, 0, size) < 0)
        {
            idle.idle();
        }

        isAnswered = false;
        final FragmentHandler handler = pongs(number, size);
        while (!isAnswered)
        {
            idle.idle(subscription.poll(handler, 10));
        }
    }

    private FragmentHandler pongs(final long number, final int size)
    {
        return new FragmentAssembler((buffer, offset, answerSize, header) ->
        {
            if (answerSize != size || !isRight(buffer, offset, answerSize, number)
                || buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN) != number)
            {
                say("WRONG answer of " + answerSize + " bytes to " + number + " of " + size);
            }

            isAnswered = true;
        });
    }

    private void fill(final UnsafeBuffer buffer, final long number, final int size)
    {
        buffer.putLong(0, number, ByteOrder.LITTLE_ENDIAN);
        buffer.putBytes(Long.BYTES, ramp, rampOffset(number), size - Long.BYTES);
    }

    private boolean isRight(final DirectBuffer buffer, final int offset, final int size, final long number)
    {
        return size >= Long.BYTES && new UnsafeBuffer(buffer, offset + Long.BYTES, size - Long.BYTES)
            .equals(new UnsafeBuffer(ramp, rampOffset(number), size - Long.BYTES));
    }

    private static int rampOffset(final long number)
    {
        return (int)((number * 31) & (PERIOD - 1)) + Long.BYTES;
    }

    private void sayResolved(final Subscription subscription)
    {
        if (arguments.containsKey("destinations"))
        {
            say("READY " + channel);
            return;
        }

        String resolved;
        while ((resolved = subscription.tryResolveChannelEndpointPort()) == null)
        {
            idle.idle();
        }

        say("READY " + resolved);
    }

    private void tellErrors(final MediaDriver driver)
    {
        final MappedByteBuffer cnc = IoUtil.mapExistingFile(driver.context().cncFile(), "cnc");
        final UnsafeBuffer metadata = CncFileDescriptor.createMetaDataBuffer(cnc);
        final int[] errors = new int[1];
        ErrorLogReader.read(
            CncFileDescriptor.createErrorLogBuffer(cnc, metadata),
            (observations, first, last, text) ->
            {
                errors[0]++;
                System.err.println("logged " + observations + " times: " + text);
            });
        System.err.flush();
        IoUtil.unmap(cnc);
        say("ERRORS " + errors[0]);
    }

    private void awaitEnd()
    {
        idle.reset();
        while (!isToEnd)
        {
            idle.idle();
        }
    }

    private int number(final String name, final int otherwise)
    {
        return Integer.parseInt(arguments.getOrDefault(name, Integer.toString(otherwise)));
    }

    private int[] sizes()
    {
        return java.util.Arrays.stream(arguments.getOrDefault("sizes", "32").split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private String[] destinations()
    {
        final String all = arguments.getOrDefault("destinations", "");
        return all.isEmpty() ? new String[0] : all.split(",");
    }

    private static void listen()
    {
        final Thread reader = new Thread(() ->
        {
            try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in)))
            {
                String line;
                while ((line = input.readLine()) != null)
                {
                    switch (line.trim())
                    {
                        case "close" -> isToClose = true;
                        case "revoke" ->
                        {
                            isToRevoke = true;
                            isToClose = true;
                        }
                        case "reject" -> isToReject = true;
                        case "stall" -> isStalled = true;
                        case "go" -> isStalled = false;
                        case "end" ->
                        {
                            isToClose = true;
                            isToEnd = true;
                        }
                        default -> say("WRONG word " + line);
                    }
                }
            }
            catch (final Exception unreadable)
            {
                say("WRONG " + unreadable);
            }

            // Whoever started this process is gone.
            Runtime.getRuntime().halt(1);
        });
        reader.setDaemon(true);
        reader.start();
    }

    private static synchronized void say(final String line)
    {
        System.out.println(line);
        System.out.flush();
    }
}
