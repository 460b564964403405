namespace HftDelta.Aeron.Sockets;

/// <summary>What one slot of a <see cref="DatagramBatch"/> holds.</summary>
/// <param name="LengthBytes">Of all that is in it; 0 for an empty datagram, or one of <see cref="DatagramResult"/>.</param>
/// <param name="SegmentLengthBytes">
/// Of one datagram: the system may hand over several of one sender at once, all of this length but the last, which may be
/// shorter.
/// </param>
/// <param name="From">Who sent it.</param>
public readonly record struct DatagramSlot(int LengthBytes, int SegmentLengthBytes, SocketEndpoint From);
