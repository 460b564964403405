namespace HftDelta.Aeron.Sockets;

/// <summary>Where sockets come from: the machine's network or a simulated one. Any thread, cold.</summary>
public abstract class DatagramSocketFactory
{
    /// <summary>The network of the machine.</summary>
    public static DatagramSocketFactory Machine { get; } = new MachineSocketFactory();

    /// <exception cref="AeronException">The address is taken, not of this machine, or otherwise refused.</exception>
    public abstract DatagramSocket Open(in DatagramSocketOptions options);
}
