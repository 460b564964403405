namespace HftDelta.Engine.Instruments;

/// <summary>What instruments are written on: its price, its parameters and the state of its risk computation.</summary>
internal struct UnderlyingRecord
{
    /// <summary>Median of the fresh sources in ticks; 0 until the first.</summary>
    public long Price;

    /// <summary>Reports above this are refused, so that no listed lot is worth more than the index can carry.</summary>
    public long PriceMax;

    /// <summary>Input time at which <see cref="Price"/> was last confirmed by a quorum.</summary>
    public ulong PriceTime;

    /// <summary>The price of the last settlement tick.</summary>
    public long SettledPrice;

    public ulong NextIntervalTime;

    /// <summary>The earliest expiry of its open instruments; the largest value if none expires.</summary>
    public ulong NextExpiryTime;

    public long ThresholdTicks;
    public ulong IntervalNanos;
    public ulong OracleMaxAgeNanos;
    public ulong RiskTimeoutNanos;

    /// <summary>Changes with the instrument list and the parameters: a risk result of another version is ignored.</summary>
    public ulong Version;

    /// <summary>Sequence at which the inputs of the outstanding risk computation were frozen; 0 if none is outstanding.</summary>
    public long FrozenSequence;

    public ulong FrozenTime;
    public ulong FrozenVersion;
    public long FrozenPrice;
    public uint ThresholdPpm;
    public uint InitialMarginPpm;
    public uint ShortOptionMarginPpm;
    public uint ShortOptionMinimumPpm;

    /// <summary>Added to every requirement, in millionths of it.</summary>
    public uint MarginBufferPpm;
    public uint FirstInstrument;
    public uint InstrumentCount;

    /// <summary>First of the instruments whose inputs were frozen with the outstanding computation.</summary>
    public uint FrozenFirst;
    public uint OracleQuorum;

    /// <summary>Sources that were fresh when <see cref="Price"/> was made.</summary>
    public uint FreshSources;

    /// <summary>1: inputs changed since they were last frozen.</summary>
    public byte Dirty;

    public SymbolText Symbol;
}
