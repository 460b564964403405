using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>
/// <c>hftdelta schema</c>: message schemas of FIX Simple Binary Encoding by hand: compiled, checked, shown, compared, and any
/// message of any schema read.
/// </summary>
public static class SchemaCommand
{
    /// <summary>How <c>show</c> writes.</summary>
    private enum TableFormat
    {
        Md,
        Json,
    }

    public static Command Create() =>
        new("schema", "SBE message schemas: compile, check, show, diff, decode.")
        {
            Compile(),
            Check(),
            Show(),
            Diff(),
            Decode(),
        };

    private static Command Compile()
    {
        var file = FileArgument();
        var folder = new Option<string>("--out")
        {
            Description = "Folder of the C# files. New files come all at once; those of an earlier compilation give way.",
            HelpName = "DIR",
            Required = true,
        };
        var target = new Option<string?>("--namespace")
        {
            Description = "Namespace of the codecs; the schema's package when absent.",
            HelpName = "NS",
        };
        var compile = new Command("compile", "Write the codecs of a schema as C# files, all of them or none.")
        {
            file,
            folder,
            target,
        };
        compile.SetAction(result => SchemaVerbs.Compile(
            result.GetRequiredValue(file), result.GetRequiredValue(folder), result.GetValue(target), OutputsOf(result)));
        return compile;
    }

    private static Command Check()
    {
        var file = FileArgument();
        var check = new Command("check", "Say everything that is wrong with a schema.") { file };
        check.SetAction(result => SchemaVerbs.Check(result.GetRequiredValue(file), OutputsOf(result)));
        return check;
    }

    private static Command Show()
    {
        var file = FileArgument();
        var format = new ChoiceOption<TableFormat>("--format", "How to write the tables.", TableFormat.Md);
        var show = new Command("show", "Byte tables: where every field of every message stands.") { file, format };
        show.SetAction(result => SchemaVerbs.Show(
            result.GetRequiredValue(file),
            OutputsOf(result) with { IsJson = OutputsOf(result).IsJson || format.Of(result) == TableFormat.Json }));
        return show;
    }

    private static Command Diff()
    {
        var old = new Argument<string>("OLD") { Description = "The schema as it was, with what it includes beside it." };
        var @new = new Argument<string>("NEW") { Description = "The schema as it is to be." };
        var diff = new Command("diff", "Say field by field what changed, and whether both versions understand each other.")
        {
            old,
            @new,
        };
        diff.SetAction(result => SchemaVerbs.Diff(
            result.GetRequiredValue(old), result.GetRequiredValue(@new), OutputsOf(result)));
        return diff;
    }

    private static Command Decode()
    {
        var file = FileArgument();
        var hex = new Option<string?>("--hex")
        {
            Description = "The message in hexadecimal digits, its header first; spaces, colons and 0x are skipped.",
            HelpName = "BYTES",
        };
        var bytes = new Option<string?>("--file")
        {
            Description = "A file of the message's bytes, its header first.",
            HelpName = "PATH",
        };
        var many = new Option<bool>("--many") { Description = "The bytes hold several messages, one behind the other." };
        var decode = new Command("decode", "Print a message of the schema, or say where and why it is none.")
        {
            file,
            hex,
            bytes,
            many,
        };
        decode.SetAction(result => SchemaVerbs.Decode(
            result.GetRequiredValue(file),
            result.GetValue(hex),
            result.GetValue(bytes),
            result.GetValue(many),
            OutputsOf(result)));
        return decode;
    }

    private static Argument<string> FileArgument() => new("FILE")
    {
        Description = "The schema; what it includes is looked for beside it.",
    };

    private static VerbOutput OutputsOf(ParseResult result) => new(
        result.InvocationConfiguration.Output,
        result.InvocationConfiguration.Error,
        result.GetValue(OutputOption.Shared) == OutputFormat.Json);
}
