using HftDelta.Aeron.Driver;
using HftDelta.Runtime.Agents;

namespace HftDelta.Aeron;

/// <summary>
/// The transport within this process: publications and subscriptions, and the agents that move their datagrams. Run either
/// <see cref="Invoker"/> on one thread, perhaps the application's own, or the three others on as many threads as wished, never
/// both. Adding and closing is cold and for any thread; it works before the agents run, but nothing moves until they do.
/// <see cref="Dispose"/> comes last: after the agents have stopped and the application has let go of what it added.
/// </summary>
public sealed class AeronDriver : IDisposable
{
    private readonly DriverContext _context;
    private readonly DriverConductor _conductor;

    /// <exception cref="AeronException">The options cannot be.</exception>
    public AeronDriver(AeronOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!BitConverter.IsLittleEndian)
        {
            throw new AeronException("logs lie in memory as they travel, little-endian: this machine is not");
        }

        options.Validate();
        _context = new DriverContext(options);
        _conductor = new DriverConductor(_context);
        var sender = new DriverSender(_context);
        var receiver = new DriverReceiver(_context);
        Conductor = _conductor;
        Sender = sender;
        Receiver = receiver;
        Invoker = new DriverInvoker(_context, sender, receiver, _conductor);
    }

    public IAgent Conductor { get; }

    public IAgent Sender { get; }

    public IAgent Receiver { get; }

    /// <summary>All three on the caller's thread.</summary>
    public IAgent Invoker { get; }

    /// <summary>
    /// Opens a stream towards a channel such as <c>aeron:udp?endpoint=127.0.0.1:40123</c>, or joins the one that is open to it.
    /// </summary>
    /// <exception cref="AeronException">It cannot be; the message says why and what to do.</exception>
    public Publication AddPublication(string channel, int streamId) =>
        Told(() => _context.AddPublication(channel, streamId));

    /// <summary>Opens a stream of its own session, for one thread.</summary>
    /// <exception cref="AeronException">It cannot be; the message says why and what to do.</exception>
    public ExclusivePublication AddExclusivePublication(string channel, int streamId) =>
        Told(() => _context.AddExclusivePublication(channel, streamId));

    /// <summary>
    /// Listens at a channel such as <c>aeron:udp?endpoint=127.0.0.1:40123</c>; port 0 lets the system choose, and
    /// <see cref="Subscription.LocalEndpoint"/> tells. The socket is bound when this returns.
    /// </summary>
    /// <exception cref="AeronException">It cannot be; the message says why and what to do.</exception>
    public Subscription AddSubscription(string channel, int streamId) =>
        Told(() => _context.AddSubscription(channel, streamId));

    public void Dispose()
    {
        _context.Dispose();
        _conductor.FreeAll();
        _context.CloseDirectory();
    }

    // What an application asks for and does not get is an error for the operator as well.
    private T Told<T>(Func<T> add)
    {
        try
        {
            return add();
        }
        catch (AeronException refusal)
        {
            _context.TellError(refusal.Message);
            throw;
        }
    }
}
