using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Node.Doctor;
using HftDelta.Tests.Node.Cli;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Doctor;

/// <summary><c>hftdelta doctor</c>: what it writes, how it ends, and that it ends on the machine at hand.</summary>
[CancelAfter(30_000)]
internal sealed class DoctorCommandTests
{
    [Test]
    public void A_real_run_looks_at_everything_and_leaves_nothing_behind()
    {
        using var folder = new EmptyFolder();

        var run = Run.Of("doctor", "--journal", folder.Path, "--output", "json");

        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Ok).Or.EqualTo(ExitCode.MachineUnfit), run.Error);
        Assert.That(run.Json.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.doctor/1"));
        var checks = run.Json.GetProperty("checks").EnumerateArray().ToList();
        Assert.That(checks.Select(NameOf), Is.EqualTo(MachineCheck.All.Select(check => check.Name)));
        var sync = checks.Single(check => NameOf(check) == "sync-latency");
        Assert.That(sync.GetProperty("seen").GetString(), Does.Match(@" of \d+$"));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public void A_directory_that_is_not_there_yet_is_judged_by_the_one_above_it_and_not_made()
    {
        using var folder = new EmptyFolder();

        var run = Run.Of("doctor", "--journal", System.IO.Path.Combine(folder.Path, "venue", "journal"), "--output", "json");

        Assert.That(run.Json.GetProperty("journalDirectory").GetString(), Is.EqualTo(folder.Path));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public void A_file_is_no_directory()
    {
        var run = Run.Of("doctor", "--journal", typeof(DoctorCommandTests).Assembly.Location);
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.StartWith("error HD1050: ").And.Contain("is a file, a directory is wanted"));
    }

    [Test]
    public void A_failure_ends_with_its_own_code_and_names_the_check()
    {
        using var machine = new FakeMachine { JournalFreeBytes = 0 };

        var (code, output, error) = RunOn(machine, isStrict: false, isJson: false);

        Assert.That(code, Is.EqualTo(ExitCode.MachineUnfit));
        Assert.That(error, Does.StartWith("error HD1050: this machine is not fit for a venue: journal-space.\n  next: "));
        Assert.That(output, Does.Match(@"(?m)^FAIL  journal-space +0 bytes free.*\n +why: .+\n +mend: .+$"));
    }

    [TestCase(false, ExitCode.Ok)]
    [TestCase(true, ExitCode.MachineUnfit)]
    public void A_warning_is_a_failure_only_when_that_was_asked_for(bool isStrict, ExitCode expected)
    {
        using var machine = new FakeMachine { Cores = [0] };

        var (code, output, _) = RunOn(machine, isStrict, isJson: true);

        Assert.That(code, Is.EqualTo(expected));
        var json = JsonDocument.Parse(output).RootElement;
        Assert.That(json.GetProperty("ok").GetInt32(), Is.EqualTo(MachineCheck.All.Count - 1));
        Assert.That(json.GetProperty("warn").GetInt32(), Is.EqualTo(1));
        Assert.That(json.GetProperty("fail").GetInt32(), Is.Zero);
        var cores = json.GetProperty("checks").EnumerateArray().Single(check => NameOf(check) == "cores");
        Assert.That(cores.GetProperty("status").GetString(), Is.EqualTo("WARN"));
        Assert.That(cores.GetProperty("why").GetString(), Is.Not.Empty);
        Assert.That(cores.GetProperty("mend").GetString(), Does.Contain("taskset"));
    }

    [Test]
    public void Times_of_a_device_are_in_order_and_as_many_as_asked_for()
    {
        using var folder = new EmptyFolder();

        var times = SyncSampler.Measure(folder.Path, 5);

        Assert.That(times.Count, Is.InRange(1, 5));
        Assert.That(times.Median, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(times.Percentile99));
    }

    [Test]
    public void A_directory_that_cannot_be_written_is_a_failure()
    {
        using var machine = new FakeMachine();
        machine.Sync = () => SyncSampler.Measure("/proc/self");
        Assert.That(machine.Look("sync-latency").Status, Is.EqualTo(FindingStatus.Fail));
    }

    private static (ExitCode Code, string Output, string Error) RunOn(FakeMachine machine, bool isStrict, bool isJson)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = DoctorCommand.Run(machine.Machine(), isStrict, new VerbOutput(output, error, isJson));
        return (code, output.ToString(), error.ToString());
    }

    private static string? NameOf(JsonElement check) => check.GetProperty("name").GetString();

    private sealed class EmptyFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("hftdelta-doctor-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
