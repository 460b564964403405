using System.Buffers.Binary;

namespace HftDelta.Aeron.Sockets;

/// <summary>Addresses as the kernel writes them.</summary>
internal static unsafe class LinuxAddresses
{
    /// <summary>Writes up to <see cref="LinuxSockets.AddressBytes"/> bytes.</summary>
    /// <returns>How many; 0 for no address.</returns>
    public static int Write(in SocketEndpoint to, byte* address)
    {
        var bytes = new Span<byte>(address, LinuxSockets.AddressBytes);
        bytes.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], to.Port);
        if (to.IsIPv4)
        {
            *(ushort*)address = LinuxSockets.FamilyIPv4;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], to.IPv4Address);
            return LinuxSockets.AddressBytesIPv4;
        }

        if (to.IsIPv6)
        {
            *(ushort*)address = LinuxSockets.FamilyIPv6;
            to.WriteAddress(bytes[8..]);
            *(uint*)(address + 24) = to.Scope;
            return LinuxSockets.AddressBytesIPv6;
        }

        return 0;
    }

    public static SocketEndpoint Read(byte* address)
    {
        var bytes = new ReadOnlySpan<byte>(address, LinuxSockets.AddressBytes);
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return *(ushort*)address == LinuxSockets.FamilyIPv4
            ? SocketEndpoint.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port)
            : SocketEndpoint.IPv6(bytes.Slice(8, 16), port, *(uint*)(address + 24));
    }
}
