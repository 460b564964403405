using System.Runtime.InteropServices;

namespace HftDelta.Aeron.Sockets;

/// <summary>The system calls of a datagram socket on Linux, with the kernel's own constants; it decides nothing.</summary>
internal static unsafe partial class LinuxSockets
{
    public const int DoNotWait = 0x40;
    public const int NoSignal = 0x4000;
    public const int Truncated = 0x20;

    public const int LevelSocket = 1;
    public const int OptionReuseAddress = 2;
    public const int OptionBusyPoll = 46;
    public const int LevelUdp = 17;
    public const int OptionSegment = 103;
    public const int OptionCoalesce = 104;

    public const ushort FamilyIPv4 = 2;
    public const ushort FamilyIPv6 = 10;
    public const int AddressBytesIPv4 = 16;
    public const int AddressBytesIPv6 = 28;

    /// <summary>Room for either kind.</summary>
    public const int AddressBytes = 28;

    public const int ErrorInterrupted = 4;
    public const int ErrorInputOutput = 5;
    public const int ErrorWouldBlock = 11;
    public const int ErrorInvalid = 22;
    public const int ErrorNoDestination = 89;
    public const int ErrorMessageTooLong = 90;
    public const int ErrorNoSuchOption = 92;
    public const int ErrorNotSupported = 95;
    public const int ErrorNetworkDown = 100;
    public const int ErrorNetworkUnreachable = 101;
    public const int ErrorNoBuffers = 105;
    public const int ErrorConnectionRefused = 111;
    public const int ErrorHostDown = 112;
    public const int ErrorHostUnreachable = 113;

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(
        int descriptor, byte* bytes, nuint lengthBytes, int flags, byte* address, int addressLengthBytes);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(
        int descriptor, byte* bytes, nuint lengthBytes, int flags, byte* address, int* addressLengthBytes);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int descriptor, LinuxMessage* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(
        int descriptor, LinuxMessage* messages, uint count, int flags, void* timeout);
}
