using System.Text;
using HftDelta.Replica.Signing;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Signing;

/// <summary>Published hashes, and addresses from EIP-55.</summary>
[TestFixture]
[CancelAfter(10_000)]
public sealed class Keccak256Tests
{
    [TestCase("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [TestCase("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [TestCase("testing", "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02")]
    [TestCase(
        "The quick brown fox jumps over the lazy dog", "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    [TestCase("Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Known_texts_have_their_published_hashes(string text, string hash) =>
        Assert.That(Keccak256.Compute(Encoding.ASCII.GetBytes(text)), Is.EqualTo(Bytes32.Parse(hash)));

    [Test]
    public void An_instance_begins_anew_after_each_hash_and_takes_its_input_in_pieces()
    {
        var keccak = new Keccak256();
        _ = keccak.Hash("something before"u8);
        keccak.Append("a"u8);
        keccak.Append("bc"u8);

        Assert.That(keccak.Finish(), Is.EqualTo(Keccak256.Compute("abc"u8)));
    }

    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [TestCase("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [TestCase("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [TestCase("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    [TestCase("0x52908400098527886E0F7030069857D2E4169EE7")]
    [TestCase("0xde709f2102306220921060314715629080e2fb77")]
    public void Addresses_are_written_with_the_checksum_of_EIP_55(string address)
    {
        Assert.That(EthereumAddress.Parse(address).ToString(), Is.EqualTo(address));
        Assert.That(EthereumAddress.Parse("0x" + address[2..].ToLowerInvariant()).ToString(), Is.EqualTo(address));
    }

    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")]
    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [TestCase("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00")]
    [TestCase("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAgg")]
    public void Mistyped_addresses_are_refused(string address) =>
        Assert.That(() => EthereumAddress.Parse(address), Throws.InstanceOf<FormatException>());
}
