import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The official implementation as the other end of an interop test: media driver and client in one process, which talks
 * to the test in lines of text. It ends with its standard input, so that it never outlives the test.
 *
 * Arguments: publish|receive channel stream count length directory. Message n has n in its first four bytes, and
 * 31 * n + i in byte i behind them.
 */
public final class OfficialPeer
{
    // A machine that is busy for seconds must not look like a peer that is gone.
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final AtomicReference<String> COMMAND = new AtomicReference<>("");

    private final String channel;
    private final int stream;
    private final int count;
    private final int length;
    private final IdleStrategy idle = new BackoffIdleStrategy(10, 20, 1_000, 200_000);
    private int received;
    private String wrong;

    private OfficialPeer(final String[] arguments)
    {
        channel = arguments[1];
        stream = Integer.parseInt(arguments[2]);
        count = Integer.parseInt(arguments[3]);
        length = Integer.parseInt(arguments[4]);
    }

    public static void main(final String[] arguments)
    {
        listen();
        final MediaDriver.Context context = new MediaDriver.Context()
            .aeronDirectoryName(arguments[5])
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new BackoffIdleStrategy(10, 20, 1_000, 200_000))
            .imageLivenessTimeoutNs(PATIENCE_NS)
            .publicationConnectionTimeoutNs(PATIENCE_NS)
            .clientLivenessTimeoutNs(PATIENCE_NS)
            .publicationUnblockTimeoutNs(2 * PATIENCE_NS)
            .driverTimeoutMs(PATIENCE_NS / 1_000_000)
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true);
        final OfficialPeer peer = new OfficialPeer(arguments);
        final Aeron.Context client = new Aeron.Context()
            .aeronDirectoryName(arguments[5])
            .driverTimeoutMs(PATIENCE_NS / 1_000_000);
        try (MediaDriver driver = MediaDriver.launch(context);
            Aeron aeron = Aeron.connect(client))
        {
            if ("publish".equals(arguments[0]))
            {
                peer.publish(aeron);
            }
            else
            {
                peer.receive(aeron);
            }
        }

        System.exit(0);
    }

    private void publish(final Aeron aeron)
    {
        try (Publication publication = aeron.addPublication(channel, stream))
        {
            say("READY");
            final UnsafeBuffer message = new UnsafeBuffer(new byte[length]);
            for (int number = 0; number < count; number++)
            {
                fill(message, number);
                idle.reset();
                long result;
                while ((result = publication.offer(message)) < 0)
                {
                    if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED)
                    {
                        say("WRONG offer " + number + " gave " + result);
                        return;
                    }

                    idle.idle();
                }
            }

            say("SENT " + publication.position());
            await("close");
        }

        say("CLOSED");
        await("end");
    }

    private void receive(final Aeron aeron)
    {
        final AtomicReference<String> gone = new AtomicReference<>();
        final FragmentHandler handler = new FragmentAssembler((buffer, offset, size, header) -> check(
            new UnsafeBuffer(buffer, offset, size)));
        try (Subscription subscription = aeron.addSubscription(
            channel,
            stream,
            image -> say("IMAGE " + image.sessionId()),
            image -> gone.set("GONE " + image.isEndOfStream() + " " + image.position())))
        {
            String resolved;
            while ((resolved = subscription.tryResolveChannelEndpointPort()) == null)
            {
                idle.idle();
            }

            say("READY " + resolved);
            boolean told = false;
            while (gone.get() == null && wrong == null)
            {
                idle.idle(subscription.poll(handler, 50));
                if (received == count && !told)
                {
                    told = true;
                    say("RECEIVED " + received);
                }
            }

            say(wrong == null ? gone.get() : wrong);
            await("end");
        }
    }

    private void check(final UnsafeBuffer message)
    {
        final UnsafeBuffer expected = new UnsafeBuffer(new byte[length]);
        fill(expected, received);
        if (wrong == null && !expected.equals(message))
        {
            wrong = "WRONG message " + received + " of " + message.capacity() + " bytes";
        }

        received++;
    }

    private static void fill(final UnsafeBuffer message, final int number)
    {
        message.putInt(0, number, ByteOrder.LITTLE_ENDIAN);
        for (int index = 4; index < message.capacity(); index++)
        {
            message.putByte(index, (byte)(31 * number + index));
        }
    }

    private void await(final String command)
    {
        idle.reset();
        while (!command.equals(COMMAND.get()))
        {
            idle.idle();
        }
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
                    COMMAND.set(line.trim());
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
