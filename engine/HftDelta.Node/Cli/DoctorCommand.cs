using System.CommandLine;
using System.Text;
using HftDelta.Node.Doctor;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta doctor</c>: whether this machine is fit for a venue, check by check, with what mends it. Needs no superuser,
/// changes nothing, and leaves nothing behind; the one thing it writes is what it times.
/// </summary>
public static class DoctorCommand
{
    private const int UnfitError = 1050;

    private static readonly Option<string?> JournalOption = new("--journal")
    {
        Description = "The directory of the journal, or where it will be. Without it: the present one.",
        HelpName = "DIR",
    };

    private static readonly Option<bool> StrictOption = new("--strict")
    {
        Description = "A warning counts as a failure.",
    };

    public static Command Create()
    {
        var command = new Command("doctor", "Whether this machine is fit for a venue: OK, WARN or FAIL with the mend.")
        {
            JournalOption,
            StrictOption,
        };
        command.SetAction(result =>
        {
            var journal = ExistingPartOf(Path.GetFullPath(result.GetValue(JournalOption) ?? "."));
            return (int)Run(
                new Machine { JournalDirectory = journal },
                result.GetValue(StrictOption),
                new VerbOutput(
                    result.InvocationConfiguration.Output,
                    result.InvocationConfiguration.Error,
                    result.GetValue(OutputOption.Shared) == OutputFormat.Json));
        });
        return command;
    }

    /// <summary>Looks at everything and tells it.</summary>
    internal static ExitCode Run(Machine machine, bool isStrict, VerbOutput verb)
    {
        var findings = MachineCheck.All.Select(check => (check.Name, Finding: check.Look(machine))).ToList();
        if (verb.IsJson)
        {
            WriteJson(verb.Output, machine, findings);
        }
        else
        {
            WriteText(verb.Output, findings);
        }

        var bad = findings.Where(found => found.Finding.Status == FindingStatus.Fail
            || (isStrict && found.Finding.Status == FindingStatus.Warn)).Select(found => found.Name).ToList();
        if (bad.Count == 0)
        {
            return ExitCode.Ok;
        }

        verb.Error.WriteLine($"error HD{UnfitError}: this machine is not fit for a venue: {string.Join(", ", bad)}.");
        verb.Error.WriteLine("  next: what stands behind 'mend' of each, then hftdelta doctor again.");
        return ExitCode.MachineUnfit;
    }

    // A venue makes its directory: what is above it tells where it will be. Links lead to another file system.
    private static string ExistingPartOf(string directory)
    {
        if (File.Exists(directory))
        {
            throw new OperatorException(
                UnfitError, ExitCode.Usage, $"--journal {directory} is a file, a directory is wanted", "name a directory");
        }

        var at = directory;
        while (!Directory.Exists(at))
        {
            at = Path.GetDirectoryName(at)!;
        }

        return Directory.ResolveLinkTarget(at, returnFinalTarget: true)?.FullName ?? at;
    }

    private static void WriteText(TextWriter output, List<(string Name, MachineFinding Finding)> findings)
    {
        var text = new StringBuilder();
        foreach (var (name, finding) in findings)
        {
            text.Append($"{Word(finding.Status),-4}  {name,-20}  {finding.Seen}\n");
            if (finding.Status != FindingStatus.Ok)
            {
                text.Append($"      {"",-20}  why: {finding.Why}\n");
                if (finding.Mend is { } mend)
                {
                    text.Append($"      {"",-20}  mend: {mend}\n");
                }
            }
        }

        text.Append($"{Count(findings, FindingStatus.Ok)} ok, {Count(findings, FindingStatus.Warn)} to look at, ")
            .Append($"{Count(findings, FindingStatus.Fail)} failed\n");
        output.Write(text);
    }

    private static void WriteJson(TextWriter output, Machine machine, List<(string Name, MachineFinding Finding)> findings) =>
        JsonOutput.Write(output, "hftdelta.doctor/1", json =>
        {
            json.WriteString("journalDirectory", machine.JournalDirectory);
            json.WriteNumber("ok", Count(findings, FindingStatus.Ok));
            json.WriteNumber("warn", Count(findings, FindingStatus.Warn));
            json.WriteNumber("fail", Count(findings, FindingStatus.Fail));
            json.WriteStartArray("checks");
            foreach (var (name, finding) in findings)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("status", Word(finding.Status));
                json.WriteString("seen", finding.Seen);
                json.WriteString("why", finding.Why);
                json.WriteString("mend", finding.Mend);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    private static int Count(List<(string Name, MachineFinding Finding)> findings, FindingStatus status) =>
        findings.Count(found => found.Finding.Status == status);

    private static string Word(FindingStatus status) => status.ToString().ToUpperInvariant();
}
