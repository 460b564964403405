using System.Buffers.Binary;
using HftDelta.Gateway.Connections;
using HftDelta.Gateway.Sessions;
using HftDelta.Wire;

namespace HftDelta.Gateway.Answers;

/// <summary>
/// Sends reports again: a few in each duty cycle, so that live reports are not held up, and only to a client without
/// backlog. Live reports pass those that are sent again; the flag tells them apart. Owner: the egress agent.
/// </summary>
internal sealed class RetransmissionDesk(SessionStore store, EgressCounters counters)
{
    /// <summary>Reports sent again in one duty cycle, to all connections together.</summary>
    private const int ReportsPerCycleMax = 32;

    private readonly List<ConnectionOutput> _open = [];
    private int _turn;

    /// <summary>The range is available. One retransmission at a time for each connection; ingress sees to it.</summary>
    public void Begin(ConnectionOutput connection, in Answer answer)
    {
        connection.Again = new Retransmission
        {
            Next = answer.First,
            End = answer.First + answer.Second,
            NextRequest = answer.Third,
            After = answer.After,
        };
        _open.Add(connection);
    }

    public int DoWork(ulong nowNanos)
    {
        var count = 0;
        for (var left = _open.Count; left > 0 && count < ReportsPerCycleMax; left--)
        {
            _turn = _turn < _open.Count ? _turn : 0;
            var connection = _open[_turn];
            var sent = connection.IsCut || connection.IsEnding ? 0 : Send(connection, ReportsPerCycleMax - count, nowNanos);
            count += sent;
            if (connection.IsCut || connection.IsEnding || connection.Again.Next == connection.Again.End)
            {
                connection.Again = default;
                connection.RetransmissionDone();
                _open.RemoveAt(_turn);
            }
            else
            {
                _turn++;
            }
        }

        return count;
    }

    private int Send(ConnectionOutput connection, int reportsMax, ulong nowNanos)
    {
        var stream = connection.Reports!;
        ref var again = ref connection.Again;
        if (stream.HasBacklog || (!again.IsAnnounced && !TryAnnounce(connection, nowNanos)))
        {
            return 0;
        }

        Span<byte> buffer = stackalloc byte[SessionStore.ReportLengthMaxBytes];
        var sent = 0;
        while (sent < reportsMax && again.Next < again.End)
        {
            var report = store.Report(connection.Session, again.Next);
            if (report.IsEmpty)
            {
                // Newer reports took its place while the client was not reading.
                var answer = HeadOf(connection, nowNanos);
                var length = AnswerFrames.RetransmitRejected(buffer, in answer, SessionRejectCode.RangeNotAvailable, store);
                if (stream.TryOffer(buffer[..length]) != OfferResult.Later)
                {
                    again.Next = again.End;
                }

                break;
            }

            report.CopyTo(buffer);
            BinaryPrimitives.WriteUInt32LittleEndian(
                buffer[(HftDeltaSchema.HeaderLength + ReportHeaderDecoder.FlagsOffset)..], (uint)ReportFlags.Retransmitted);
            if (stream.TryOffer(buffer[..report.Length]) != OfferResult.Sent)
            {
                break;
            }

            again.Next++;
            sent++;
            counters.Retransmitted.Increment();
        }

        connection.LastSentNanos = sent > 0 ? nowNanos : connection.LastSentNanos;
        return sent;
    }

    private static bool TryAnnounce(ConnectionOutput connection, ulong nowNanos)
    {
        ref var again = ref connection.Again;
        var answer = HeadOf(connection, nowNanos);
        answer.First = again.Next;
        answer.Second = again.End - again.Next;
        Span<byte> buffer = stackalloc byte[AnswerFrames.LengthMaxBytes];
        again.IsAnnounced =
            connection.Reports!.TryOffer(buffer[..AnswerFrames.Retransmission(buffer, in answer)]) == OfferResult.Sent;
        return again.IsAnnounced;
    }

    private static Answer HeadOf(ConnectionOutput connection, ulong nowNanos) =>
        new(AnswerKind.Retransmit, AnswerAddress.InProcess(connection.Session.Value), nowNanos, connection.Again.After)
        {
            Third = connection.Again.NextRequest,
        };
}
