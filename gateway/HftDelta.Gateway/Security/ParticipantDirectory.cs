using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using HftDelta.Wire;

namespace HftDelta.Gateway.Security;

/// <summary>
/// Who may open sessions. Immutable; read by the ingress agent at each negotiation and by nobody on the way of an order.
/// </summary>
public sealed class ParticipantDirectory
{
    /// <summary>Knows nobody: every negotiation is refused.</summary>
    public static readonly ParticipantDirectory Empty = new([]);

    private readonly FrozenDictionary<KeyId, Participant> _byKey;

    /// <exception cref="ArgumentException">A key stands twice, or a trader has no account.</exception>
    public ParticipantDirectory(IEnumerable<Participant> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        var byKey = new Dictionary<KeyId, Participant>();
        foreach (var participant in participants)
        {
            if ((participant.Roles & SessionRoles.Trader) != 0 && participant.Account.Value == 0)
            {
                throw new ArgumentException($"key {participant.Key} may trade and has no account", nameof(participants));
            }

            if (!byKey.TryAdd(participant.Key, participant))
            {
                throw new ArgumentException($"key {participant.Key} stands twice", nameof(participants));
            }
        }

        _byKey = byKey.ToFrozenDictionary();
    }

    public int Count => _byKey.Count;

    public bool TryFind(KeyId key, [NotNullWhen(true)] out Participant? participant) =>
        _byKey.TryGetValue(key, out participant);
}
