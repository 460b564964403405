using HftDelta.Wire;

namespace HftDelta.Node.Control;

/// <summary>A command of the operator's on its way, and its answer. Owner: the operator's thread.</summary>
internal sealed class CommandTicket(ushort templateId, bool isOwn)
{
    public ushort TemplateId => templateId;

    /// <summary>Sent for the market's settings, not for a request.</summary>
    public bool IsOwn => isOwn;

    public bool IsAnswered { get; private set; }

    /// <summary>Its place in the journal, once it is answered.</summary>
    public long Sequence { get; private set; }

    /// <summary>Why it was refused, or none.</summary>
    public RejectCode Code { get; private set; }

    public uint Reference { get; private set; }

    public void Answer(long sequence, RejectCode code, uint reference)
    {
        IsAnswered = true;
        Sequence = sequence;
        Code = code;
        Reference = reference;
    }
}
