using System.CommandLine;
using System.Text.Json;

namespace HftDelta.Node.Cli;

/// <summary>
/// What happens in a verb that runs for long: on stdout one JSON object a line, each with its <c>event</c>, or words for
/// people on stderr. Any thread; a line is written as a whole.
/// </summary>
internal sealed class EventLines(TextWriter output, TextWriter error, OutputFormat format, string schema)
{
    private readonly Lock _gate = new();

    /// <summary>Where words go.</summary>
    public TextWriter Words => error;

    public bool IsJson => format == OutputFormat.Json;

    /// <summary>As the command line asks for it.</summary>
    public static EventLines Of(ParseResult result, string schema) => new(
        result.InvocationConfiguration.Output,
        result.InvocationConfiguration.Error,
        result.GetValue(OutputOption.Shared),
        schema);

    /// <summary>Something that a script waits for; for people it is words.</summary>
    /// <param name="name">Of the event.</param>
    /// <param name="text">The same for people; null: nothing to say.</param>
    /// <param name="members">What the object holds beside schema and event.</param>
    public void Tell(string name, string? text, Action<Utf8JsonWriter> members)
    {
        lock (_gate)
        {
            WriteJson(name, members);
            if (text is not null)
            {
                error.WriteLine(text);
            }
        }
    }

    /// <summary>What the verb is run for: on stdout in either format.</summary>
    public void TellData(string name, string text, Action<Utf8JsonWriter> members)
    {
        lock (_gate)
        {
            WriteJson(name, members);
            if (!IsJson)
            {
                output.WriteLine(text);
                output.Flush();
            }
        }
    }

    /// <summary>Words for people alone.</summary>
    public void Say(string text)
    {
        lock (_gate)
        {
            error.WriteLine(text);
        }
    }

    private void WriteJson(string name, Action<Utf8JsonWriter> members)
    {
        if (!IsJson)
        {
            return;
        }

        JsonOutput.Write(
            output,
            schema,
            json =>
            {
                json.WriteString("event", name);
                members(json);
            },
            isOneLine: true);
        output.Flush();
    }
}
