using HftDelta.Sbe.Schema;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Throws random and mutated frames at a validator and holds it to two things: its verdict is the model's, and reading an
/// accepted frame depends on no byte outside it (it reads the same whatever stands around).
/// </summary>
internal static class HostileFrames
{
    private const int Margin = 256;

    /// <summary>Validates and reads: the printed frame, or null where it is refused.</summary>
    public delegate string? Reader(ReadOnlySpan<byte> frame);

    /// <summary>Runs the frames. What is accepted is also written again, which must give what the model says.</summary>
    /// <returns>How many frames were accepted.</returns>
    public static int Run(
        MessageSchema schema, Message message, int rounds, ulong seed, Reader read, RecodeFrame recode, int soundShare = 0)
    {
        var model = new FrameModel(schema);
        var buffer = new byte[1 << 18];
        int accepted = 0;
        var random = new SplitMix64(seed ^ (ulong)message.Id);
        for (int round = 0; round < rounds; round++)
        {
            ulong state = random.State;
            byte[] frame = round % 8 == 7 ? Noise(ref random) : model.RandomFrame(message, ref random);
            if ((int)(random.Next() % 100) >= soundShare)
                frame = Mutate(frame, ref random);
            string? first = ReadAmid(frame, 0x00, read);
            bool sound = model.IsSound(frame);
            if (sound != first is not null || (sound && ReadAmid(frame, 0xff, read) != first))
            {
                string bytes = Convert.ToHexString(frame);
                Assert.Fail($"{message.Name}, generator state {state}: {bytes} is sound: {sound}, read: {first}");
            }

            if (!sound)
                continue;
            accepted++;
            buffer.AsSpan().Fill(0xa5);
            int length = recode(frame, buffer);
            string expected = Convert.ToHexString(model.Normal(frame));
            if (length < 0 || Convert.ToHexString(buffer.AsSpan(0, length)) != expected)
            {
                string made = length < 0 ? $"code {-length}" : Convert.ToHexString(buffer.AsSpan(0, length));
                string given = Convert.ToHexString(frame);
                Assert.Fail($"{message.Name}, generator state {state}: {given} becomes {made}, not {expected}");
            }
        }

        return accepted;
    }

    private static string? ReadAmid(byte[] frame, byte surrounding, Reader read)
    {
        var memory = new byte[frame.Length + 2 * Margin];
        memory.AsSpan().Fill(surrounding);
        frame.CopyTo(memory, Margin);
        return read(memory.AsSpan(Margin, frame.Length));
    }

    private static byte[] Noise(ref SplitMix64 random)
    {
        var frame = new byte[random.Next() % 200];
        foreach (ref byte one in frame.AsSpan())
            one = (byte)random.Next();
        return frame;
    }

    private static byte[] Mutate(byte[] frame, ref SplitMix64 random)
    {
        int mutations = (int)(random.Next() % 4);
        for (int i = 0; i < mutations && frame.Length > 0; i++)
        {
            int at = (int)(random.Next() % (ulong)frame.Length);
            switch (random.Next() % 7)
            {
                case 0:
                    frame[at] ^= (byte)(1 << (int)(random.Next() % 8));
                    break;
                case 1:
                    frame[at % 8] = (byte)random.Next();
                    break;
                case 2:
                    frame[at] = 0xff;
                    break;
                case 3:
                    frame[at] = 0;
                    break;
                case 4:
                    frame = frame[..at];
                    break;
                case 5:
                    frame = [.. frame, .. frame[..at]];
                    break;
                default:
                    frame[at] = (byte)(frame[at] + 1);
                    break;
            }
        }

        return frame;
    }
}
