using HftDelta.Primitives.Units;

namespace HftDelta.Gateway;

/// <summary>
/// Where egress stores the safe cursor before anything of it goes out, so that a recovery knows what must be there. The
/// gateway does not know the journal; the node wires one to the other. Called on the egress agent's thread.
/// </summary>
public abstract class SafeCursorStore
{
    /// <summary>Keeps nothing: for venues without a journal on disk.</summary>
    public static readonly SafeCursorStore None = new NoStore();

    /// <summary>Stores a cursor that is not below the one before.</summary>
    public abstract void Store(CommandSequence safe);

    private sealed class NoStore : SafeCursorStore
    {
        public override void Store(CommandSequence safe)
        {
        }
    }
}
