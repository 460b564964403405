using HftDelta.Sbe.Schema;

namespace HftDelta.Tests.Sbe;

/// <summary>Schemas written for the tests.</summary>
internal static class TestSchemas
{
    private const string Head = """
        <types>
          <composite name="messageHeader">
            <type name="blockLength" primitiveType="uint16"/>
            <type name="templateId" primitiveType="uint16"/>
            <type name="schemaId" primitiveType="uint16"/>
            <type name="version" primitiveType="uint16"/>
          </composite>
          <composite name="groupSizeEncoding">
            <type name="blockLength" primitiveType="uint16"/>
            <type name="numInGroup" primitiveType="uint16"/>
          </composite>
          <composite name="wideGroup">
            <type name="blockLength" primitiveType="uint32" maxValue="65535"/>
            <type name="numInGroup" primitiveType="uint32" maxValue="2147483647"/>
          </composite>
          <composite name="text">
            <type name="length" primitiveType="uint32" maxValue="100"/>
            <type name="varData" primitiveType="uint8" length="0" characterEncoding="UTF-8"/>
          </composite>
        """;

    /// <summary>A schema of one line for its root, the usual types, and what is given; content begins in line 26.</summary>
    public static SchemaText Of(string content, string types = "", int version = 0, string byteOrder = "littleEndian") =>
        new("test.xml", $"""<messageSchema package="test" id="7" version="{version}" byteOrder="{byteOrder}">"""
            + $"\n{Head}\n{types}\n</types>\n{content}\n</messageSchema>");

    /// <summary>Everything that has a length: groups in groups, data, versions, wide counts.</summary>
    public static MessageSchema Deep(string byteOrder) => SchemaFiles.Parse(Of(
        """
        <message name="Deep" id="1">
          <field name="a" id="1" type="uint32"/>
          <field name="b" id="2" type="Pair" sinceVersion="1"/>
          <group name="outer" id="3">
            <field name="c" id="4" type="int64"/>
            <field name="d" id="5" type="uint16" sinceVersion="2" presence="optional"/>
            <group name="inner" id="6" dimensionType="wideGroup">
              <field name="e" id="7" type="uint8"/>
              <data name="note" id="8" type="text"/>
            </group>
            <data name="label" id="9" type="text"/>
          </group>
          <group name="flat" id="10" dimensionType="wideGroup" sinceVersion="1">
            <field name="f" id="11" type="double"/>
          </group>
          <group name="empty" id="12" dimensionType="wideGroup" sinceVersion="1"/>
          <data name="early" id="15" type="text" sinceVersion="2"/>
          <data name="tail" id="13" type="text"/>
          <data name="more" id="14" type="text" sinceVersion="2"/>
        </message>
        """,
        """
        <composite name="Pair">
          <type name="x" primitiveType="int32" presence="optional"/>
          <type name="y" primitiveType="uint16" length="3" sinceVersion="2"/>
        </composite>
        """,
        version: 2,
        byteOrder));
}
