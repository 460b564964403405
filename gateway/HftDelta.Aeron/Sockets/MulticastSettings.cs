using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace HftDelta.Aeron.Sockets;

/// <summary>Joins a group and says how multicast leaves, for both kinds of address and on every system. Cold.</summary>
internal static class MulticastSettings
{
    private const int LinuxLevelIPv4 = 0;
    private const int LinuxLevelIPv6 = 41;
    private const int LinuxAllGroupsIPv4 = 49;
    private const int LinuxAllGroupsIPv6 = 29;
    private const int TimeToLiveMax = 255;

    /// <summary>After the socket was bound.</summary>
    /// <exception cref="AeronException">The group or the interface cannot be.</exception>
    public static void Apply(Socket socket, in DatagramSocketOptions options)
    {
        var isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        RequireKind(options.Group, isIPv6);
        RequireKind(options.Interface, isIPv6);
        if (OperatingSystem.IsLinux())
        {
            HearOnlyOwnGroups(socket, isIPv6);
        }

        try
        {
            if (!options.Interface.IsNone)
            {
                SendBy(socket, options.Interface, isIPv6);
            }

            if (!options.Group.IsNone)
            {
                Join(socket, options.Group, options.Interface, isIPv6);
            }

            var level = isIPv6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;
            if (options.MulticastTimeToLive != 0)
            {
                RequireTimeToLive(options.MulticastTimeToLive);
                socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, options.MulticastTimeToLive);
            }

            if (options.SuppressesMulticastLoop)
            {
                socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, 0);
            }
        }
        catch (SocketException refusal)
        {
            throw new AeronException(
                $"multicast group {options.Group} on interface {options.Interface} was refused: {refusal.Message} "
                + $"({refusal.SocketErrorCode}); name an address of an interface of this machine that can multicast",
                refusal);
        }
    }

    private static void Join(Socket socket, in SocketEndpoint group, in SocketEndpoint by, bool isIPv6)
    {
        if (!group.IsMulticast)
        {
            throw new AeronException($"{group} is no multicast group: those are 224.0.0.0/4 and ff00::/8");
        }

        var address = group.ToIPEndPoint().Address;
        if (isIPv6)
        {
            var option = new IPv6MulticastOption(address, by.IsNone ? 0 : InterfaceIndex(by));
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, option);
        }
        else
        {
            var option = by.IsNone ? new MulticastOption(address) : new MulticastOption(address, by.ToIPEndPoint().Address);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, option);
        }
    }

    // Linux hands a socket that is bound to any address what comes for groups that others on this machine have joined.
    private static void HearOnlyOwnGroups(Socket socket, bool isIPv6)
    {
        try
        {
            socket.SetRawSocketOption(
                isIPv6 ? LinuxLevelIPv6 : LinuxLevelIPv4, isIPv6 ? LinuxAllGroupsIPv6 : LinuxAllGroupsIPv4,
                new byte[sizeof(int)]);
        }
        catch (SocketException)
        {
            // Systems from before the option; streams and sessions still tell frames apart.
        }
    }

    private static void SendBy(Socket socket, in SocketEndpoint by, bool isIPv6)
    {
        if (isIPv6)
        {
            socket.SetSocketOption(
                SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, checked((int)InterfaceIndex(by)));
        }
        else
        {
            var address = BitConverter.ToInt32(by.ToIPEndPoint().Address.GetAddressBytes());
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, address);
        }
    }

    private static long InterfaceIndex(in SocketEndpoint by)
    {
        if (by.Scope != 0)
        {
            return by.Scope;
        }

        var wanted = by.ToIPEndPoint().Address;
        foreach (var candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            var properties = candidate.GetIPProperties();
            foreach (var unicast in properties.UnicastAddresses)
            {
                if (unicast.Address.Equals(wanted))
                {
                    return properties.GetIPv6Properties().Index;
                }
            }
        }

        throw new AeronException($"no interface of this machine has the address {by}: name one of its own");
    }

    private static void RequireKind(in SocketEndpoint address, bool isIPv6)
    {
        if (!address.IsNone && address.IsIPv6 != isIPv6)
        {
            throw new AeronException($"{address} is not of the socket's kind: IPv4 and IPv6 do not mix in one socket");
        }
    }

    private static void RequireTimeToLive(int value)
    {
        if (value is < 0 or > TimeToLiveMax)
        {
            throw new AeronException($"ttl {value} is not from 1 to {TimeToLiveMax}");
        }
    }
}
