namespace HftDelta.Aeron.Channels;

/// <summary>Whether a subscription treats its senders as speaking to a group, as <c>group</c> says.</summary>
public enum GroupSemantics
{
    /// <summary>They do when the address is multicast or the sender's SETUP says so.</summary>
    Inferred = 0,

    /// <summary>They do.</summary>
    Group,

    /// <summary>They do not.</summary>
    Single,
}
