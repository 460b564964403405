using HftDelta.Gateway.Rings;
using HftDelta.Journal.Cursors;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Agents;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Pipeline;

/// <summary>Records the state hashes that passed the safe cursor, for replays to compare with. Cold; owner: its thread.</summary>
public sealed class HashPointAgent : IAgent
{
    private readonly RecordRingReader _points;
    private readonly HashPointLog _log;

    public HashPointAgent(FrameRing points, HashPointLog log)
    {
        ArgumentNullException.ThrowIfNull(points);
        _points = points.Reader;
        _log = log;
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
            var hash = told.StateHash;
            _log.Append(new HashPoint(
                new CommandSequence((long)told.CommandSequence), hash.Word0, hash.Word1, hash.Word2, hash.Word3));
            _points.Advance();
            count++;
        }

        _points.Release();
        return count;
    }

    public void OnClose()
    {
    }
}
