using HftDelta.Primitives.Units;

namespace HftDelta.Node.Pipeline;

/// <summary>The engine could not apply a command. It stops there, and nobody steps past it.</summary>
public sealed class EngineStoppedException : Exception
{
    private const int Number = 2309;

    public EngineStoppedException()
    {
    }

    public EngineStoppedException(string message)
        : base(message)
    {
    }

    public EngineStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public EngineStoppedException(CommandSequence sequence, int templateId, Exception cause)
        : base($"the engine stopped at command {sequence} (template {templateId}): {cause?.Message}", cause)
    {
        Sequence = sequence;
        TemplateId = templateId;
    }

    /// <summary>The command that was not applied in full.</summary>
    public CommandSequence Sequence { get; }

    public int TemplateId { get; }

    /// <summary>The whole text for a terminal.</summary>
    public string ToOperatorText() =>
        $"error HD{Number}: {Message.TrimEnd('.')}.\n"
        + $"  the journal is whole, and nobody was told that this command was applied.\n"
        + $"  next: hftdelta replay DIR --to {Sequence.Value - 1} shows the state before it; hftdelta journal quarantine DIR "
        + $"{Sequence.Value} takes it out. Keep the journal and report it.";
}
