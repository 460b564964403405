using System.Buffers.Binary;
using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// The ways in which a frame can be malformed, beyond those that FrameTaxonomyTests try with our own messages; docs/sbe.md has
/// the list of both. The frame is a block of 15 bytes at 8, then outer (at 23), wide, empty and text.
/// </summary>
[CancelAfter(60_000)]
public sealed class MalformedFrameTests
{
    private const int Outer = 8 + 15;
    private const int Inner = Outer + 4 + 2;
    private const int Wide = Inner + 4 + 1;
    private const int Empty = Wide + 8 + 8;
    private const int Text = Empty + 4;

    private CompiledSchema _schema = null!;

    [OneTimeSetUp]
    public void Compile() => _schema = CompiledSchema.Build(
        SchemaFiles.Parse(TestSchemas.Of(
            """
            <message name="M" id="1">
              <field name="r" id="1" type="uint16"/>
              <field name="e" id="2" type="E"/>
              <field name="s" id="3" type="S"/>
              <field name="name" id="4" type="Name"/>
              <field name="last" id="5" type="uint32" offset="11"/>
              <group name="outer" id="6">
                <field name="a" id="1" type="uint16"/>
                <group name="inner" id="2"><field name="b" id="1" type="uint8"/></group>
              </group>
              <group name="wide" id="7" dimensionType="wideGroup"><field name="x" id="1" type="uint64"/></group>
              <group name="empty" id="8"/>
              <data name="text" id="9" type="text"/>
            </message>
            """,
            """
            <enum name="E" encodingType="uint8"><validValue name="A">1</validValue></enum>
            <set name="S" encodingType="uint8"><choice name="p">0</choice></set>
            <type name="Name" primitiveType="char" length="4"/>
            """)),
        "var m = MEncoder.Wrap(buffer).SetR(5).SetE(E.A).SetName(\"ab\").SetLast(9); var o = m.SetOuter(1); o.Next().SetA(1);"
            + "o.SetInner(1).Next().SetB(2); m.SetWide(1).Next().SetX(3); m.SetEmpty(0); m.SetText(\"hi\");"
            + "return m.EncodedLength;\n",
        "MEncoder.Wrap(buffer).SetName(\"abcde\"); return 0;\n",
        "MEncoder.Wrap(buffer).SetText(\"too early\"); return 0;\n",
        "var m = MEncoder.Wrap(buffer); m.SetOuter(0); m.SetOuter(0); return 0;\n",
        "var m = MEncoder.Wrap(buffer); m.SetOuter(1); m.SetWide(0); m.SetEmpty(0); m.SetText(\"\"); return m.EncodedLength;\n",
        "var m = MEncoder.Wrap(buffer); m.SetOuter(0).Next(); return 0;\n",
        "var m = MEncoder.Wrap(buffer); m.SetOuter(0); m.SetWide(0); m.SetEmpty(0); m.SetText(new string('x', 101)); return 0;\n",
        "var m = MEncoder.Wrap(buffer); m.SetOuter(-1); return 0;\n");

    [Test]
    public void The_frame_itself_is_sound() => Assert.That(Read(Frame()), Is.EqualTo(
        """{"message":"M","r":5,"e":"A","s":[],"name":"ab","last":9,"outer":[{"a":1,"inner":[{"b":2}]}]"""
        + ""","wide":[{"x":3}],"empty":[],"text":"hi"}"""));

