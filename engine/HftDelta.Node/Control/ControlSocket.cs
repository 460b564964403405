using System.Net.Sockets;
using HftDelta.Node.Cli;

namespace HftDelta.Node.Control;

/// <summary>
/// Where a venue takes the commands of its operators: a socket in the file system, which only the venue's own user may open.
/// </summary>
internal static class ControlSocket
{
    public const string FileName = "control.sock";

    /// <summary>Linux keeps no longer name of a socket, and a zero behind it.</summary>
    public const int PathBytesMax = 107;

    private const int PathError = 2501;
    private const int Backlog = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="OperatorException">The name is too long.</exception>
    public static UnixDomainSocketEndPoint EndPoint(string path)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(path);
        return bytes <= PathBytesMax
            ? new UnixDomainSocketEndPoint(path)
            : throw new OperatorException(
                PathError, ExitCode.Usage,
                $"the control socket {path} has a name of {bytes} bytes, and {PathBytesMax} are possible",
                "name a shorter one with --control FILE, to start and to control alike");
    }

    /// <summary>Makes the socket and listens. One that a killed venue left is taken over.</summary>
    /// <exception cref="OperatorException">Something else is there, or none can be made.</exception>
    public static Socket Listen(string path)
    {
        var endPoint = EndPoint(path);
        RemoveStale(path, endPoint);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);

            // Nobody can connect before it listens.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, OwnerOnly);
            }

            socket.Listen(Backlog);
            socket.Blocking = false;
            return socket;
        }
        catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new OperatorException(
                PathError, ExitCode.Usage, $"the control socket {path} cannot be made: {fault.Message.TrimEnd('.')}",
                "name another place with --control FILE, on a file system of this machine", fault);
        }
    }

    private static void RemoveStale(string path, UnixDomainSocketEndPoint endPoint)
    {
        if (!File.Exists(path))
        {
            return;
        }

        if (IsRegularFile(path))
        {
            throw new OperatorException(
                PathError, ExitCode.Usage, $"--control {path} is a file", "name one that is not there, or leave the option out");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            return;
        }

        throw new OperatorException(
            PathError, ExitCode.Usage, $"another venue is listening on the control socket {path}",
            "stop it, or name another file");
    }

    private static bool IsRegularFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
