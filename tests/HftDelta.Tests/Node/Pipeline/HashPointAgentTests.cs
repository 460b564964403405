using HftDelta.Gateway.Rings;
using HftDelta.Journal.Cursors;
using HftDelta.Node.Pipeline;
using HftDelta.Primitives.Records;
using HftDelta.Primitives.Units;
using HftDelta.Simulation.Storage;
using HftDelta.Wire.Internal;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Pipeline;

/// <summary>State hashes find no room for their next file: the venue goes on without them until there is some.</summary>
[CancelAfter(20_000)]
internal sealed class HashPointAgentTests
{
    private const int TwoPointsBytes = 64 + (2 * 432);

    [Test]
    public void Without_room_points_are_left_out_which_is_told_once_and_recorded_again_when_there_is_some()
    {
        var storage = new VirtualStorage();
        var told = new List<string>();
        using var ring = new FrameRing(64);
        using var log = HashPointLog.OpenOrCreate(storage, Guid.NewGuid(), TwoPointsBytes);
        var agent = new HashPointAgent(ring, log, told.Add);
        Send(ring, agent, 1, 2);
        storage.Faults.IsFull = true;
        Send(ring, agent, 3, 4, 5);
        Assert.That(told, Has.Count.EqualTo(1));
        Assert.That(told[0], Does.StartWith("warning HD2220: ").And.Contain("next: free space"));

        storage.Faults.IsFull = false;
        Send(ring, agent, 6, 7);
        Assert.That(told, Has.Count.EqualTo(2));
        Assert.That(told[1], Does.StartWith("HD2220 is over").And.Contain("3 were left out"));
        Assert.That(HashPointLog.ReadAll(storage).Select(point => point.Sequence.Value), Is.EqualTo(new[] { 1, 2, 6, 7 }));
    }

    private static void Send(FrameRing ring, HashPointAgent agent, params ulong[] sequences)
    {
        var frame = new byte[StateHashPointDecoder.FrameLength];
        foreach (var sequence in sequences)
        {
            StateHashPointEncoder.Wrap(frame).SetCommandSequence(sequence);
            Assert.That(ring.TryWrite(RecordSource.Internal, SessionHandle.None, frame), Is.True);
            Assert.That(agent.DoWork(), Is.EqualTo(1));
        }
    }
}
