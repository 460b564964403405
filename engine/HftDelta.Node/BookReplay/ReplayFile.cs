using System.Text;

namespace HftDelta.Node.BookReplay;

/// <summary>Opens an input file, gzip or plain. What it is, is told by its first bytes, not by its name.</summary>
internal static class ReplayFile
{
    private const int GzipFirst = 0x1F;
    private const int GzipSecond = 0x8B;

    public static Stream Open(string path)
    {
        FileStream? file = null;
        try
        {
            if (Directory.Exists(path)) throw ReplayInputException.In(path, "is a directory, a file is wanted");
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);

            // Devices have no length and no end.
            if (!file.CanSeek || file.Length == 0) throw ReplayInputException.In(path, "is empty, or no regular file");
            var packed = file.ReadByte() == GzipFirst && file.ReadByte() == GzipSecond;
            file.Position = 0;
            return packed ? new WholeGzipStream(file) : file;
        }
        catch (Exception exception) when (IsReadFault(exception))
        {
            file?.Dispose();
            throw Unreadable(path, exception);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public static StreamReader OpenText(string path) => new(Open(path), Encoding.UTF8, true, 1 << 16);

    /// <summary>The next line, or null at the end.</summary>
    public static string? ReadLine(StreamReader reader, string path, long line)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (Exception exception) when (IsReadFault(exception))
        {
            throw Unreadable($"{path}:{line}", exception);
        }
    }

    public static byte[] ReadAll(string path)
    {
        using var stream = Open(path);
        using var bytes = new MemoryStream();
        try
        {
            stream.CopyTo(bytes);
        }
        catch (Exception exception) when (IsReadFault(exception))
        {
            throw Unreadable(path, exception);
        }

        return bytes.ToArray();
    }

    private static bool IsReadFault(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or OutOfMemoryException;

    private static ReplayInputException Unreadable(string place, Exception cause)
    {
        var words = cause switch
        {
            FileNotFoundException or DirectoryNotFoundException => "there is no such file",
            UnauthorizedAccessException => "there is no permission to read it",
            OutOfMemoryException => "it does not fit into memory",
            InvalidDataException => "the gzip data is damaged",
            _ => cause.Message.TrimEnd('.'),
        };
        return new ReplayInputException($"{place}: cannot be read: {words}", cause);
    }
}
