namespace HftDelta.Gateway;

/// <summary>
/// Whether new orders are to be refused because the journal has no room for them or its disk is behind. Set by the monitor,
/// read by ingress, which makes a command of every change, so that a replay refuses the same orders. Any thread.
/// </summary>
/// <param name="isRefusing">What the recovered state says.</param>
public sealed class AdmissionSwitch(bool isRefusing = false)
{
    private bool _isRefusing;
    private bool _isHolding;

    /// <summary>What the engine was told last, at start.</summary>
    public bool IsRefusingAtStart { get; } = isRefusing;

    /// <summary>What it is to be.</summary>
    public bool IsRefusing
    {
        get => Volatile.Read(ref _isRefusing);
        set => Volatile.Write(ref _isRefusing, value);
    }

    /// <summary>
    /// Whether what would be refused is not even taken, because a refusal takes room in the journal too and what is left of that
    /// is for cancels and the venue's own commands. Nothing is sequenced for it: who is held back waits.
    /// </summary>
    public bool IsHolding
    {
        get => Volatile.Read(ref _isHolding);
        set => Volatile.Write(ref _isHolding, value);
    }
}
