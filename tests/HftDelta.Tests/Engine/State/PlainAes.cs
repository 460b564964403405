namespace HftDelta.Tests.Engine.State;

/// <summary>The slow model: an AES round as FIPS-197 writes it down, byte by byte, and the record hash on top of it.</summary>
internal static class PlainAes
{
    public static byte[] Round(byte[] state, byte[] roundKey)
    {
        var result = new byte[16];
        for (var column = 0; column < 4; column++)
        {
            var shifted = new byte[4];
            for (var row = 0; row < 4; row++)
            {
                shifted[row] = Substitute(state[(((column + row) % 4) * 4) + row]);
            }

            for (var row = 0; row < 4; row++)
            {
                result[(column * 4) + row] = (byte)(
                    Multiply(2, shifted[row]) ^ Multiply(3, shifted[(row + 1) % 4])
                    ^ shifted[(row + 2) % 4] ^ shifted[(row + 3) % 4] ^ roundKey[(column * 4) + row]);
            }
        }

        return result;
    }

    public static byte Substitute(byte value)
    {
        var inverse = 0;
        for (var candidate = 1; candidate < 256; candidate++)
        {
            if (Multiply((byte)candidate, value) == 1)
            {
                inverse = candidate;
            }
        }

        var result = 0;
        for (var bit = 0; bit < 8; bit++)
        {
            var sum = 0x63 >> bit;
            foreach (var other in (int[])[0, 4, 5, 6, 7])
            {
                sum ^= inverse >> ((bit + other) % 8);
            }

            result |= (sum & 1) << bit;
        }

        return (byte)result;
    }

    /// <summary>The record hash of its description, keys given in the order of the digits of pi.</summary>
    public static byte[] RecordHash(byte type, ulong id, byte[] record, byte[][] keys)
    {
        var header = new byte[16];
        BitConverter.TryWriteBytes(header, id);
        BitConverter.TryWriteBytes(header.AsSpan(8), ((ulong)record.Length << 8) | type);
        var padded = new byte[(record.Length + 15) / 16 * 16];
        record.CopyTo(padded, 0);
        var (first, second) = (new byte[16], new byte[16]);
        foreach (var block in (byte[][])[header, .. padded.Chunk(16)])
        {
            byte[] swapped = [.. block[8..], .. block[..8]];
            first = Round(Round(Xor(first, block), keys[0]), keys[1]);
            second = Round(Round(Xor(second, swapped), keys[2]), keys[3]);
        }

        second = Xor(second, Round(Round(first, keys[4]), keys[5]));
        first = Xor(first, Round(Round(second, keys[6]), keys[7]));
        return [.. Round(first, keys[1]), .. Round(second, keys[3])];
    }

    private static byte Multiply(byte left, byte right)
    {
        var product = 0;
        for (var bit = 0; bit < 8; bit++)
        {
            product ^= ((right >> bit) & 1) == 1 ? left << bit : 0;
        }

        for (var bit = 14; bit >= 8; bit--)
        {
            product ^= ((product >> bit) & 1) == 1 ? 0x11B << (bit - 8) : 0;
        }

        return (byte)product;
    }

    private static byte[] Xor(byte[] left, byte[] right) => [.. left.Zip(right, (a, b) => (byte)(a ^ b))];
}
