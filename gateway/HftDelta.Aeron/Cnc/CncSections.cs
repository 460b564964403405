namespace HftDelta.Aeron.Cnc;

/// <summary>Where the sections of one <c>cnc.dat</c> begin and how long they are, from its first bytes.</summary>
internal readonly record struct CncSections(
    int ToDriverLengthBytes,
    int ToClientsLengthBytes,
    int CounterMetadataLengthBytes,
    int CounterValuesLengthBytes,
    int ErrorLogLengthBytes)
{
    public static int ToDriverOffset => CncLayout.HeaderLengthBytes;

    public int ToClientsOffset => ToDriverOffset + ToDriverLengthBytes;

    public int CounterMetadataOffset => ToClientsOffset + ToClientsLengthBytes;

    public int CounterValuesOffset => CounterMetadataOffset + CounterMetadataLengthBytes;

    public int ErrorLogOffset => CounterValuesOffset + CounterValuesLengthBytes;

    public int RingTrailerOffset => ToClientsOffset - CncLayout.RingTrailerLengthBytes;

    public int HeartbeatOffset => RingTrailerOffset + CncLayout.RingHeartbeatOffset;

    public int CorrelationIdOffset => RingTrailerOffset + CncLayout.RingCorrelationIdOffset;

    public int CounterCapacity => CounterValuesLengthBytes / CounterRecord.ValueLengthBytes;

    /// <summary>Of the whole file: whole pages.</summary>
    public long FileLengthBytes
    {
        get
        {
            var end = (long)ErrorLogOffset + ErrorLogLengthBytes;
            return (end + CncLayout.PageLengthBytes - 1) / CncLayout.PageLengthBytes * CncLayout.PageLengthBytes;
        }
    }

    public static CncSections Of(int counterValuesLengthBytes) => new(
        CncLayout.RingCapacityBytes + CncLayout.RingTrailerLengthBytes,
        CncLayout.RingCapacityBytes + CncLayout.BroadcastTrailerLengthBytes,
        counterValuesLengthBytes / CounterRecord.ValueLengthBytes * CounterRecord.MetadataLengthBytes,
        counterValuesLengthBytes,
        CncLayout.ErrorLogLengthBytes);

    /// <summary>What a file says of itself; null when it cannot be so.</summary>
    public static unsafe CncSections? Read(byte* file, long lengthBytes)
    {
        if (lengthBytes < CncLayout.HeaderLengthBytes)
        {
            return null;
        }

        var sections = new CncSections(
            *(int*)(file + CncLayout.ToDriverLengthOffset),
            *(int*)(file + CncLayout.ToClientsLengthOffset),
            *(int*)(file + CncLayout.CounterMetadataLengthOffset),
            *(int*)(file + CncLayout.CounterValuesLengthOffset),
            *(int*)(file + CncLayout.ErrorLogLengthOffset));
        return sections.FitIn(lengthBytes) ? sections : null;
    }

    private bool FitIn(long lengthBytes)
    {
        var isSane = ToDriverLengthBytes > CncLayout.RingTrailerLengthBytes
            && ToClientsLengthBytes > CncLayout.BroadcastTrailerLengthBytes
            && CounterValuesLengthBytes >= CounterRecord.ValueLengthBytes
            && ErrorLogLengthBytes >= 0
            && CounterMetadataLengthBytes / CounterRecord.MetadataLengthBytes >= CounterCapacity
            && ToDriverLengthBytes % sizeof(long) == 0
            && ToClientsLengthBytes % sizeof(long) == 0;
        return isSane && (long)CncLayout.HeaderLengthBytes + ToDriverLengthBytes + ToClientsLengthBytes
            + CounterMetadataLengthBytes + CounterValuesLengthBytes + ErrorLogLengthBytes <= lengthBytes;
    }
}
