using HftDelta.Engine;
using HftDelta.Engine.State;
using HftDelta.Gateway.Rings;
using HftDelta.Journal.Reading;
using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Node.Replay;

/// <summary>A command that changed some components of the state.</summary>
/// <param name="Sequence">Of the command.</param>
/// <param name="Template">Its schema and template.</param>
/// <param name="Components">Bit n stands for the component of number n + 1.</param>
public readonly record struct ComponentChange(
    CommandSequence Sequence, (int SchemaId, int TemplateId) Template, uint Components);

/// <summary>
/// Keeps which commands since the last equal state changed which components: when a state differs, what made it different is
/// among them, unless so many lie between that the oldest were forgotten. Asks for the hashes after every command, so a replay
/// with it is slower. One thread, that of the replay.
/// </summary>
/// <param name="processor">Whose state it watches.</param>
/// <param name="keptMax">How many commands it keeps, the newest.</param>
public sealed class ComponentWatch(CommandProcessor processor, int keptMax = ComponentWatch.KeptMaxDefault) : ReplayObserver
{
    /// <summary>A thousand times what lies between two hash points; 24 bytes each.</summary>
    public const int KeptMaxDefault = 1 << 20;

    private readonly Queue<ComponentChange> _changes = [];
    private StateComponents _before = processor.StateComponents();
    private CommandSequence _sequence;
    private (int SchemaId, int TemplateId) _template;

    /// <summary>How many commands since the last equal state were forgotten, the oldest.</summary>
    public long ForgottenCount { get; private set; }

    /// <summary>Of those that are kept, the ones that changed a component since the last equal state, oldest first.</summary>
    /// <param name="component">By its name; all commands when it is none of the state's.</param>
    public IReadOnlyList<ComponentChange> ChangesOf(string component)
    {
        var bits = Enum.TryParse<StateRecordType>(component, out var type) ? 1u << ((int)type - 1) : uint.MaxValue;
        return [.. _changes.Where(change => (change.Components & bits) != 0)];
    }

    protected override void OnCommand(in RecordView command)
    {
        HftDeltaSchema.TryPeekHeader(command.Frame, out var header);
        _sequence = command.Sequence;
        _template = (header.SchemaId, header.TemplateId);
    }

    protected override void OnEvent(in RingRecord record)
    {
    }

    protected override void OnCommandEnd(VenueView view)
    {
        var now = processor.StateComponents();
        var bits = 0u;
        for (var index = 0; index < StateComponents.Count; index++)
        {
            bits |= now[index] != _before[index] ? 1u << index : 0;
        }

        _before = now;
        if (_changes.Count == keptMax)
        {
            _changes.Dequeue();
            ForgottenCount++;
        }

        _changes.Enqueue(new ComponentChange(_sequence, _template, bits));
    }

    protected override void OnEqual()
    {
        _changes.Clear();
        ForgottenCount = 0;
    }
}
