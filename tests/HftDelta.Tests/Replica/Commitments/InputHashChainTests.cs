using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HftDelta.Primitives.Records;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Tests.Journal;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Commitments;

[TestFixture]
[CancelAfter(10_000)]
public sealed class InputHashChainTests
{
    [Test]
    public void Each_epoch_hashes_the_hash_before_it_and_its_records_as_the_journal_has_them()
    {
        using var chain = new InputHashChain();
        var previous = new byte[32];
        var frame = new byte[RecordEnvelope.FrameLengthMaxBytes];
        long sequence = 0;
        // The third epoch is longer than what is handed over at once; the fourth is its single EpochClose.
        foreach (var records in (int[])[1, 7, 400, 1])
        {
            var input = new List<byte>(previous);
            for (var record = 0; record < records; record++)
            {
                sequence++;
                var length = 8 + (int)(sequence * 37 % 600);
                var envelope = Scribe.Make(sequence, length, (uint)sequence, frame);
                chain.Append(in envelope, frame.AsSpan(0, length));
                input.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<RecordEnvelope>(in envelope)));
                input.AddRange(frame.AsSpan(0, length));
            }

            previous = SHA256.HashData(input.ToArray());
            Assert.That(chain.Close(), Is.EqualTo(Bytes32.From(previous)), $"epoch of {records} records");
        }
    }
}
