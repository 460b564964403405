using System.Numerics;

namespace HftDelta.Simulation.Network;

/// <summary>Arrays of powers of two that are used again, so that a warm network allocates nothing.</summary>
internal sealed class DatagramBuffers
{
    private const int SmallestShift = 6;
    private const int LargestShift = 16;

    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(SmallestShift, LargestShift - SmallestShift + 1)
        .Select(_ => new Stack<byte[]>())];

    public byte[] Rent(int lengthBytes)
    {
        var shift = Math.Max(SmallestShift, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)lengthBytes)));
        return _free[shift - SmallestShift].TryPop(out var buffer) ? buffer : new byte[1 << shift];
    }

    public void Return(byte[] buffer) => _free[BitOperations.Log2((uint)buffer.Length) - SmallestShift].Push(buffer);
}
