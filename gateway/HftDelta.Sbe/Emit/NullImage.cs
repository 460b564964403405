using System.Collections.Generic;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>
/// The bytes of a block before anything is set: what is optional holds its null, everything else and every gap is zero, so
/// that no old content of a buffer leaves the house.
/// </summary>
internal static class NullImage
{
    public static byte[] OfBlock(IReadOnlyList<Field> fields, int length, bool bigEndian, bool everythingNull = false)
    {
        var image = new byte[length];
        foreach (Field field in fields)
            Put(image, 0, field, bigEndian, everythingNull);
        return image;
    }

    public static void PutInteger(byte[] image, int offset, Primitive primitive, ulong bits, bool bigEndian)
    {
        int size = PrimitiveRules.SizeOf(primitive);
        for (int i = 0; i < size; i++)
        {
            int shift = 8 * (bigEndian ? size - 1 - i : i);
            image[offset + i] = unchecked((byte)(bits >> shift));
        }
    }

    private static void Put(byte[] image, int origin, Field field, bool bigEndian, bool everythingNull)
    {
        if (field.Presence == Presence.Constant)
            return;
        int offset = origin + field.OffsetBytes;
        bool isNull = everythingNull || field.Presence == Presence.Optional;
        switch (field.Type)
        {
            case EncodedType { Length: 1 } encoded when isNull:
                PutInteger(image, offset, encoded.Primitive, encoded.Range.Null, bigEndian);
                break;
            case EnumType type when isNull:
                PutInteger(image, offset, type.Primitive, type.NullBits, bigEndian);
                break;
            case CompositeType composite:
                foreach (Field member in composite.Members)
                    Put(image, offset, member, bigEndian, everythingNull);
                break;
        }
    }
}
