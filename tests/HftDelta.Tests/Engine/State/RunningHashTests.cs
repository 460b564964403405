using HftDelta.Engine.State;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.State;

[TestFixture]
[CancelAfter(20_000)]
public sealed class RunningHashTests
{
    private const ulong Seed = 4_711;

    [Test]
    public void Hardware_and_portable_agree_over_a_long_history()
    {
        var words = new SeededWords(Seed);
        var hardware = default(RunningHash);
        var portable = default(RunningHash);
        for (var length = 0; length <= 600; length++)
        {
            var piece = words.Bytes(length);
            hardware.Fold(piece);
            portable.FoldPortable(piece);
            Assert.That(hardware.Value, Is.EqualTo(portable.Value), $"seed {Seed}, length {length}");
        }
    }

    [Test]
    public void Order_of_the_pieces_matters()
    {
        Assert.That(HashOf([1, 2, 3], [4, 5, 6]), Is.Not.EqualTo(HashOf([4, 5, 6], [1, 2, 3])));
    }

    [Test]
    public void Where_the_history_is_cut_into_pieces_matters()
    {
        var whole = HashOf([1, 2, 3, 4]);

        Assert.That(HashOf([1, 2], [3, 4]), Is.Not.EqualTo(whole));
        Assert.That(HashOf([1, 2, 3, 4], []), Is.Not.EqualTo(whole));
        Assert.That(HashOf([1, 2, 3, 4, 0]), Is.Not.EqualTo(whole));
        Assert.That(HashOf(Array.Empty<byte>()), Is.Not.EqualTo(default(RunningHash).Value));
    }

    [Test]
    public void One_bit_long_ago_changes_the_value_for_good()
    {
        var words = new SeededWords(Seed);
        byte[][] pieces = [.. Enumerable.Range(0, 200).Select(_ => words.Bytes(48))];
        var original = HashOf(pieces);
        pieces[0][17] ^= 4;

        Assert.That(HashOf(pieces), Is.Not.EqualTo(original));
    }

    [Test]
    public void Reading_the_value_changes_nothing_and_the_chain_resumes_where_it_was()
    {
        var hash = default(RunningHash);
        hash.Fold([1, 2, 3]);
        var resumed = RunningHash.Resume(hash.Chain);
        Assert.That(hash.Value, Is.EqualTo(resumed.Value));
        hash.Fold([9]);
        resumed.Fold([9]);

        Assert.That(resumed.Value, Is.EqualTo(hash.Value));
        Assert.That(hash.Value, Is.EqualTo(HashOf([1, 2, 3], [9])));
    }

    private static Hash256 HashOf(params byte[][] pieces)
    {
        var hash = default(RunningHash);
        foreach (var piece in pieces)
        {
            hash.Fold(piece);
        }

        return hash.Value;
    }
}
