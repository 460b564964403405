using System.Diagnostics;
using HftDelta.Gateway;
using HftDelta.Gateway.Connections;
using HftDelta.Node;
using HftDelta.Primitives;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Wire.Internal;

namespace HftDelta.Perf.Pipeline;

/// <summary>
/// Lists a <see cref="FlowMarket"/> at a venue on threads: as its operator, and as its oracle over a connection within the
/// process. Owner: one thread.
/// </summary>
internal sealed class MarketDesk
{
    private readonly Venue _venue;
    private readonly InProcessConnection _oracle;
    private readonly Action _throwIfStopped;
    private readonly TimeSpan _deadline;

    /// <param name="venue">Opened, and not started yet.</param>
    /// <param name="throwIfStopped">Called while it waits.</param>
    /// <param name="deadline">How long a command may take.</param>
    public MarketDesk(Venue venue, Action throwIfStopped, TimeSpan deadline)
    {
        _venue = venue;
        _throwIfStopped = throwIfStopped;
        _deadline = deadline;
        _oracle = venue.Connect(new SessionHandle(FlowMarket.OracleSession), source: RecordSource.Oracle);
    }

    /// <summary>After the venue was started.</summary>
    /// <param name="begin">Venue time at which options begin to live.</param>
    /// <param name="addMore">Adds to the market of the flow; null: nothing.</param>
    public FlowMarket SetUp(TimeNanos begin, Action<FlowMarket>? addMore = null)
    {
        var market = new FlowMarket(Send, begin);
        FlowMaker.SetUp(market, Settle);
        if (addMore is not null)
        {
            addMore(market);
            Settle();
        }

        return market;
    }

    /// <summary>A report of the oracle from any one thread, once the market is set up. What comes back is dropped.</summary>
    public void Report(ReadOnlySpan<byte> frame)
    {
        Check.That(_oracle.TrySend(frame));
        while (_oracle.TryPeek(out _))
        {
            _oracle.Advance();
        }

        _oracle.Release();
    }

    private void Send(RecordSource source, SessionHandle session, ReadOnlySpan<byte> frame)
    {
        var connection = source == RecordSource.Oracle ? _oracle : _venue.Operator;
        var accepted = _venue.IngressCounters.Of(FrameResult.Accepted);
        var before = accepted.Value;
        var began = Stopwatch.GetTimestamp();
        Check.That(connection.TrySend(frame));

        // One at a time: ingress reads the rings of operator and oracle in its own order.
        while (accepted.Value == before)
        {
            _throwIfStopped();
            Check.That(Stopwatch.GetElapsedTime(began) < _deadline);
            Thread.Yield();
        }
    }

    private void Settle()
    {
        _venue.Settle(_deadline);
        while (_venue.Operator.TryPeek(out var record))
        {
            if (InternalSchema.TryPeekHeader(record.Frame, out var header)
                && header.TemplateId == CommandRefusedDecoder.TemplateId)
            {
                Check.Never("the venue refused to list the market");
            }

            _venue.Operator.Advance();
        }

        _venue.Operator.Release();
    }
}
