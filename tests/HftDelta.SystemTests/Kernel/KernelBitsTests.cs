using System.Diagnostics;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Kernel;

/// <summary>
/// The kernel gives the same bits in processes that may use different instructions of the processor, and in both builds.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class KernelBitsTests
{
    private const string Samples = "5000";

    [TestCase("DOTNET_EnableHWIntrinsic")]
    [TestCase("DOTNET_EnableAVX2")]
    [TestCase("DOTNET_EnableBMI2")]
    [TestCase("DOTNET_TieredCompilation")]
    public void Switching_something_off_changes_no_bit(string variable)
    {
        Assert.That(Hash(NodeBuild.Own, variable, "0"), Is.EqualTo(Hash(NodeBuild.Own, variable, null)));
    }

    [Test]
    public void Debug_and_release_agree_where_both_are_built()
    {
        var other = Hash(NodeBuild.Other(), "DOTNET_EnableAVX2", null);
        Assert.That(other, Is.EqualTo(Hash(NodeBuild.Own, "DOTNET_EnableAVX2", null)));
    }

    private static string Hash(string binary, string variable, string? value)
    {
        var start = new ProcessStartInfo(VenueProcess.DotnetPath(), [binary, "kernel", "hash", "--samples", Samples])
        {
            RedirectStandardOutput = true,
        };
        start.Environment.Remove(variable);
        if (value is not null)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(output, Does.Match("^tables [0-9a-f]{64}\nresults [0-9a-f]{64}\n$"));
        return output;
    }
}