    [TestCase((ushort)0)]
    [TestCase((ushort)1)]
    [TestCase(ushort.MaxValue)]
    public void Any_version_is_read_by_its_lengths(ushort version)
    {
        byte[] frame = Frame();
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(6), version);
        Assert.That(Read(frame), Does.StartWith("{"));
        Assert.That(Read([.. frame, 1, 2, 3]), version == 0 ? Is.EqualTo("TrailingBytes") : Does.StartWith("{"));
    }

    [TestCase(Inner + 2, (ushort)2, "GroupTruncated")]
    [TestCase(Inner + 2, (ushort)60_000, "GroupTruncated")]
    [TestCase(Inner, ushort.MaxValue, "GroupTruncated")]
    [TestCase(Outer + 2, (ushort)60_000, "")]
    [TestCase(Outer, (ushort)0, "GroupBlockTooShort")]
    [TestCase(Inner, (ushort)0, "GroupBlockTooShort")]
    public void A_nested_count_or_length_that_runs_over_is_refused(int at, ushort value, string expected)
    {
        byte[] frame = Frame();
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(at), value);
        Assert.That(Read(frame), expected.Length == 0 ? Does.Not.StartWith("{") : Is.Not.Empty.And.Not.StartWith("{"));
    }

    [TestCase(0x10000u, 0x10000u, "GroupTruncated")]
    [TestCase(0x40000000u, 8u, "GroupTruncated")]
    [TestCase(0x7fffffffu, 0xffffffffu, "GroupTruncated")]
    [TestCase(0xffffffffu, 8u, "GroupTruncated")]
    [TestCase(0u, 8u, "")]
    [TestCase(0u, 0u, "")]
    public void A_count_times_a_length_does_not_overflow(uint count, uint blockLength, string expected)
    {
        byte[] whole = Frame();
        byte[] frame = count == 0 ? [.. whole[..(Wide + 8)], .. whole[Empty..]] : whole;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(Wide), blockLength);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(Wide + 4), count);
        Assert.That(Read(frame), expected.Length == 0 ? Does.Contain("\"wide\":[]") : Is.EqualTo(expected));
    }

    [TestCase((ushort)0, (ushort)3, true)]
    [TestCase((ushort)0, (ushort)65_534, true)]
    [TestCase((ushort)0, (ushort)65_535, false)]
    [TestCase((ushort)1, (ushort)65_534, false)]
    public void Entries_without_bytes_are_bounded_in_number(ushort blockLength, ushort count, bool sound)
    {
        byte[] frame = Frame();
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(Empty), blockLength);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(Empty + 2), count);
        Assert.That(Read(frame), sound ? Does.StartWith("{") : Does.StartWith("Group"));
    }

    [TestCase(3u, "DataTruncated")]
    [TestCase(100u, "DataTruncated")]
    [TestCase(101u, "DataTooLong")]
    [TestCase(uint.MaxValue, "DataTooLong")]
    [TestCase(1u, "TrailingBytes")]
    public void A_wrong_length_of_data_is_refused(uint length, string expected)
    {
        byte[] frame = Frame();
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(Text), length);
        Assert.That(Read(frame), Is.EqualTo(expected));
    }

    [Test]
    public void Text_that_is_not_of_its_encoding_is_read_with_replacements_and_kept_as_bytes()
    {
        byte[] frame = Frame();
        frame[^2] = 0xc3;
        frame[^1] = 0x28;
        Assert.That(Read(frame), Does.EndWith("\"text\":\"\\ufffd(\"}"));
        Assert.That(Again(frame), Is.EqualTo(frame));
    }

    [Test]
    public void A_zero_byte_ends_a_text_of_fixed_length_and_no_other()
    {
        byte[] frame = Frame();
        frame[^2] = 0;
        "a\0b\0"u8.CopyTo(frame.AsSpan(12));
        Assert.That(Read(frame), Does.Contain("\"name\":\"a\"").And.EndWith("\"text\":\"\\u0000i\"}"));
        Assert.That(Again(frame), Is.EqualTo(frame));
    }

    [Test]
    public void Null_in_a_required_field_unknown_values_and_unknown_bits_are_kept()
    {
        byte[] frame = Frame();
        frame.AsSpan(8, 2).Fill(0xff);
        frame[10] = 0x77;
        frame[11] = 0xfe;
        Assert.That(Read(frame), Does.Contain("\"r\":65535,\"e\":119,\"s\":[]"));
        Assert.That(Again(frame), Is.EqualTo(frame));
        frame[10] = 0xff;
        Assert.That(Read(frame), Does.Contain("\"e\":null"));
    }

    [Test]
    public void Padding_is_skipped_and_never_sent_on()
    {
        byte[] frame = Frame();
        Assert.That(frame[16..19], Is.All.Zero, "the buffer held something else before");
        byte[] dirty = [.. frame];
        dirty.AsSpan(16, 3).Fill(0x5a);
        Assert.That(Read(dirty), Is.EqualTo(Read(frame)));
        Assert.That(Again(dirty), Is.EqualTo(frame));
    }

    [Test]
    public void Every_shorter_frame_is_refused()
    {
        byte[] frame = Frame();
        for (int length = 0; length < frame.Length; length++)
            Assert.That(_schema.Read(frame.AsSpan(0, length)), Is.Null, $"{length} bytes");
    }

    [TestCase(1, typeof(ArgumentOutOfRangeException), Description = "a text longer than its field")]
    [TestCase(2, typeof(InvalidOperationException), Description = "data before the groups")]
    [TestCase(3, typeof(InvalidOperationException), Description = "a group twice")]
    [TestCase(4, typeof(InvalidOperationException), Description = "an entry left out")]
    [TestCase(5, typeof(InvalidOperationException), Description = "an entry too many")]
    [TestCase(6, typeof(ArgumentOutOfRangeException), Description = "data longer than its maximum")]
    [TestCase(7, typeof(ArgumentOutOfRangeException), Description = "a negative count")]
    public void An_encoder_does_not_write_what_a_validator_would_refuse(int encoding, Type fault) =>
        Assert.That(() => _schema.Encode(encoding, new byte[256]), Throws.InstanceOf(fault));

    [Test]
    public void A_buffer_that_is_too_short_is_never_written_beyond()
    {
        int whole = Frame().Length;
        for (int length = 0; length < whole; length++)
        {
            var memory = new byte[whole + 16];
            memory.AsSpan().Fill(0xa5);
            Assert.That(() => _schema.Encode(0, memory.AsSpan(0, length)), Throws.InstanceOf<ArgumentException>());
            Assert.That(memory[length..], Is.All.EqualTo(0xa5));
        }
    }

    private byte[] Frame()
    {
        var buffer = new byte[256];
        buffer.AsSpan().Fill(0xa5);
        return buffer[.._schema.Encode(0, buffer)];
    }

    private string Read(byte[] frame) => _schema.Print(frame);

    private byte[] Again(byte[] frame)
    {
        var buffer = new byte[256];
        return buffer[.._schema.Recode(frame, buffer)];
    }
}
