using HftDelta.Gateway.Connections;
using HftDelta.Node.Demo.Markets;
using HftDelta.Node.Demo.Participants;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Demo;

/// <summary>The oracle sources, each with its own session: says at each step what their feeds say. Owner: the driver.</summary>
internal sealed class OracleDesk(IReadOnlyList<OracleSession> sessions, DemoTally tally)
{
    private readonly byte[] _buffer = new byte[RecordEnvelope.FrameLengthMaxBytes];

    /// <summary>The first price of every source, so that instruments can be listed.</summary>
    public void Begin()
    {
        foreach (var session in sessions)
        {
            Report(session, session.Feed.First, DemoTiming.Start);
        }
    }

    public void Report(int step)
    {
        foreach (var session in sessions)
        {
            if (session.Feed.TryReport(step, out var price))
            {
                Report(session, price, DemoTiming.At(step));
            }
        }
    }

    /// <summary>Reads refusals.</summary>
    public void Read()
    {
        foreach (var session in sessions)
        {
            while (session.Connection.TryPeek(out var record))
            {
                HftDeltaSchema.TryPeekHeader(record.Frame, out var header);
                tally.OracleReportsRefused += header.TemplateId == OracleReportRefusedDecoder.TemplateId ? 1 : 0;
                session.Connection.Advance();
            }

            session.Connection.Release();
        }
    }

    private void Report(OracleSession session, PriceTicks price, TimeNanos time)
    {
        var sequence = ++session.Sequence;
        var message = OracleReportEncoder.Wrap(_buffer).SetSourceId(session.Feed.Source)
            .SetUnderlyingId(session.Feed.Underlying.Id.Value).SetSourceSequence(sequence).SetSourceTime(time.Value)
            .SetPrice(price.Value).SetSignature([]);
        RequestHeaderEncoder.Wrap(_buffer.AsSpan(HftDeltaSchema.HeaderLength))
            .SetSessionHandle(session.Connection.Session.Value).SetSequence(sequence).SetSendingTime(time.Value);
        FrameSender.Send(session.Connection, _buffer.AsSpan(0, message.EncodedLength));
        tally.OracleReportsSent++;
    }
}

/// <summary>A source and its connection.</summary>
internal sealed class OracleSession(OracleFeed feed, InProcessConnection connection)
{
    public OracleFeed Feed => feed;

    public InProcessConnection Connection => connection;

    /// <summary>Of the last report: its request and its own numbering are the same here.</summary>
    public ulong Sequence { get; set; }
}
