using HftDelta.Replica.Faults;
using HftDelta.Replica.Signing;
using NUnit.Framework;

namespace HftDelta.Tests.Replica.Signing;

[TestFixture]
[CancelAfter(10_000)]
public sealed class KeyFileTests
{
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";
    private string _folder = "";

    private string PathOfKey => Path.Combine(_folder, "replica.key");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hftdelta-key-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_key_is_made_once_for_development_and_only_its_owner_can_read_it()
    {
        using var made = KeyFile.LoadOrCreateForDevelopment(PathOfKey, out var isCreated);
        using var again = KeyFile.LoadOrCreateForDevelopment(PathOfKey, out var isCreatedAgain);

        Assert.That((isCreated, isCreatedAgain), Is.EqualTo((true, false)));
        Assert.That(again.Address, Is.EqualTo(made.Address));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(PathOfKey), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [TestCase(One)]
    [TestCase("0x" + One + "\n")]
    [TestCase(One + " \t\r\n")]
    public void A_key_of_64_digits_is_taken(string text)
    {
        Write(text, UnixFileMode.UserRead);
        using var signer = KeyFile.Load(PathOfKey);
        Assert.That(signer.Address.ToString(), Is.EqualTo("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"));
    }

    [TestCase("")]
    [TestCase("0x")]
    [TestCase(One + "0")]
    [TestCase(One + One)]
    [TestCase("\uFEFF" + One)]
    [TestCase(One + "\u00A0")]
    [TestCase("zz00000000000000000000000000000000000000000000000000000000000001")]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    public void What_is_no_key_is_refused_without_telling_it(string text)
    {
        Write(text, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var error = Refused(ReplicaFault.KeyInvalid);
        Assert.That(error.Message, Does.Contain(PathOfKey).And.Contain("next:"));
        Assert.That(text.Length < 16 || !error.Message.Contains(text, StringComparison.Ordinal), Is.True);
    }

    [TestCase(UnixFileMode.GroupRead)]
    [TestCase(UnixFileMode.OtherRead)]
    [TestCase(UnixFileMode.OtherWrite)]
    public void A_key_that_others_may_use_is_refused(UnixFileMode others)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("permissions of this kind exist only on Unix");
        }

        Write(One, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.That(Refused(ReplicaFault.KeyExposed).Message, Does.Contain("chmod 600"));
    }

    [Test]
    public void A_key_that_is_not_there_is_refused() => Refused(ReplicaFault.KeyMissing);

    [Test]
    public void A_key_that_cannot_be_made_is_refused()
    {
        var path = Path.Combine(_folder, "no-such-folder", "replica.key");
        var error = Assert.Throws<ReplicaException>(() => KeyFile.LoadOrCreateForDevelopment(path, out _));
        Assert.That(error.Fault, Is.EqualTo(ReplicaFault.KeyUnreadable));
    }

    private ReplicaException Refused(ReplicaFault fault)
    {
        var error = Assert.Throws<ReplicaException>(() => KeyFile.Load(PathOfKey));
        Assert.That(error.Fault, Is.EqualTo(fault));
        Assert.That(error.ExitCode, Is.EqualTo(21));
        return error;
    }

    private void Write(string text, UnixFileMode mode)
    {
        File.WriteAllText(PathOfKey, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOfKey, mode);
        }
    }
}
