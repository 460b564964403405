using NUnit.Framework;

namespace HftDelta.Tests.Sbe;

/// <summary>
/// Two versions of one schema read each other's messages: a block, a composite and entries that grew at their end, a new array,
/// new values of an enum and a set, a new group and new data at the end. What stands on the wire says how far to go.
/// </summary>
[CancelAfter(60_000)]
public sealed class VersioningTests
{
    private const string OldTypes =
        """
        <enum name="E" encodingType="uint8"><validValue name="A">1</validValue></enum>
        <set name="S" encodingType="uint8"><choice name="p">0</choice></set>
        <composite name="C"><type name="x" primitiveType="uint8"/></composite>
        """;

    private const string OldMessages =
        """
        <message name="Block" id="1">
          <field name="e" id="1" type="E"/>
          <field name="s" id="2" type="S"/>
          <field name="c" id="3" type="C"/>
        </message>
        <message name="Groups" id="2">
          <group name="g" id="1"><field name="a" id="1" type="uint16"/></group>
        </message>
        <message name="Texts" id="3">
          <group name="g" id="1"><field name="a" id="1" type="uint16"/></group>
          <data name="d" id="2" type="text"/>
        </message>
        """;

    private const string NewTypes =
        """
        <enum name="E" encodingType="uint8">
          <validValue name="A">1</validValue><validValue name="B" sinceVersion="1">2</validValue>
        </enum>
        <set name="S" encodingType="uint8"><choice name="p">0</choice><choice name="q" sinceVersion="1">7</choice></set>
        <composite name="C">
          <type name="x" primitiveType="uint8"/><type name="y" primitiveType="uint16" sinceVersion="1"/>
        </composite>
        <type name="Row" primitiveType="int16" length="2"/>
        <type name="Code" primitiveType="char" length="3"/>
        """;

    private const string NewMessages =
        """
        <message name="Block" id="1">
          <field name="e" id="1" type="E"/>
          <field name="s" id="2" type="S"/>
          <field name="c" id="3" type="C"/>
          <field name="row" id="4" type="Row" sinceVersion="1"/>
          <field name="code" id="5" type="Code" sinceVersion="1"/>
          <field name="c2" id="6" type="C" sinceVersion="1"/>
          <field name="e2" id="7" type="E" sinceVersion="1"/>
          <field name="s2" id="8" type="S" sinceVersion="1"/>
        </message>
        <message name="Groups" id="2">
          <field name="late" id="3" type="int32" sinceVersion="1"/>
          <group name="g" id="1">
            <field name="a" id="1" type="uint16"/><field name="b" id="2" type="int64" presence="optional" sinceVersion="1"/>
          </group>
          <group name="h" id="2" sinceVersion="1"><field name="z" id="1" type="uint8"/></group>
        </message>
        <message name="Texts" id="3">
          <group name="g" id="1">
            <field name="a" id="1" type="uint16"/><field name="b" id="2" type="int64" presence="optional" sinceVersion="1"/>
          </group>
          <data name="d" id="2" type="text"/>
          <data name="more" id="3" type="text" sinceVersion="1"/>
        </message>
        """;

    private CompiledSchema _old = null!;
    private CompiledSchema _new = null!;

