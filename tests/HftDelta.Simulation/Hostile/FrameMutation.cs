using System.Buffers.Binary;
using HftDelta.Simulation.Randomness;

namespace HftDelta.Simulation.Hostile;

/// <summary>Twists a datagram: single bits, single fields, its length, what follows it.</summary>
internal static class FrameMutation
{
    // Lengths, offsets and ids at the edges of what is allowed, and far outside.
    private static readonly int[] s_edges =
    [
        0, 1, -1, 8, 31, 32, 33, -32, 63, 64, 1_408, 16_384, 32_768, 65_504, 65_536, -65_536, 65_535, 1 << 20, 1 << 30,
        (1 << 30) + 1, int.MaxValue, int.MaxValue - 31, int.MinValue, int.MinValue + 32, 0x7FFF_FFE0,
    ];

    public static int Edge(SeededRandom random) => random.Pick<int>(s_edges);

    /// <param name="random">Says how.</param>
    /// <param name="buffer">Holds it, and has room for more.</param>
    /// <param name="lengthBytes">Its length.</param>
    /// <returns>Its length afterwards.</returns>
    public static int Apply(SeededRandom random, Span<byte> buffer, int lengthBytes)
    {
        switch (random.NextInRange(0, 6))
        {
            case 0:
                return FlipBits(random, buffer, lengthBytes);
            case 1:
                // Cut anywhere, mostly where headers end.
                return random.Chance(1, 2)
                    ? random.NextInRange(1, lengthBytes)
                    : Math.Min(lengthBytes, random.Pick([1, 4, 7, 8, 12, 19, 27, 31, 35, 36, 39, 43]));
            case 2:
                return Lengthen(random, buffer, lengthBytes);
            case 3:
                Write(buffer, lengthBytes, 0, Near(random, Read(buffer, lengthBytes, 0)));
                return lengthBytes;
            case 4:
                // One of the fields behind the common header, all of which are whole words.
                var at = 8 + (4 * random.NextInRange(0, 7));
                Write(buffer, lengthBytes, at, Near(random, Read(buffer, lengthBytes, at)));
                return lengthBytes;
            case 5:
                WriteHead(random, buffer[..lengthBytes]);
                return lengthBytes;
            default:
                return FlipHeaderBit(random, buffer, lengthBytes);
        }
    }

    private static int FlipBits(SeededRandom random, Span<byte> buffer, int lengthBytes)
    {
        for (var flips = random.NextInRange(1, 8); flips > 0; flips--)
        {
            buffer[random.NextInRange(0, lengthBytes - 1)] ^= (byte)(1 << random.NextInRange(0, 7));
        }

        return lengthBytes;
    }

    private static int FlipHeaderBit(SeededRandom random, Span<byte> buffer, int lengthBytes)
    {
        buffer[random.NextInRange(0, Math.Min(lengthBytes, 40) - 1)] ^= (byte)(1 << random.NextInRange(0, 7));
        return lengthBytes;
    }

    private static int Lengthen(SeededRandom random, Span<byte> buffer, int lengthBytes)
    {
        var most = Math.Min(buffer.Length - lengthBytes, random.Chance(1, 64) ? buffer.Length : 256);
        var more = random.NextInRange(0, most);
        more = random.Chance(1, 2) ? more & ~31 : more;
        if (random.Chance(1, 2))
        {
            random.Fill(buffer.Slice(lengthBytes, more));
        }
        else
        {
            buffer.Slice(lengthBytes, more).Clear();
        }

        return lengthBytes + more;
    }

    private static void WriteHead(SeededRandom random, Span<byte> datagram)
    {
        var at = random.NextInRange(4, 7);
        if (at < datagram.Length)
        {
            datagram[at] = (byte)random.NextInRange(0, random.Chance(1, 2) ? 12 : 255);
        }
    }

    // Somewhere near what stood there, or at an edge.
    private static int Near(SeededRandom random, int value) => random.NextInRange(0, 3) switch
    {
        0 => Edge(random),
        1 => unchecked(value + (32 * random.NextInRange(-4, 4))),
        2 => unchecked(value + random.NextInRange(-2, 2)),
        _ => unchecked(value + (random.Pick([1, -1]) * random.Pick([32_768, 65_536, 1 << 16, 1 << 30]))),
    };

    private static int Read(ReadOnlySpan<byte> buffer, int lengthBytes, int at) =>
        at + sizeof(int) <= lengthBytes ? BinaryPrimitives.ReadInt32LittleEndian(buffer[at..]) : 0;

    private static void Write(Span<byte> buffer, int lengthBytes, int at, int value)
    {
        if (at + sizeof(int) <= lengthBytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(buffer[at..], value);
        }
    }
}
