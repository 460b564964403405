using HftDelta.Sbe.Schema;

namespace HftDelta.Node.Schemas.Decoding;

/// <summary>A value as the message has it and as the schema reads it.</summary>
internal abstract record DecodedValue;

/// <summary>One number or character: the raw bits of its primitive type.</summary>
internal sealed record NumberValue(Primitive Primitive, ulong Bits) : DecodedValue;

/// <summary>A fixed array of numbers.</summary>
internal sealed record NumbersValue(Primitive Primitive, IReadOnlyList<ulong> Bits) : DecodedValue;

/// <summary>Text, with all its bytes; of a fixed array the text ends before the first zero byte.</summary>
internal sealed record TextValue(string Text, byte[] Bytes) : DecodedValue;

/// <summary>Bytes that are no text.</summary>
internal sealed record BytesValue(byte[] Bytes) : DecodedValue;

/// <summary>A value of an enum; without a name where it is null or the schema does not know it.</summary>
internal sealed record EnumValueRead(string? Name, NumberValue Raw, bool IsUnknown) : DecodedValue;

/// <summary>The bits of a set: the names of those that the schema knows, and all.</summary>
internal sealed record SetValue(IReadOnlyList<string> Names, NumberValue Raw, ulong UnknownBits) : DecodedValue;
