using HftDelta.Aeron.Frames;
using HftDelta.Node.Schemas;
using HftDelta.Node.Schemas.Decoding;
using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Cli;

/// <summary><c>hftdelta schema decode</c>: bytes of any schema as text or JSON, or where and why they are none of it.</summary>
internal static class SchemaDecode
{
    /// <summary>The longest message that Aeron carries; this tool reads one whole.</summary>
    private const int LengthBytesMax = TermArithmetic.MessageLengthBytesMax;

    private const int InputError = 2804;
    private const int MalformedError = 2805;

    public static int Run(string path, string? hex, string? file, bool many, VerbOutput to)
    {
        var bytes = BytesOf(hex, file);
        var schema = SchemaFiles.Parse(path);
        var messages = new List<(int Start, DecodedMessage Message)>();
        var start = 0;
        OperatorException? refused = null;
        try
        {
            do
            {
                var message = MessageReader.Read(schema, start == 0 ? bytes : bytes[start..], many);
                messages.Add((start, message));
                start += message.LengthBytes;
            }
            while (many && start < bytes.Length);
        }
        catch (MalformedMessageException fault)
        {
            refused = new OperatorException(
                MalformedError,
                ExitCode.MalformedMessage,
                $"{fault.Reason} at byte {start + fault.OffsetBytes}: {fault.Message}",
                $"check that the bytes begin with the message header and that {path} is the schema of their writer",
                fault);
        }

        Write(to, path, schema, messages, refused is null);
        return refused is null ? (int)ExitCode.Ok : throw refused;
    }

    private static void Write(
        VerbOutput to, string path, MessageSchema schema, List<(int Start, DecodedMessage Message)> messages, bool whole)
    {
        if (!to.IsJson)
        {
            foreach (var (start, message) in messages)
            {
                if (start > 0)
                {
                    to.Output.WriteLine();
                }

                DecodedText.Write(to.Output, schema, message);
            }

            return;
        }

        if (!whole)
        {
            return;
        }

        JsonOutput.Write(to.Output, "hftdelta.schema.decode/1", json =>
        {
            json.WriteString("file", path);
            json.WriteStartArray("messages");
            foreach (var (start, message) in messages)
            {
                json.WriteStartObject();
                json.WriteNumber("offsetBytes", start);
                DecodedJson.Write(json, message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static byte[] BytesOf(string? hex, string? file)
    {
        if ((hex is null) == (file is null))
        {
            throw Unreadable("give the message by either --hex or --file", "hftdelta schema decode --help");
        }

        if (hex is not null)
        {
            return HexText.TryParse(hex, out var bytes, out var fault)
                ? bytes
                : throw Unreadable($"--hex: {fault}", "write two hexadecimal digits for each byte");
        }

        try
        {
            using var stream = File.OpenRead(file!);
            var buffer = new byte[LengthBytesMax + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= LengthBytesMax
                ? buffer[..length]
                : throw Unreadable($"{file} is longer than {LengthBytesMax} bytes", "cut it into messages");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreadable($"{file} cannot be read: {fault.Message}", "correct the path or its permissions");
        }
    }

    private static OperatorException Unreadable(string what, string next) => new(InputError, ExitCode.Usage, what, next);
}
