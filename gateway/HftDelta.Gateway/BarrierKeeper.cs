using HftDelta.Primitives.Units;

namespace HftDelta.Gateway;

/// <summary>
/// Answers barriers: everything that was sequenced before is applied, and everything that came of it is released to those
/// who wait for it. In lockstep the ingress agent also drains pending work and risk computations first. Owner: that agent.
/// </summary>
internal sealed class BarrierKeeper(IngressWiring wiring)
{
    private const long NotApplied = -1;

    /// <summary>A barrier was read: nothing behind it is, until it is answered.</summary>
    public static void Meet(IngressInput input, long number, CommandSequence last) =>
        input.Barrier = new InputBarrier { Number = number, After = last, OutboundSlot = NotApplied };

    /// <summary>Whether the ring may be read; answers its barrier when that has become possible.</summary>
    public bool IsOpen(IngressInput input)
    {
        if (input.Barrier.Number == 0)
        {
            return true;
        }

        if (wiring.IsLockstep)
        {
            return false;
        }

        ref var barrier = ref input.Barrier;
        if (barrier.OutboundSlot == NotApplied)
        {
            if (wiring.Engine.Read().Applied < barrier.After)
            {
                return false;
            }

            // The events of applied commands are shown before the engine says that it applied them.
            barrier.OutboundSlot = wiring.Outbound.Cursor;
        }

        if (wiring.Released.Value < barrier.OutboundSlot || !wiring.Answers.IsEmpty || !wiring.SafeAnswers.IsEmpty
            || !wiring.SessionStates.IsEmpty)
        {
            return false;
        }

        Answer(input);
        return true;
    }

    /// <summary>Whether the engine stands at the last command and egress has released all events of it.</summary>
    public bool HasCaughtUp(CommandSequence last) =>
        wiring.Engine.Read().Applied == last
        && wiring.Released.Value >= wiring.Outbound.Cursor
        && wiring.Answers.IsEmpty
        && wiring.SafeAnswers.IsEmpty;

    public void Answer(IngressInput input)
    {
        wiring.Barriers.Signal(input.Barrier.Number);
        input.Barrier = default;
    }
}
