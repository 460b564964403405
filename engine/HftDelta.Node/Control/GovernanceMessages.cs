namespace HftDelta.Node.Control;

/// <summary>A key that may speak on parameters, as the engine has it. Immutable.</summary>
public sealed record ControlKey
{
    public required uint KeyId { get; init; }

    public required string Role { get; init; }

    /// <summary>The last number that it has said.</summary>
    public ulong LastSequence { get; init; }

    public required string Address { get; init; }

    /// <summary>What a module may move.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];
}

/// <summary>A parameter with its envelope. Immutable.</summary>
public sealed record ControlParameter
{
    public required string Parameter { get; init; }

    /// <summary>What it belongs to: venue, underlying, instrument, fee schedule or asset.</summary>
    public string Owner { get; init; } = "";

    /// <summary>What its number counts.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Of which underlying, instrument, fee schedule or asset; 0: the venue.</summary>
    public uint Scope { get; init; }

    public uint Row { get; init; }

    public long Value { get; init; }

    /// <summary>Of its envelope; without one, of what it can be at all.</summary>
    public long Minimum { get; init; }

    public long Maximum { get; init; }

    public long StepMax { get; init; }

    public ulong CooldownNanos { get; init; }

    public ulong TimeLockNanos { get; init; }

    /// <summary>0: not since it was set up.</summary>
    public ulong LastChangeTimeNanos { get; init; }

    /// <summary>Without one only governance moves it.</summary>
    public bool HasEnvelope { get; init; }
}

/// <summary>A proposal that waits. Immutable.</summary>
public sealed record ControlProposal
{
    public required uint Proposal { get; init; }

    public required uint KeyId { get; init; }

    public required string Action { get; init; }

    public string Parameter { get; init; } = "";

    /// <summary>As of a parameter.</summary>
    public string Owner { get; init; } = "";

    public string Unit { get; init; } = "";

    public uint Scope { get; init; }

    public uint Row { get; init; }

    public uint Subject { get; init; }

    public long Value { get; init; }

    public long Minimum { get; init; }

    public long Maximum { get; init; }

    public ulong ActivationTimeNanos { get; init; }

    public ulong ActivationSequence { get; init; }
}

/// <summary>A step in the life of a proposal, or a word on all of them. Immutable.</summary>
public sealed record ControlStep
{
    public required string Outcome { get; init; }

    public required string Action { get; init; }

    public uint KeyId { get; init; }

    /// <summary>Of the key.</summary>
    public ulong KeySequence { get; init; }

    /// <summary>0: it got no number.</summary>
    public uint Proposal { get; init; }

    public string Parameter { get; init; } = "";

    /// <summary>As of a parameter.</summary>
    public string Owner { get; init; } = "";

    public uint Scope { get; init; }

    public uint Row { get; init; }

    public uint Subject { get; init; }

    public long Value { get; init; }

    public long Previous { get; init; }

    /// <summary>Why it was refused; empty when it was not.</summary>
    public string Code { get; init; } = "";

    /// <summary>What it ran against, where the code has such.</summary>
    public long Bound { get; init; }

    public ulong ActivationTimeNanos { get; init; }

    public ulong ActivationSequence { get; init; }
}

/// <summary>Governance as the engine has it. Immutable once complete.</summary>
public sealed record ControlGovernance
{
    /// <summary>Setting up is over: parameters change by signed proposals alone.</summary>
    public bool IsSealed { get; init; }

    public bool IsFrozen { get; init; }

    public uint LastProposal { get; init; }

    /// <summary>Of the domain that words are signed in; 0: the venue's market names no governance.</summary>
    public ulong ChainId { get; init; }

    /// <summary>The contract of that domain.</summary>
    public string Contract { get; init; } = "";

    public List<ControlKey> Keys { get; init; } = [];

    public List<ControlProposal> Proposals { get; init; } = [];

    public List<ControlParameter> Parameters { get; init; } = [];
}
