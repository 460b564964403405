using System.Text;
using HftDelta.Aeron;
using HftDelta.Simulation.Randomness;
using NUnit.Framework;

namespace HftDelta.Tests.Aeron;

/// <summary>Messages whose length and bytes follow from their number, so that any of them can be recognised.</summary>
internal sealed class TestMessages(ulong seed, int lengthMax)
{
    private readonly byte[] _expected = new byte[lengthMax];
    private readonly byte[] _sent = new byte[lengthMax];

    /// <summary>The bytes of the recorded scenarios: they follow from a seed and the place.</summary>
    public static byte[] Recorded(int seed, int length) =>
        [.. Enumerable.Range(0, length).Select(index => (byte)((seed * 31) + index))];

    public ReadOnlySpan<byte> Sent(int number) => Write(number, _sent);

    public bool Matches(int number, ReadOnlySpan<byte> payload) => payload.SequenceEqual(Write(number, _expected));

    private ReadOnlySpan<byte> Write(int number, byte[] buffer)
    {
        var random = new SplitMix64(SplitMix64.Mix(seed) + (ulong)number);

        // Short ones mostly; every eighth may be as long as allowed, and empty ones come too.
        var most = random.Next() % 8 == 0 ? lengthMax : Math.Min(lengthMax, 200);
        var length = (int)(random.Next() % (ulong)(most + 1));
        var first = (byte)random.Next();
        for (var index = 0; index < length; index++)
        {
            buffer[index] = (byte)(first + (index * 7));
        }

        return buffer.AsSpan(0, length);
    }
}

/// <summary>Checks that message after message is the next one.</summary>
internal struct InOrderHandler(TestMessages messages) : IFragmentHandler
{
    public int Count;

    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header)
    {
        if (!messages.Matches(Count, payload))
        {
            Assert.Fail($"message {Count} has other bytes, {payload.Length} of them, at position {header.Position}");
        }

        Count++;
    }
}

/// <summary>Keeps what came.</summary>
internal readonly struct KeepingHandler() : IFragmentHandler
{
    public List<KeptMessage> Messages { get; } = [];

    public IEnumerable<string> Texts => Messages.Select(message => Encoding.ASCII.GetString(message.Bytes));

    public void OnFragment(ReadOnlySpan<byte> payload, in FragmentHeader header) => Messages.Add(
        new KeptMessage(payload.ToArray(), header.SessionId, header.Position, header.Flags, header.TermOffset));
}

internal sealed record KeptMessage(byte[] Bytes, int SessionId, long Position, byte Flags, int TermOffset);
