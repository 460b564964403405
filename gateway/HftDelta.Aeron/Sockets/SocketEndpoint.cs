using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace HftDelta.Aeron.Sockets;

/// <summary>
/// An IPv4 or IPv6 address and a port, as a value: one comes with every datagram, so nothing is allocated for it. An IPv4
/// address that a socket reports as mapped into IPv6 is told as IPv4. The default value is no address at all.
/// </summary>
public readonly struct SocketEndpoint : IEquatable<SocketEndpoint>
{
    private const byte FamilyIPv4 = 4;
    private const byte FamilyIPv6 = 6;
    private const int AddressBytes = 16;

    // As on the wire, the first address byte in the highest bits; IPv4 fills the low 32 bits of the low word.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly byte _family;

    private SocketEndpoint(byte family, ulong high, ulong low, uint scope, ushort port)
    {
        _family = family;
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
    }

    public static SocketEndpoint AnyIPv4 => IPv4(0, 0);

    public bool IsNone => _family == 0;

    public bool IsIPv4 => _family == FamilyIPv4;

    public bool IsIPv6 => _family == FamilyIPv6;

    public ushort Port => _port;

    /// <summary>The interface that a link-local IPv6 address belongs to; 0 otherwise.</summary>
    public uint Scope => _scope;

    /// <summary>The IPv4 address as a number, 127.0.0.1 being 0x7F000001.</summary>
    public uint IPv4Address => (uint)_low;

    public bool IsAny => !IsNone && _high == 0 && _low == 0;

    public bool IsLoopback => IsIPv4 ? _low >> 24 == 127 : IsIPv6 && _high == 0 && _low == 1;

    public bool IsMulticast => IsIPv4 ? _low >> 28 == 0xE : IsIPv6 && _high >> 56 == 0xFF;

    /// <summary>
    /// Who is counted as one sender: an IPv4 address, or the first half of an IPv6 one, for a network has all the others. Without
    /// port.
    /// </summary>
    public SocketEndpoint Site => new(_family, _high, IsIPv6 ? 0 : _low, _scope, 0);

    public static bool operator ==(in SocketEndpoint left, in SocketEndpoint right) => left.Equals(right);

    public static bool operator !=(in SocketEndpoint left, in SocketEndpoint right) => !left.Equals(right);

    public static SocketEndpoint IPv4(uint address, ushort port) => new(FamilyIPv4, 0, address, 0, port);

    public static SocketEndpoint Loopback(int port = 0) => IPv4(0x7F00_0001, checked((ushort)port));

    /// <summary>An address of 16 bytes in the order of the wire.</summary>
    public static SocketEndpoint IPv6(ReadOnlySpan<byte> address, ushort port, uint scope = 0)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(address);
        var low = BinaryPrimitives.ReadUInt64BigEndian(address[sizeof(ulong)..]);
        return high == 0 && low >> 32 == 0xFFFF
            ? IPv4((uint)low, port)
            : new SocketEndpoint(FamilyIPv6, high, low, scope, port);
    }

    public static SocketEndpoint From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[AddressBytes];
        Span<byte> written = address.TryWriteBytes(bytes, out var count) ? bytes[..count] : [];
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? IPv6(written, checked((ushort)port), checked((uint)address.ScopeId))
            : IPv4(BinaryPrimitives.ReadUInt32BigEndian(written), checked((ushort)port));
    }

    public static SocketEndpoint From(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return From(endpoint.Address, endpoint.Port);
    }

    /// <summary>Numbers only, such as 127.0.0.1:40123 or [::1]:40123; names are resolved by the channel.</summary>
    public static SocketEndpoint Parse(string text) => From(IPEndPoint.Parse(text));

    public SocketEndpoint WithPort(int port) => new(_family, _high, _low, _scope, checked((ushort)port));

    /// <summary>All addresses of the same kind, without port.</summary>
    public SocketEndpoint AnyOfKind() => IsIPv6 ? new(FamilyIPv6, 0, 0, 0, 0) : AnyIPv4;

    /// <summary>The same address, whatever the ports.</summary>
    public bool HasAddressOf(in SocketEndpoint other) =>
        _low == other._low && _high == other._high && _family == other._family && _scope == other._scope;

    /// <summary>Writes the 16 bytes of an IPv6 address, or the 16 bytes that stand for an IPv4 one in IPv6.</summary>
    public void WriteAddress(Span<byte> sixteenBytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(sixteenBytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(sixteenBytes[sizeof(ulong)..], IsIPv4 ? (0xFFFFUL << 32) | _low : _low);
    }

    /// <exception cref="InvalidOperationException">There is no address.</exception>
    public IPEndPoint ToIPEndPoint()
    {
        if (IsNone)
        {
            throw new InvalidOperationException("there is no address");
        }

        Span<byte> bytes = stackalloc byte[AddressBytes];
        WriteAddress(bytes);
        var address = IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, _scope);
        return new IPEndPoint(address, _port);
    }

    public bool Equals(SocketEndpoint other) => _port == other._port && HasAddressOf(other);

    public override bool Equals(object? obj) => obj is SocketEndpoint other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low, _scope, _port, _family);

    /// <summary>"ip:port", the form in which an image names its source.</summary>
    public override string ToString() => IsNone ? "none" : ToIPEndPoint().ToString();
}
