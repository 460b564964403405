using System.Runtime.Intrinsics;

namespace HftDelta.Engine.State;

/// <summary>
/// A hash of everything folded in so far, one piece after the other: the bytes, the cut into pieces and the order all
/// matter. The engine folds each command and its events; two engines that did the same show the same value.
/// Owner: the engine agent; a mutable struct, keep it in a field. The default value is the empty history.
/// </summary>
public struct RunningHash
{
    private Hash256 _chain;

    /// <summary>The hash of all pieces so far.</summary>
    public readonly Hash256 Value => HardwareAesRound.IsSupported
        ? new AesLanes<HardwareAesRound>(_chain).Finish()
        : new AesLanes<PortableAesRound>(_chain).Finish();

    /// <summary>The inner state, for a snapshot; <see cref="Resume"/> goes on from it.</summary>
    public readonly Hash256 Chain => _chain;

    public static RunningHash Resume(Hash256 chain) => new() { _chain = chain };

    /// <summary>Adds one piece; an empty one counts too.</summary>
    public void Fold(ReadOnlySpan<byte> piece)
    {
        if (HardwareAesRound.IsSupported)
        {
            Fold<HardwareAesRound>(piece);
        }
        else
        {
            Fold<PortableAesRound>(piece);
        }
    }

    /// <summary>The same without AES instructions.</summary>
    public void FoldPortable(ReadOnlySpan<byte> piece) => Fold<PortableAesRound>(piece);

    private void Fold<TRound>(ReadOnlySpan<byte> piece)
        where TRound : struct, IAesRound
    {
        var lanes = new AesLanes<TRound>(_chain);
        lanes.Absorb(Vector128.Create((ulong)(uint)piece.Length, 0UL));
        lanes.Absorb(piece);
        _chain = lanes.Raw;
    }
}
