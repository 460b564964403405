using HftDelta.Aeron.Sockets;
using HftDelta.Runtime.Counters;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// The receivers of a channel with several destinations. Dynamic ones come with their status messages and go when they are
/// silent; manual ones come and go as the application says. Owner: the sender.
/// </summary>
internal sealed class SendDestinations(bool isDynamic, int countMax, Counter shown)
{
    /// <summary>What the application is told of a destination that it did not name.</summary>
    public const long NoRegistration = -1;

    private const long TimeoutNanos = 5_000_000_000;

    private Destination[] _destinations = new Destination[4];
    private int _count;
    private int _first;

    public int Count => _count;

    /// <summary>
    /// Sends to every destination, another one first each time. The system having no room at one of them makes the datagram
    /// leave again later, to all; what fails otherwise concerns that destination alone, and repairs are for it to ask for.
    /// </summary>
    /// <returns>The datagram's length, or <see cref="DatagramResult.WouldBlock"/>.</returns>
    public int TrySend(DatagramSocket socket, ReadOnlySpan<byte> datagram, SenderCounters counters)
    {
        var result = datagram.Length;
        _first = _first + 1 < _count ? _first + 1 : 0;
        for (var step = 0; step < _count; step++)
        {
            var index = _first + step;
            var sent = socket.TrySend(datagram, _destinations[index < _count ? index : index - _count].Address);
            counters.CountSent(sent, datagram.Length);
            if (sent == DatagramResult.WouldBlock)
            {
                result = sent;
            }
        }

        return result;
    }

    /// <summary>Several datagrams, as <see cref="TrySend"/>.</summary>
    /// <returns>How many need not leave again, or <see cref="DatagramResult.WouldBlock"/>.</returns>
    public int TrySendBatch(
        DatagramSocket socket, ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengthsBytes, SenderCounters counters)
    {
        var result = lengthsBytes.Length;
        _first = _first + 1 < _count ? _first + 1 : 0;
        for (var step = 0; step < _count; step++)
        {
            var index = _first + step;
            var sent = socket.TrySendBatch(
                datagrams, lengthsBytes, _destinations[index < _count ? index : index - _count].Address);
            counters.CountSentBatch(sent, lengthsBytes);
            if (sent >= 0)
            {
                result = Math.Min(result, sent);
            }
        }

        return result;
    }

    /// <summary>A receiver is there: it is sent to from now on, or goes on being.</summary>
    /// <returns>False when there are too many.</returns>
    public bool OnStatusMessage(long receiverId, in SocketEndpoint from, long nowNanos)
    {
        for (var index = 0; index < _count; index++)
        {
            ref var known = ref _destinations[index];
            if (isDynamic ? known.ReceiverId == receiverId && known.Address.Port == from.Port : known.Address == from)
            {
                known = known with { ReceiverId = receiverId, LastNanos = nowNanos };
                return true;
            }
        }

        return !isDynamic || Add(new Destination(from, receiverId, nowNanos, NoRegistration));
    }

    /// <summary>A destination that the application names.</summary>
    /// <returns>False when there are too many.</returns>
    public bool Add(in SocketEndpoint address, long registrationId) =>
        Add(new Destination(address, 0, 0, registrationId));

    public void Remove(in SocketEndpoint address)
    {
        for (var index = 0; index < _count; index++)
        {
            if (_destinations[index].Address == address)
            {
                RemoveAt(index);
                return;
            }
        }
    }

    public void Remove(long registrationId)
    {
        for (var index = _count - 1; index >= 0; index--)
        {
            if (_destinations[index].RegistrationId == registrationId)
            {
                RemoveAt(index);
            }
        }
    }

    /// <summary>Which destination of the application's sits at the address.</summary>
    public long RegistrationOf(in SocketEndpoint address)
    {
        for (var index = 0; index < _count; index++)
        {
            if (_destinations[index].Address == address)
            {
                return _destinations[index].RegistrationId;
            }
        }

        return NoRegistration;
    }

    /// <summary>Forgets those that announced themselves and fell silent.</summary>
    public void OnIdle(long nowNanos)
    {
        for (var index = _count - 1; isDynamic && index >= 0; index--)
        {
            if (nowNanos - _destinations[index].LastNanos > TimeoutNanos)
            {
                RemoveAt(index);
            }
        }
    }

    private bool Add(in Destination destination)
    {
        if (_count >= countMax)
        {
            return false;
        }

        if (_count == _destinations.Length)
        {
            Array.Resize(ref _destinations, _count * 2);
        }

        _destinations[_count++] = destination;
        shown.SetRelease(_count);
        return true;
    }

    private void RemoveAt(int index)
    {
        _destinations[index] = _destinations[--_count];
        shown.SetRelease(_count);
    }

    private readonly record struct Destination(SocketEndpoint Address, long ReceiverId, long LastNanos, long RegistrationId);
}
