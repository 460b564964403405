using HftDelta.Runtime.Storage;
using Microsoft.Win32.SafeHandles;

namespace HftDelta.Runtime.Memory;

/// <summary>
/// Makes files whose blocks exist before anybody maps them. Linux: posix_fallocate, which also sets the length and makes the
/// range read as zeros. Elsewhere: the class library's preallocation and then the length.
/// </summary>
internal static class FileReservation
{
    public static SafeFileHandle CreateReserved(string path, long lengthBytes, MappingBackend backend)
    {
        var useSystemCall = backend == MappingBackend.Automatic && LinuxMemory.IsAvailable;
        return Create(
            path, useSystemCall ? 0 : lengthBytes, handle => Reserve(path, handle, lengthBytes, useSystemCall));
    }

    /// <summary>A file of holes.</summary>
    public static SafeFileHandle CreateSparse(string path, long lengthBytes) =>
        Create(path, 0, handle => SetLength(path, handle, lengthBytes));

    private static SafeFileHandle Create(string path, long preallocatedBytes, Action<SafeFileHandle> fill)
    {
        SafeFileHandle handle;
        try
        {
            // The class library removes the file itself when its own preallocation fails.
            handle = File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.None,
                preallocatedBytes);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(refusal, path);
        }

        try
        {
            fill(handle);
            return handle;
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    private static void SetLength(string path, SafeFileHandle handle, long lengthBytes)
    {
        try
        {
            RandomAccess.SetLength(handle, lengthBytes);
        }
        catch (IOException refusal)
        {
            throw StorageException.From(refusal, path);
        }
    }

    private static void Reserve(string path, SafeFileHandle handle, long lengthBytes, bool useSystemCall)
    {
        if (!useSystemCall)
        {
            SetLength(path, handle, lengthBytes);
            return;
        }

        int error;
        do
        {
            error = LinuxMemory.Allocate((int)handle.DangerousGetHandle(), 0, lengthBytes);
        }
        while (error == LinuxMemory.ErrorInterrupted);

        if (error is LinuxMemory.ErrorNoSpace or LinuxMemory.ErrorQuota or LinuxMemory.ErrorFileTooLarge)
        {
            throw new StorageException(
                StorageFault.NoSpace, path, $"{lengthBytes} bytes could not be reserved: {LinuxMemory.ErrorWords(error)}");
        }

        if (error != 0)
        {
            throw new StorageException(
                StorageFault.Refused, path, $"{lengthBytes} bytes could not be reserved: {LinuxMemory.ErrorWords(error)}");
        }
    }
}
