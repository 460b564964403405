using HftDelta.Gateway.Security;
using HftDelta.Primitives.Units;

namespace HftDelta.Gateway.Sessions;

/// <summary>What one account may hold of the places for sessions. Immutable.</summary>
/// <param name="SessionsPerAccountMax">Sessions of one account, open or closed; without an account, of one key.</param>
/// <param name="RetentionNanos">A closed session gives way to another account's after as long, and not before.</param>
public readonly record struct SessionQuota(int SessionsPerAccountMax, ulong RetentionNanos)
{
    /// <summary>No bound but the number of places, and no retention: for venues without a network.</summary>
    public static SessionQuota None => new(int.MaxValue, 0);
}

/// <summary>Who asks for a place, and when.</summary>
internal readonly record struct SessionWish(UInt128 Id, AccountId Account, KeyId Key, TimeNanos Now);
