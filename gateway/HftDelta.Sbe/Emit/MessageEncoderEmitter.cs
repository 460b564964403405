using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// Writes the encoder of a message. Without groups and data it is one reference and no state; with them it keeps a position,
/// and refuses sections that are out of order or left out.
/// </summary>
internal sealed class MessageEncoderEmitter
{
    private readonly EmitPlan _plan;
    private readonly CodeWriter _code;

    public MessageEncoderEmitter(EmitPlan plan, CodeWriter code)
    {
        _plan = plan;
        _code = code;
    }

    public void Write(Message message)
    {
        string name = _plan.NameOf(message) + "Encoder";
        FieldNames names = _plan.NamesOf(message);
        _code.Summary(message.Notes);
        _code.Open($"public {(message.HasSections ? "" : "readonly ")}ref struct {name}");
        MessageDecoderEmitter.WriteConstants(_plan, _code, message);
        var image = new InitialImage(_plan, _code);
        image.Declare(Image(message));
        _code.Line("private readonly ref byte _start;");
        if (message.HasSections)
        {
            _code.Line("private readonly global::System.Span<byte> _buffer;");
            _code.Line($"private {_plan.SupportPrefix}SbeEncoderState _state;");
            _code.Line("private int _stage;");
        }

        WriteWrap(message, name, image);
        WriteHeader(message);
        var fields = new EncoderFields(_plan, _code, names, name, message.HasSections, _plan.HeaderLength);
        foreach (Field field in message.Fields)
            fields.Write(field);
        if (message.HasSections)
            new SectionWriter(_plan, _code, names, message, fields).WriteAll();
        _code.Close();
    }

    private byte[] Image(Message message)
    {
        var image = new byte[_plan.HeaderLength + message.BlockLength];
        byte[] block = NullImage.OfBlock(message.Fields, message.BlockLength, _plan.BigEndian);
        block.CopyTo(image, _plan.HeaderLength);
        Put(image, "blockLength", message.BlockLength);
        Put(image, "templateId", message.Id);
        Put(image, "schemaId", _plan.Schema.Id);
        Put(image, "version", _plan.Schema.Version);
        return image;
    }

    private void Put(byte[] image, string member, int value)
    {
        Field field = _plan.Header.Member(member)!;
        if (field.Presence != Presence.Constant)
        {
            Primitive primitive = ((EncodedType)field.Type).Primitive;
            NullImage.PutInteger(image, field.OffsetBytes, primitive, (ulong)value, _plan.BigEndian);
        }
    }

    private void WriteWrap(Message message, string name, InitialImage image)
    {
        string first = "global::System.Runtime.InteropServices.MemoryMarshal.GetReference(buffer)";
        _code.Line();
        _code.Open($"private {name}(global::System.Span<byte> buffer)");
        _code.Line($"_start = ref {first};");
        if (message.HasSections)
        {
            _code.Line("_buffer = buffer;");
            _code.Line($"_state = new {_plan.SupportPrefix}SbeEncoderState(HeaderLength + BlockLength, {message.SectionCount});");
            _code.Line("_stage = 0;");
        }

        _code.Close();
        _code.Line();
        _code.Line("/// <summary>Begins a message at the front of the buffer: the header is written, optional fields are null "
            + "and all else is zero. Throws when the buffer is too short.</summary>");
        _code.Line(FileHead.Inline);
        _code.Open($"public static {name} Wrap(global::System.Span<byte> buffer)");
        int least = _plan.HeaderLength + message.BlockLength;
        _code.Line($"if (buffer.Length < {least}) {_plan.SupportPrefix}SbeThrow.TooShort({least}, buffer.Length);");
        image.WriteCopy("buffer");
        _code.Line($"return new {name}(buffer);");
        _code.Close();
    }

    private void WriteHeader(Message message)
    {
        string readOnly = message.HasSections ? "readonly " : "";
        string header = _plan.EncoderOf(_plan.Header);
        _code.Line();
        _code.Line("/// <summary>The header as Wrap wrote it, for further members of a custom one.</summary>");
        _code.Line($"public {readOnly}{header} FrameHeader => new {header}(ref _start);");
        _code.Line();
        if (message.HasSections)
        {
            _code.Line("/// <summary>Bytes of the whole frame; throws while a group, an entry or data is still owed.</summary>");
            _code.Line("public readonly int EncodedLength => _state.Finish();");
        }
        else
        {
            _code.Line("/// <summary>Bytes of the whole frame.</summary>");
            _code.Line("public int EncodedLength => FrameLength;");
        }
    }
}