    [OneTimeSetUp]
    public void Compile()
    {
        _old = CompiledSchema.Build(
            SchemaFiles.Parse(TestSchemas.Of(OldMessages, OldTypes)),
            "var m = BlockEncoder.Wrap(buffer).SetE(E.A).SetS(S.P); m.C.SetX(7); return m.EncodedLength;\n",
            "var m = GroupsEncoder.Wrap(buffer); var g = m.SetG(2); g.Next().SetA(1); g.Next().SetA(2);"
                + "return m.EncodedLength;\n",
            "var m = TextsEncoder.Wrap(buffer); m.SetG(1).Next().SetA(5); m.SetD(\"old\"); return m.EncodedLength;\n");
        _new = CompiledSchema.Build(
            SchemaFiles.Parse(TestSchemas.Of(NewMessages, NewTypes, version: 1)),
            "var m = BlockEncoder.Wrap(buffer).SetE(E.B).SetS(S.P | S.Q); m.C.SetX(7).SetY(8); m.SetRow(new short[] { 1, 2 });"
                + "m.SetCode(\"abc\"); m.C2.SetX(9).SetY(10); m.SetE2(E.A).SetS2(S.Q); return m.EncodedLength;\n",
            "var m = GroupsEncoder.Wrap(buffer); m.SetLate(3); var g = m.SetG(2); g.Next().SetA(1).SetB(11); g.Next().SetA(2);"
                + "m.SetH(1).Next().SetZ(4); return m.EncodedLength;\n",
            "var m = TextsEncoder.Wrap(buffer); m.SetG(1).Next().SetA(5).SetB(6); m.SetD(\"d\"); m.SetMore(\"m\");"
                + "return m.EncodedLength;\n");
    }

    [TestCase(0, """{"message":"Block","e":2,"s":["p"],"c":{"x":7}}""")]
    [TestCase(1, """{"message":"Groups","g":[{"a":1},{"a":2}]}""")]
    [TestCase(2, """{"message":"Texts","g":[{"a":5}],"d":"d"}""")]
    public void An_old_decoder_reads_what_it_knows_of_a_new_message(int message, string expected) =>
        Assert.That(_old.Print(Encoded(_new, message)), Is.EqualTo(expected));

    [TestCase(0, """{"message":"Block","e":"A","s":["p"],"c":{"x":7,"y":null},"row":null,"code":null"""
        + ""","c2":null,"e2":null,"s2":null}""")]
    [TestCase(1, """{"message":"Groups","late":null,"g":[{"a":1,"b":null},{"a":2,"b":null}],"h":[]}""")]
    [TestCase(2, """{"message":"Texts","g":[{"a":5,"b":null}],"d":"old","more":""}""")]
    public void A_new_decoder_reads_an_old_message_with_nulls_for_what_is_newer(int message, string expected) =>
        Assert.That(_new.Print(Encoded(_old, message)), Is.EqualTo(expected));

    [TestCase(0, """{"message":"Block","e":"B","s":["p","q"],"c":{"x":7,"y":8},"row":[1,2]"""
        + ""","code":"abc","c2":{"x":9,"y":10},"e2":"A","s2":["q"]}""")]
    [TestCase(1, """{"message":"Groups","late":3,"g":[{"a":1,"b":11},{"a":2,"b":null}],"h":[{"z":4}]}""")]
    [TestCase(2, """{"message":"Texts","g":[{"a":5,"b":6}],"d":"d","more":"m"}""")]
    public void A_new_decoder_reads_all_of_a_new_message(int message, string expected) =>
        Assert.That(_new.Print(Encoded(_new, message)), Is.EqualTo(expected));

    [Test]
    public void A_new_decoder_writes_an_old_message_again_as_a_new_one()
    {
        var buffer = new byte[256];
        int length = _new.Recode(Encoded(_old, 1), buffer);
        Assert.That(length, Is.GreaterThan(Encoded(_old, 1).Length));
        Assert.That(_new.Print(buffer.AsSpan(0, length)), Does.Contain("\"b\":null"));
        Assert.That(_old.Print(buffer.AsSpan(0, length)), Is.EqualTo("""{"message":"Groups","g":[{"a":1},{"a":2}]}"""));
    }

    [Test]
    public void A_block_that_is_too_short_for_the_version_it_claims_is_refused()
    {
        byte[] frame = Encoded(_old, 0);
        frame[6] = 1;
        Assert.That(_new.Print(frame), Is.EqualTo("BlockTooShort"));
        byte[] entries = Encoded(_old, 2);
        entries[6] = 1;
        Assert.That(_new.Print(entries), Is.EqualTo("GroupBlockTooShort"));
    }

    private static byte[] Encoded(CompiledSchema schema, int message)
    {
        var buffer = new byte[256];
        return buffer[..schema.Encode(message, buffer)];
    }
}
