using System.Net.Sockets;

namespace HftDelta.Aeron.Sockets;

/// <summary>Opens sockets on the machine's network: by system calls on Linux, by the class library elsewhere.</summary>
/// <param name="portable">The class library everywhere; for tests of it.</param>
public sealed class MachineSocketFactory(bool portable = false) : DatagramSocketFactory
{
    public override DatagramSocket Open(in DatagramSocketOptions options)
    {
        var local = Local(options);
        var socket = new Socket(
            local.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Prepare(socket, local, options);
            return portable || !OperatingSystem.IsLinux()
                ? new PortableDatagramSocket(socket, options.Remote)
                : new LinuxDatagramSocket(socket, options);
        }
        catch (SocketException refusal)
        {
            socket.Dispose();
            throw new AeronException(Words(refusal, local, options.Remote), refusal);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SocketEndpoint Local(in DatagramSocketOptions options)
    {
        if (!options.Local.IsNone)
        {
            var mixed = !options.Remote.IsNone && options.Remote.IsIPv4 != options.Local.IsIPv4;
            return mixed
                ? throw new AeronException(
                    $"socket {options.Local} cannot talk to {options.Remote}: one is IPv4, the other IPv6; use two of a kind")
                : options.Local;
        }

        return options.Remote.AnyOfKind();
    }

    private static void Prepare(Socket socket, in SocketEndpoint local, in DatagramSocketOptions options)
    {
        socket.Blocking = false;
        if (local.IsIPv6)
        {
            // One kind of address per socket: a source always reads as the kind that the channel names.
            socket.DualMode = false;
        }

        if (options.ReceiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = options.ReceiveBufferBytes;
        }

        if (options.SendBufferBytes > 0)
        {
            socket.SendBufferSize = options.SendBufferBytes;
        }

        if (options.ReusesAddress)
        {
            Share(socket);
        }

        socket.Bind(local.ToIPEndPoint());
        MulticastSettings.Apply(socket, options);
        if (!options.Remote.IsNone)
        {
            socket.Connect(options.Remote.ToIPEndPoint());
        }
    }

    // Exactly the option that other drivers set, so that both can share a port: the class library's stands for more on Linux.
    private static void Share(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(LinuxSockets.LevelSocket, LinuxSockets.OptionReuseAddress, BitConverter.GetBytes(1));
        }
        else
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }
    }

    private static string Words(SocketException refusal, in SocketEndpoint local, in SocketEndpoint remote) =>
        refusal.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"UDP port {local} is taken by another socket: choose another port, or 0 to let the system choose",
            SocketError.AddressNotAvailable =>
                $"{local} is not an address of this machine: name one of its own, or 0.0.0.0 for all of them",
            SocketError.AccessDenied =>
                $"UDP port {local} needs rights that this process does not have: choose a port above 1023",
            SocketError.NetworkUnreachable or SocketError.HostUnreachable =>
                $"there is no route from {local} to {remote}: check the endpoint's address",
            _ => $"UDP socket {local} was refused: {refusal.Message} ({refusal.SocketErrorCode})",
        };
}
