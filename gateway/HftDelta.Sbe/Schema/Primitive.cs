namespace HftDelta.Sbe.Schema;

/// <summary>The eleven primitive types of the language.</summary>
public enum Primitive
{
    Char,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float,
    Double,
}

public enum Presence
{
    Required,
    Optional,
    Constant,
}
