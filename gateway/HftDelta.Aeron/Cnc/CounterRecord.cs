namespace HftDelta.Aeron.Cnc;

/// <summary>One counter in <c>cnc.dat</c>: a record that describes it, and one with its value.</summary>
internal static class CounterRecord
{
    public const int MetadataLengthBytes = 512;
    public const int StateOffset = 0;
    public const int TypeIdOffset = 4;
    public const int ReuseDeadlineOffset = 8;
    public const int KeyOffset = 16;
    public const int KeyLengthBytesMax = 112;
    public const int LabelLengthOffset = 128;
    public const int LabelOffset = 132;
    public const int LabelLengthBytesMax = 380;

    public const int ValueLengthBytes = 128;
    public const int ValueOffset = 0;
    public const int RegistrationIdOffset = 8;
    public const int OwnerIdOffset = 16;
    public const int ReferenceIdOffset = 24;

    /// <summary>Never used: whoever looks through the counters may stop here.</summary>
    public const int Unused = 0;
    public const int Allocated = 1;

    /// <summary>Given back; used again some time later.</summary>
    public const int Reclaimed = -1;

    /// <summary>The deadline of a counter in use.</summary>
    public const long NotFree = long.MaxValue;

    /// <summary>Long enough for a tool that has found the counter to look at it.</summary>
    public const long ReuseDelayMillis = 1_000;
}
