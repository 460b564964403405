using System.Runtime.InteropServices;

namespace HftDelta.Runtime.Memory;

/// <summary>
/// The system calls of mapped memory on 64-bit Linux, with the kernel's own constants. Nothing here decides anything:
/// <see cref="NativeRegion"/> and <see cref="MappedFile"/> do.
/// </summary>
internal static unsafe partial class LinuxMemory
{
    public const int ProtectRead = 1;
    public const int ProtectWrite = 2;
    public const int MapShared = 0x01;
    public const int MapPrivate = 0x02;
    public const int MapAnonymous = 0x20;
    public const int AdviceHugePage = 14;
    public const int AdvicePopulateWrite = 23;
    public const int SyncAndWait = 4;

    public const int ErrorInterrupted = 4;
    public const int ErrorNoSpace = 28;
    public const int ErrorFileTooLarge = 27;
    public const int ErrorNotSupported = 95;
    public const int ErrorQuota = 122;
    public const int ErrorInvalid = 22;

    public const int OpenReadOnly = 0;
    public const int OpenDirectory = 0x10000;
    public const int AdviceFileWillNeed = 3;

    public static readonly byte* MapFailed = (byte*)-1;

    public static bool IsAvailable => OperatingSystem.IsLinux() && nint.Size == 8;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* Map(
        void* address, nuint lengthBytes, int protection, int flags, int fileDescriptor, long offsetBytes);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(byte* address, nuint lengthBytes);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(byte* address, nuint lengthBytes, int advice);

    [LibraryImport("libc", EntryPoint = "msync", SetLastError = true)]
    public static partial int Sync(byte* address, nuint lengthBytes, int flags);

    [LibraryImport("libc", EntryPoint = "mlock", SetLastError = true)]
    public static partial int Lock(byte* address, nuint lengthBytes);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int SyncFile(int fileDescriptor);

    /// <summary>Returns the error number itself, 0 for success.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int Allocate(int fileDescriptor, long offsetBytes, long lengthBytes);

    /// <summary>Length 0: to the end. Returns the error number itself, 0 for success.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    public static partial int AdviseFile(int fileDescriptor, long offsetBytes, long lengthBytes, int advice);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fileDescriptor);

    /// <summary>What the last call was refused for, in words, such as "Cannot allocate memory (12)".</summary>
    public static string LastErrorWords() => ErrorWords(Marshal.GetLastPInvokeError());

    public static string ErrorWords(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} ({error})";
}
