using HftDelta.Aeron;
using HftDelta.Aeron.Frames;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Transport;

/// <summary>An application that offers what its plan says. Owner: the run.</summary>
internal sealed class Publisher(PublicationPlan plan, Func<AeronDriver> driver, ScenarioStreams streams, ulong seed)
{
    // Behind everything that the scenario does: what still has to get through when all has come to rest.
    private const int ClosingMessages = 5;

    private readonly SeededRandom _random = new(seed);
    private PublicationBase? _publication;
    private int _offered;
    private ulong _silentUntilNanos;

    public PublicationPlan Plan => plan;

    public SentStream? Stream { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>Everything of the plan but the closing messages was taken.</summary>
    public bool HasOffered => IsClosed || _offered >= plan.MessageCount;

    public bool HasOfferedAll => IsClosed || _offered >= plan.MessageCount + ClosingMessages;

    /// <returns>How many messages were taken.</returns>
    public int Turn(ulong nowNanos, bool isResting)
    {
        if (IsClosed || nowNanos < plan.OpenNanos || nowNanos < _silentUntilNanos)
        {
            return 0;
        }

        if (_publication is null)
        {
            Open(nowNanos);
        }

        var most = plan.MessageCount + (isResting || plan.ClosesAtOnce ? ClosingMessages : 0);
        var taken = 0;
        for (var tries = plan.OffersPerTurn; tries > 0 && _offered < most && Offer(); tries--)
        {
            taken++;
        }

        if (taken > 0 && plan.GapNanos > 0)
        {
            _silentUntilNanos = nowNanos + _random.NextBelow(plan.GapNanos);
        }

        if (plan.ClosesAtOnce && HasOfferedAll)
        {
            Close();
        }

        return taken;
    }

    public void Close()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            if (Stream is not null)
            {
                Stream.OpenPublications--;
            }

            _publication?.Dispose();
        }
    }

    /// <summary>The process is gone; the next turn opens again, with what was not offered yet.</summary>
    public void Forget()
    {
        if (Stream is not null)
        {
            Stream.IsDead = true;
        }

        if (!IsClosed)
        {
            Stream = null;
            _publication = null;
        }
    }

    private void Open(ulong nowNanos)
    {
        var channel = streams.PublicationChannel(plan);
        _publication = plan.IsExclusive
            ? driver().AddExclusivePublication(channel, plan.StreamId)
            : driver().AddPublication(channel, plan.StreamId);
        Stream = streams.Of(plan, _publication, nowNanos);
        Stream.OpenPublications++;
    }

    private bool Offer()
    {
        var stream = Stream!;
        if (stream.EndPosition > TermArithmetic.PositionMax(plan.TermLengthBytes) - plan.TermLengthBytes)
        {
            // In its last term it ends by itself: nobody could tell that it went on to the very end.
            Close();
            return false;
        }

        var message = stream.Message(stream.Count);
        long position;
        do
        {
            position = plan.Claims && message.Length <= _publication!.MaxPayloadLength ? Claim(message) : Append(message);
        }
        while (position == Publication.AdminAction);

        switch (position)
        {
            case > 0:
                stream.Add(position);
                _offered++;
                return true;
            case Publication.Closed:
                throw new BrokenRuleException("an open publication is open");
            default:
                return false;
        }
    }

    private long Append(ReadOnlySpan<byte> message) => _publication switch
    {
        ExclusivePublication exclusive => exclusive.Offer(message),
        Publication shared => shared.Offer(message),
        _ => throw new InvalidOperationException("there are two kinds"),
    };

    private long Claim(ReadOnlySpan<byte> message)
    {
        // One in eight is given up: what was claimed travels as padding.
        if (_random.Chance(1, 8))
        {
            TryClaim(message.Length, out var lost);
            lost.Abort();
        }

        var position = TryClaim(message.Length, out var claim);
        if (position > 0)
        {
            message.CopyTo(claim.Buffer);
            claim.Commit();
        }

        return position;
    }

    private long TryClaim(int length, out BufferClaim claim) => _publication switch
    {
        ExclusivePublication exclusive => exclusive.TryClaim(length, out claim),
        Publication shared => shared.TryClaim(length, out claim),
        _ => throw new InvalidOperationException("there are two kinds"),
    };
}
