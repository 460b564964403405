using System.Net.Sockets;
using System.Text.Json;
using HftDelta.Node.Cli;

namespace HftDelta.Node.Control;

/// <summary>
/// Reads requests of operators from the control socket and writes the answers: one of each for a connection. Never blocks: it is
/// stepped. Owner: the operator's thread.
/// </summary>
internal sealed class ControlServer : IDisposable
{
    /// <summary>Whoever connects when there are as many waits.</summary>
    private const int ConnectionsMax = 16;
    private const int RequestMillisMax = 5_000;
    private const string OwnBinary = "take the venue's own binary";

    private readonly string _path;
    private readonly Socket _listener;
    private readonly ControlDesk _desk;
    private readonly EventLines _events;
    private readonly uint _user;
    private readonly List<ControlConnection> _connections = [];

    /// <param name="path">The socket.</param>
    /// <param name="desk">Who does what is asked for.</param>
    /// <param name="events">Every request is told there.</param>
    /// <param name="user">The user who may command beside the superuser.</param>
    public ControlServer(string path, ControlDesk desk, EventLines events, uint user)
    {
        _path = path;
        _desk = desk;
        _events = events;
        _user = user;
        _listener = ControlSocket.Listen(path);
    }

    /// <summary>Someone is connected: the next step should not be long in coming.</summary>
    public bool IsBusy => _connections.Count > 0;

    public void Step()
    {
        Accept();
        foreach (var connection in _connections)
        {
            Advance(connection);
        }

        _connections.RemoveAll(connection => connection.IsClosed);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        _listener.Dispose();
        File.Delete(_path);
    }

    private void Accept()
    {
        while (_connections.Count < ConnectionsMax)
        {
            try
            {
                var socket = _listener.Accept();
                socket.Blocking = false;
                _connections.Add(new ControlConnection(socket, Environment.TickCount64 + RequestMillisMax));
            }
            catch (SocketException)
            {
                // Nobody is there, or nobody any more.
                return;
            }
        }
    }

    private void Advance(ControlConnection connection)
    {
        try
        {
            if (connection.Work is { } work)
            {
                if (work.Answer is { } answer)
                {
                    Tell(connection, answer);
                    connection.Answer(answer);
                }
            }
            else if (connection.TryReadLine(out var line))
            {
                Take(connection, line);
            }

            connection.Write();
        }
        catch (SocketException)
        {
            // It left; what it had sequenced goes on.
            connection.Dispose();
        }
    }

    private void Take(ControlConnection connection, byte[] line)
    {
        connection.Peer = PeerCredentials.Of(connection.Socket);
        if (connection.Peer.UserId != _user && connection.Peer.UserId != 0)
        {
            Refuse(connection, ControlResult.Denied, $"user {connection.Peer.UserId} may not command this venue",
                $"ask as user {_user}, who runs it");
            return;
        }

        ControlRequest? request;
        try
        {
            request = JsonSerializer.Deserialize<ControlRequest>(line, ControlJson.Options);
        }
        catch (JsonException fault)
        {
            Refuse(connection, ControlResult.Invalid, $"the request is not understood: {fault.Message}", OwnBinary);
            return;
        }

        if (request is null || request.Schema != ControlJson.SchemaName)
        {
            Refuse(connection, ControlResult.Invalid, $"the request is not of {ControlJson.SchemaName}", OwnBinary);
            return;
        }

        connection.Work = _desk.Begin(request);
    }

    private void Refuse(ControlConnection connection, ControlResult result, string what, string next)
    {
        var answer = new ControlAnswer { Result = result, What = what, Next = next };
        Tell(connection, answer);
        connection.Answer(answer);
    }

    private void Tell(ControlConnection connection, ControlAnswer answer)
    {
        var sequence = answer.Commands.Count > 0 ? answer.Commands[^1].Sequence : 0;
        var verb = JsonNamingPolicy.KebabCaseLower.ConvertName(answer.Verb.ToString());
        var result = JsonNamingPolicy.CamelCase.ConvertName(answer.Result.ToString());
        _events.Tell(
            "control",
            $"control: {verb} by user {connection.Peer.UserId} (process {connection.Peer.ProcessId}): {result}"
            + (sequence > 0 ? $", command {TextOutput.Number(sequence)}" : "")
            + (answer.What.Length > 0 ? $": {answer.What}" : ""),
            json =>
            {
                json.WriteString("verb", verb);
                json.WriteString("result", result);
                json.WriteNumber("sequence", sequence);
                json.WriteNumber("userId", connection.Peer.UserId);
                json.WriteNumber("processId", connection.Peer.ProcessId);
                json.WriteString("what", answer.What);
            });
    }
}

/// <summary>One operator's connection: a line in, a line out. Owner: the operator's thread.</summary>
internal sealed class ControlConnection(Socket socket, long deadlineMillis) : IDisposable
{
    private const int WriteMillisMax = 5_000;

    private readonly MemoryStream _read = new();
    private byte[]? _answer;
    private int _written;
    private long _writtenBy;

    public Socket Socket => socket;

    public PeerCredentials Peer { get; set; }

    public ControlWork? Work { get; set; }

    public bool IsClosed { get; private set; }

    public bool TryReadLine(out byte[] line)
    {
        line = [];
        if (_answer is not null || IsClosed)
        {
            return false;
        }

        var buffer = new byte[4_096];
        while (socket.Available > 0 || socket.Poll(0, SelectMode.SelectRead))
        {
            var count = socket.Receive(buffer);
            var end = Array.IndexOf(buffer, (byte)'\n', 0, count);
            _read.Write(buffer, 0, end < 0 ? count : end);
            if (end >= 0)
            {
                line = _read.ToArray();
                return true;
            }

            if (count == 0 || _read.Length > ControlJson.LineBytesMax)
            {
                Dispose();
                return false;
            }
        }

        if (Environment.TickCount64 >= deadlineMillis)
        {
            Dispose();
        }

        return false;
    }

    public void Answer(ControlAnswer answer)
    {
        Work = null;
        _writtenBy = Environment.TickCount64 + WriteMillisMax;
        _answer = [.. JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Options), (byte)'\n'];
    }

    /// <summary>Writes what of the answer the peer takes, and closes behind it.</summary>
    public void Write()
    {
        if (_answer is null || IsClosed)
        {
            return;
        }

        while (_written < _answer.Length)
        {
            var count = socket.Send(_answer.AsSpan(_written), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock && Environment.TickCount64 < _writtenBy)
            {
                return;
            }

            if (error != SocketError.Success)
            {
                break;
            }

            _written += count;
        }

        Dispose();
    }

    public void Dispose()
    {
        IsClosed = true;
        socket.Dispose();
        _read.Dispose();
    }
}
