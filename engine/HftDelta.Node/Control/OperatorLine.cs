using System.Diagnostics.CodeAnalysis;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Rings;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Wire;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>What the venue tells its operator beside the answers to commands on markets.</summary>
internal delegate void OperatorEvent(scoped in RingRecord record);

/// <summary>
/// The operator's connection. Commands on markets, money and rules have one answer each, in the order in which they were sent,
/// because one thread writes the ring, ingress reads it in order and the engine answers in order: so the oldest ticket is the one
/// that is answered. Owner: the operator's thread.
/// </summary>
internal sealed class OperatorLine(InProcessConnection connection)
{
    private readonly Queue<CommandTicket> _unanswered = new();

    /// <summary>Where the next frame is written.</summary>
    public byte[] Buffer { get; } = new byte[RecordEnvelope.FrameLengthMaxBytes];

    /// <summary>The venue gave the connection up: nothing is heard any more.</summary>
    public bool IsCut => connection.IsCut;

    /// <summary>Sends a frame that needs no answer of its own.</summary>
    /// <returns>False when the ring to the venue is full: try again.</returns>
    public bool TrySend(int lengthBytes, bool isOwn) => TrySend(lengthBytes, isOwn, out _);

    /// <param name="lengthBytes">Of the frame in <see cref="Buffer"/>.</param>
    /// <param name="isOwn">Sent for the market's settings, not for a request.</param>
    /// <param name="ticket">Where its answer will be.</param>
    /// <returns>False when the ring to the venue is full: try again.</returns>
    public bool TrySend(int lengthBytes, bool isOwn, [NotNullWhen(true)] out CommandTicket? ticket)
    {
        ticket = null;
        var frame = Buffer.AsSpan(0, lengthBytes);
        if (!connection.TrySend(frame))
        {
            return false;
        }

        InternalSchema.TryPeekHeader(frame, out var header);
        ticket = new CommandTicket((ushort)header.TemplateId, isOwn);
        if (AnsweredCommands.Holds(ticket.TemplateId))
        {
            _unanswered.Enqueue(ticket);
        }

        return true;
    }

    /// <summary>Reads what the venue has said.</summary>
    /// <param name="heard">Told everything but answers to requests.</param>
    public void Read(OperatorEvent heard)
    {
        while (connection.TryPeek(out var record))
        {
            InternalSchema.TryPeekHeader(record.Frame, out var header);
            switch ((ushort)header.TemplateId)
            {
                case CommandAppliedDecoder.TemplateId:
                    var applied = CommandAppliedDecoder.Trusted(record.Frame);
                    Take(applied.CommandTemplateId).Answer(record.Envelope.Sequence, default, applied.Reference);
                    break;
                case CommandRefusedDecoder.TemplateId when IsAnswered(record.Frame):
                    var refused = CommandRefusedDecoder.Trusted(record.Frame);
                    var ticket = Take(refused.CommandTemplateId);
                    ticket.Answer(record.Envelope.Sequence, (RejectCode)refused.Code, refused.Reference);
                    if (ticket.IsOwn)
                    {
                        heard(in record);
                    }

                    break;
                default:
                    heard(in record);
                    break;
            }

            connection.Advance();
        }

        connection.Release();
    }

    private static bool IsAnswered(ReadOnlySpan<byte> refusal) =>
        AnsweredCommands.Holds(CommandRefusedDecoder.Trusted(refusal).CommandTemplateId);

    private CommandTicket Take(ushort templateId)
    {
        var ticket = _unanswered.Dequeue();
        Check.That(ticket.TemplateId == templateId);
        return ticket;
    }
}
