using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace HftDelta.Primitives.Collections;

/// <summary>
/// The last frames of many owners, each frame under its place in its owner's sequence, in native memory that follows their real
/// lengths. Owner: whoever made it; one writer. No allocation after construction.
/// <list type="bullet">
/// <item>An owner's last <c>framesPerOwner</c> frames are kept, or fewer, the last ones that together take no more than
/// <c>bytesPerOwner</c>: a new frame drops the oldest until both hold. What is kept follows from the lengths alone.</item>
/// <item>An owner's bytes are a ring with room behind it for a frame that begins before its end, so that every frame lies in one
/// piece. What such a frame takes at the beginning of the ring stays unused, and counts as used.</item>
/// </list>
/// Bounds of the unchecked accesses: owners are below the capacity, which every method checks; a place is the sequence modulo
/// their number; an offset is below the ring's length.
/// </summary>
public sealed unsafe class FrameHistory : IDisposable
{
    private const int UsualFrameBytes = 128;

    private readonly NativeSlab<Owner> _owners;
    private readonly NativeSlab<Place> _places;
    private readonly NativeSlab<byte> _bytes;
    private readonly uint _framesPerOwner;
    private readonly uint _ringBytes;
    private readonly uint _frameMaxBytes;

    /// <param name="owners">Owners are below this.</param>
    /// <param name="framesPerOwner">The most frames kept of one; a power of two.</param>
    /// <param name="bytesPerOwner">What they may take together; at least the longest frame.</param>
    /// <param name="frameLengthMaxBytes">The longest frame.</param>
    public FrameHistory(int owners, int framesPerOwner, int bytesPerOwner, int frameLengthMaxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameLengthMaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerOwner, frameLengthMaxBytes);
        if (!int.IsPow2(framesPerOwner))
        {
            throw new ArgumentException("must be a power of two", nameof(framesPerOwner));
        }

        _framesPerOwner = (uint)framesPerOwner;
        _ringBytes = (uint)bytesPerOwner;
        _frameMaxBytes = (uint)frameLengthMaxBytes;
        _owners = new NativeSlab<Owner>(owners);
        _places = new NativeSlab<Place>(checked(owners * framesPerOwner));
        _bytes = new NativeSlab<byte>(checked(owners * (bytesPerOwner + frameLengthMaxBytes)));
    }

    /// <summary>Owners are below this.</summary>
    public int Capacity => _owners.Capacity;

    /// <summary>Memory of all owners.</summary>
    public long LengthBytes => _owners.LengthBytes + _places.LengthBytes + _bytes.LengthBytes;

    /// <summary>The first frame that is kept of the owner; the next one to come if none is.</summary>
    public ulong FirstOf(uint owner) => _owners.At(owner).Dropped + 1;

    /// <summary>The frame that comes next: 1 at the beginning.</summary>
    public ulong NextOf(uint owner) => _owners.At(owner).Last + 1;

    /// <summary>Forgets the owner's frames: its sequence begins, or goes on, with this one.</summary>
    public void Restart(uint owner, ulong next)
    {
        Check.That(next > 0);
        _owners.At(owner) = new Owner { Dropped = next - 1, Last = next - 1 };
    }

    /// <summary>Asks the memory for where the owner's next frame will lie; any owner may be asked for.</summary>
    public void Prefetch(uint owner)
    {
        if (!Sse.IsSupported || owner >= (uint)_owners.Capacity) return;
        ref readonly var state = ref _owners[owner];
        var next = BytesAt(owner, state.Offset);
        Sse.Prefetch0(next);
        Sse.Prefetch0(next + UsualFrameBytes);
        Sse.Prefetch0(_places.Pointer + (owner * _framesPerOwner) + (uint)((state.Last + 1) & (_framesPerOwner - 1)));
    }

    /// <param name="owner">Whose.</param>
    /// <param name="sequence">The next one of the owner.</param>
    /// <param name="frame">It is copied.</param>
    public void Keep(uint owner, ulong sequence, ReadOnlySpan<byte> frame)
    {
        ref var state = ref _owners.At(owner);
        var length = (uint)frame.Length;
        Check.That(sequence == state.Last + 1);
        Check.That(length <= _frameMaxBytes);
        if (state.Last - state.Dropped == _framesPerOwner)
        {
            DropFirst(owner, ref state);
        }

        while (state.UsedBytes + length > _ringBytes)
        {
            DropFirst(owner, ref state);
        }

        PlaceOf(owner, sequence) = new Place { Offset = state.Offset, Length = length };
        frame.CopyTo(new Span<byte>(BytesAt(owner, state.Offset), (int)length));
        state.Last = sequence;
        state.UsedBytes += length;
        state.Offset += length;
        state.Offset -= state.Offset >= _ringBytes ? _ringBytes : 0;
    }

    /// <summary>A frame that is kept; empty when it is too old or still to come.</summary>
    public ReadOnlySpan<byte> Find(uint owner, ulong sequence)
    {
        ref readonly var state = ref _owners.At(owner);
        if (sequence <= state.Dropped || sequence > state.Last)
        {
            return default;
        }

        var place = PlaceOf(owner, sequence);
        return new ReadOnlySpan<byte>(BytesAt(owner, place.Offset), (int)place.Length);
    }

    public void Dispose()
    {
        _owners.Dispose();
        _places.Dispose();
        _bytes.Dispose();
    }

    private void DropFirst(uint owner, ref Owner state) => state.UsedBytes -= PlaceOf(owner, ++state.Dropped).Length;

    private ref Place PlaceOf(uint owner, ulong sequence) =>
        ref _places[(owner * _framesPerOwner) + (uint)(sequence & (_framesPerOwner - 1))];

    private byte* BytesAt(uint owner, uint offset) =>
        _bytes.Pointer + ((nuint)owner * (_ringBytes + _frameMaxBytes)) + offset;

    [StructLayout(LayoutKind.Sequential)]
    private struct Owner
    {
        /// <summary>The sequence before the first frame that is kept.</summary>
        public ulong Dropped;
        public ulong Last;

        /// <summary>Where the next frame begins.</summary>
        public uint Offset;
        public uint UsedBytes;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Place
    {
        public uint Offset;
        public uint Length;
    }
}
