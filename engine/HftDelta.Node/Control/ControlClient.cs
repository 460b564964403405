using System.Net.Sockets;
using System.Text.Json;
using HftDelta.Node.Cli;

namespace HftDelta.Node.Control;

/// <summary>Asks a running venue, from outside its process, and waits for the answer.</summary>
internal static class ControlClient
{
    private const int UnreachableError = 2502;
    private const int DeniedError = 2503;
    private const int UnansweredError = 2504;

    /// <summary>The venue answers at the request's time; this much later nobody answers any more.</summary>
    private const int GraceMillis = 3_000;

    /// <exception cref="OperatorException">No venue is there, it may not be asked, or it does not answer.</exception>
    public static ControlAnswer Ask(string path, ControlRequest request)
    {
        using var socket = Connect(path);
        try
        {
            socket.SendTimeout = GraceMillis;
            socket.ReceiveTimeout = request.TimeoutMillis + GraceMillis;
            socket.Send([.. JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Options), (byte)'\n']);
            return Read(socket) ?? throw Unanswered("the venue ended before it answered");
        }
        catch (SocketException fault)
        {
            throw Unanswered($"the venue does not answer: {fault.Message.TrimEnd('.')}", fault);
        }
        catch (JsonException fault)
        {
            throw Unanswered($"the venue's answer is not understood: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    private static Socket Connect(string path)
    {
        var endPoint = ControlSocket.EndPoint(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(endPoint);
            return socket;
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            throw fault.SocketErrorCode == SocketError.AccessDenied
                ? new OperatorException(
                    DeniedError, ExitCode.AuthenticationFailed, $"this user may not open the control socket {path}",
                    "ask as the user who runs the venue: sudo -u USER hftdelta control ...", fault)
                : new OperatorException(
                    UnreachableError, ExitCode.Unreachable, $"no venue listens on the control socket {path}",
                    "name the directory that the venue was started with: hftdelta control --journal DIR, or its --control FILE",
                    fault);
        }
    }

    private static ControlAnswer? Read(Socket socket)
    {
        using var read = new MemoryStream();
        var buffer = new byte[4_096];
        while (true)
        {
            var count = socket.Receive(buffer);
            var end = Array.IndexOf(buffer, (byte)'\n', 0, count);
            read.Write(buffer, 0, end < 0 ? count : end);
            if (end >= 0)
            {
                return JsonSerializer.Deserialize<ControlAnswer>(read.ToArray(), ControlJson.Options);
            }

            if (count == 0)
            {
                return null;
            }
        }
    }

    private static OperatorException Unanswered(string what, Exception? cause = null) => new(
        UnansweredError, ExitCode.Timeout, $"{what}; the outcome is not known",
        "look before you repeat it: hftdelta control status, and hftdelta stat", cause);
}
