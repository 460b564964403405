using System.Runtime.InteropServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>The kernel's <c>iovec</c>: where bytes are.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LinuxBuffer
{
    public byte* Bytes;
    public nuint LengthBytes;
}

/// <summary>The kernel's <c>msghdr</c>: a message's address, its bytes, what is told beside them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LinuxMessageHeader
{
    public byte* Address;
    public uint AddressLengthBytes;
    public LinuxBuffer* Buffers;
    public nuint BufferCount;
    public LinuxControl* Control;
    public nuint ControlLengthBytes;
    public int Flags;
}

/// <summary>The kernel's <c>mmsghdr</c>: one message of many.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinuxMessage
{
    public LinuxMessageHeader Header;

    /// <summary>How many bytes came or went: written by the kernel.</summary>
    public uint LengthBytes;
}

/// <summary>The kernel's <c>cmsghdr</c> with the one number that it carries here: the length of a segment.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinuxControl
{
    /// <summary>With two bytes of the number, as sending asks for.</summary>
    public static readonly nuint LengthToSend = (nuint)Marshal.OffsetOf<LinuxControl>(nameof(Segment)) + sizeof(ushort);

    public nuint LengthBytes;
    public int Level;
    public int Type;
    public int Segment;
}
