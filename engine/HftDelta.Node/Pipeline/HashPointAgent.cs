using HftDelta.Engine.State;
using HftDelta.Gateway.Rings;
using HftDelta.Journal.Cursors;
using HftDelta.Journal.Faults;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Engines;
using HftDelta.Runtime.Agents;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Pipeline;

/// <summary>
/// Records hashes of state and history that passed the safe cursor, for replays to compare with. Without room on the device
/// points are left out, which costs a replay a comparison and the venue nothing; that is told when it begins and when it is over.
/// Cold.
/// </summary>
public sealed class HashPointAgent : IAgent
{
    private readonly RecordRingReader _points;
    private readonly HashPointLog _log;
    private readonly Action<string> _tell;
    private long _leftOut;

    public HashPointAgent(FrameRing points, HashPointLog log, Action<string> tell)
    {
        ArgumentNullException.ThrowIfNull(points);
        _points = points.Reader;
        _log = log;
        _tell = tell;
    }

    public string RoleName => "hash-points";

    public void OnStart()
    {
    }

    public int DoWork()
    {
        var count = 0;
        while (_points.TryPeek(out var record))
        {
            var told = StateHashPointDecoder.Trusted(record.Frame);
            var components = ComponentsOf(in told);
            Record(StateComparison.PointOf(
                new CommandSequence((long)told.CommandSequence), in components, HashOf(told.RunningHash)));
            _points.Advance();
            count++;
        }

        _points.Release();
        return count;
    }

    public void OnClose()
    {
    }

    private void Record(in HashPoint point)
    {
        try
        {
            _log.Append(in point);
        }
        catch (JournalException refusal) when (refusal.Fault == JournalFault.NoSpace)
        {
            if (_leftOut++ == 0)
            {
                _tell($"warning HD{(int)JournalFault.NoSpace}: {refusal.InnerException?.Message ?? refusal.Message}\n"
                    + "  state hashes are left out until there is room; the venue goes on without them.\n"
                    + "  next: free space on the device; it is tried again by itself.");
            }

            return;
        }

        if (_leftOut > 0)
        {
            _tell($"HD{(int)JournalFault.NoSpace} is over: state hashes are recorded again, {_leftOut:N0} were left out.");
            _leftOut = 0;
        }
    }

    private static StateComponents ComponentsOf(in StateHashPointDecoder told)
    {
        var components = default(StateComponents);
        components.Set(StateRecordType.Venue, HashOf(told.Venue));
        components.Set(StateRecordType.Underlying, HashOf(told.Underlyings));
        components.Set(StateRecordType.Instrument, HashOf(told.Instruments));
        components.Set(StateRecordType.Account, HashOf(told.Accounts));
        components.Set(StateRecordType.Position, HashOf(told.Positions));
        components.Set(StateRecordType.Order, HashOf(told.Orders));
        components.Set(StateRecordType.Session, HashOf(told.Sessions));
        components.Set(StateRecordType.PendingWork, HashOf(told.PendingWork));
        components.Set(StateRecordType.RiskInputs, HashOf(told.RiskInputs));
        components.Set(StateRecordType.Parameter, HashOf(told.Parameters));
        components.Set(StateRecordType.OracleSource, HashOf(told.OracleSources));
        return components;
    }

    private static Hash256 HashOf(in Hash256Decoder words) => new(words.Word0, words.Word1, words.Word2, words.Word3);
}
