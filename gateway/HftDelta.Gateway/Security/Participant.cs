using HftDelta.Primitives.Units;
using HftDelta.Wire;

namespace HftDelta.Gateway.Security;

/// <summary>What a client names itself by when it negotiates.</summary>
public readonly record struct KeyId(ulong Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Whom a key belongs to, and what its sessions may do.</summary>
/// <param name="Key">The key.</param>
/// <param name="Account">The account that its sessions trade for; 0 for one that holds none, such as an oracle source.</param>
/// <param name="Roles">What its sessions may send.</param>
public sealed record Participant(KeyId Key, AccountId Account, SessionRoles Roles);
