using HftDelta.Gateway;
using HftDelta.Journal.Cursors;
using HftDelta.Primitives.Units;

namespace HftDelta.Node.Pipeline;

/// <summary>Stores the safe cursor where recovery looks for it.</summary>
internal sealed class JournalCursorStore(SafeCursorFile file) : SafeCursorStore
{
    public override void Store(CommandSequence safe) => file.Store(safe);
}
