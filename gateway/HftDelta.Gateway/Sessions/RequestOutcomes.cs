using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Sessions;

/// <summary>
/// Where ingress finds how a request ended, to answer its duplicate. The engine keeps outcomes in its state; what is known
/// here is what somebody carried over. Called on the ingress agent's thread, for duplicates only.
/// </summary>
public abstract class RequestOutcomes
{
    /// <summary>Knows none: duplicates are answered with "no longer kept".</summary>
    public static readonly RequestOutcomes None = new NoOutcomes();

    public abstract bool TryGet(SessionHandle session, ulong requestSequence, out OrderId order, out ushort rejectCode);

    private sealed class NoOutcomes : RequestOutcomes
    {
        public override bool TryGet(SessionHandle session, ulong requestSequence, out OrderId order, out ushort rejectCode)
        {
            order = default;
            rejectCode = 0;
            return false;
        }
    }
}
