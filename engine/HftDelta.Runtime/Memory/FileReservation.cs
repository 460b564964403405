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
                useSystemCall ? 0 : lengthBytes);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(refusal, path);
        }

        try
        {
            Reserve(path, handle, lengthBytes, useSystemCall);
            return handle;
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    private static void Reserve(string path, SafeFileHandle handle, long lengthBytes, bool useSystemCall)
    {
        if (!useSystemCall)
        {
            try
            {
                RandomAccess.SetLength(handle, lengthBytes);
                return;
            }
            catch (IOException refusal)
            {
                throw StorageException.From(refusal, path);
            }
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
