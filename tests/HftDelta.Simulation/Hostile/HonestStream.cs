using System.Buffers.Binary;
using HftDelta.Aeron;
using HftDelta.Simulation.Transport;

namespace HftDelta.Simulation.Hostile;

/// <summary>
/// A stream of honest peers, whose reader knows every byte that has to come: messages that count up, from one byte behind their
/// number to many fragments. Other sessions that reach the subscription are read and not looked at.
/// </summary>
public sealed class HonestStream : IDisposable
{
    private const int LengthBytesMax = 5_000;
    private const int FragmentsPerTurn = 50;

    private readonly ExclusivePublication _publication;
    private readonly Subscription _subscription;
    private readonly byte[] _message = new byte[LengthBytesMax];
    private readonly byte[] _expected = new byte[LengthBytesMax];
    private FragmentAssembler<Judge> _assembler;

    public HonestStream(ExclusivePublication publication, Subscription subscription)
    {
        _publication = publication;
        _subscription = subscription;
        _assembler = new FragmentAssembler<Judge>(new Judge(this));
    }

    /// <summary>Somebody writes as its publisher: what comes is read and not judged.</summary>
    public bool IsForged { get; init; }

    public KnownStream Name => new(_publication.SessionId, _publication.StreamId);

    public ExclusivePublication Publication => _publication;

    public Subscription Subscription => _subscription;

    public long SentCount { get; private set; }

    public long ReadCount { get; private set; }

    public bool IsComplete => ReadCount == SentCount;

    /// <summary>The image of its own session is there.</summary>
    public bool IsConnected => _publication.IsConnected && _subscription.ImageBySessionId(_publication.SessionId) is not null;

    public void Offer()
    {
        if (_publication.Offer(Message(SentCount, _message)) > 0)
        {
            SentCount++;
        }
    }

    public int Read() => _subscription.Poll(ref _assembler, FragmentsPerTurn);

    public void Dispose()
    {
        _publication.Dispose();
        _subscription.Dispose();
    }

    private static ReadOnlySpan<byte> Message(long number, byte[] room)
    {
        var length = sizeof(long) + (int)(number * 7_919 % (number % 16 == 0 ? LengthBytesMax - sizeof(long) : 400));
        BinaryPrimitives.WriteInt64LittleEndian(room, number);
        for (var index = sizeof(long); index < length; index++)
        {
            room[index] = (byte)((number * 31) + index);
        }

        return room.AsSpan(0, length);
    }

    private void OnMessage(ReadOnlySpan<byte> message, in FragmentHeader header)
    {
        if (IsForged || header.SessionId != _publication.SessionId)
        {
            return;
        }

        if (!message.SequenceEqual(Message(ReadCount, _expected)))
        {
            throw new BrokenRuleException(
                "honest messages come whole and in order",
                $"stream {_publication.StreamId}: not message {ReadCount}, but {message.Length} bytes, number "
                + (message.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(message) : -1));
        }

        ReadCount++;
    }

    private readonly struct Judge(HonestStream stream) : IFragmentHandler
    {
        public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => stream.OnMessage(payload, header);
    }
}
