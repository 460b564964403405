namespace HftDelta.Wire;

/// <summary>Numbers of 128 bits as the schema lays them.</summary>
public static class WideNumbers
{
    public static Int128 ToInt128(this in Int128Decoder number) => new((ulong)number.High, number.Low);
}
