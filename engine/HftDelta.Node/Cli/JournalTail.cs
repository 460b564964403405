using System.Text;
using HftDelta.Journal.Faults;
using HftDelta.Journal.Reading;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Storage;

namespace HftDelta.Node.Cli;

/// <summary>
/// Writes the last records of a journal, and those that a running venue appends, as they come. It maps the files read-only, so
/// the venue does not notice.
/// </summary>
internal static class JournalTail
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="storage">The journal.</param>
    /// <param name="records">How many of the last ones.</param>
    /// <param name="follows">Whether it goes on until it is interrupted.</param>
    /// <param name="verb">Where it writes; JSON is one object a line.</param>
    public static ExitCode Write(MappedStorage storage, long records, bool follows, VerbOutput verb)
    {
        using var interrupt = new Interrupt();
        using var reader = new JournalReader(storage);
        _ = reader.Seek(new TimeNanos(ulong.MaxValue));
        var from = Math.Max(reader.FirstSequence.Value, reader.LastSequence.Value - records + 1);
        _ = reader.Seek(new CommandSequence(from));
        var text = new StringBuilder();
        while (!interrupt.Token.IsCancellationRequested)
        {
            try
            {
                if (reader.TryRead(out var record))
                {
                    text.Clear();
                    JournalDump.Append(text, in record, verb.IsJson);
                    verb.Output.WriteLine(text);
                    continue;
                }
            }
            catch (JournalException) when (!follows)
            {
                // What a killed venue left behind its last whole record; verify tells what it is.
                verb.Error.WriteLine("warning: bytes follow that are no record; hftdelta journal verify DIR tells what they are");
                break;
            }

            if (!follows)
            {
                break;
            }

            verb.Output.Flush();
            interrupt.Token.WaitHandle.WaitOne(Pause);
        }

        return follows ? ExitCode.Interrupted : ExitCode.Ok;
    }
}
