using HftDelta.Wire;

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

    /// <summary>When the staleness class or the buffer changes unless the price is confirmed; follows from the rest.</summary>
    public ulong NextStalenessTime;

    /// <summary>When the next settlement window begins; follows from the points of its curve.</summary>
    public ulong NextWindowTime;

    /// <summary>When the books of its perpetuals are looked at next; the largest value: none is.</summary>
    public ulong NextSampleTime;

    /// <summary>A price that returned from stale or dead counts as late until then.</summary>
    public ulong RecoveryEnd;

    /// <summary>Through when the averages of its settlement windows hold.</summary>
    public ulong AccruedTime;

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

    /// <summary>Of them those with a funding index.</summary>
    public uint FundedCount;

    /// <summary>Head of the list of its expiries that are not fixed.</summary>
    public uint FirstPoint;

    /// <summary>Added to margin requirements, in millionths of them.</summary>
    public uint BufferPpm;

    /// <summary>Taken off the value of assets that have its price, after their haircut, in millionths of it.</summary>
    public uint DiscountPpm;

    /// <summary>First of the instruments whose inputs were frozen with the outstanding computation.</summary>
    public uint FrozenFirst;
    public uint OracleQuorum;

    /// <summary>Sources that were fresh when <see cref="Price"/> was made.</summary>
    public uint FreshSources;

    /// <summary>1: inputs changed since they were last frozen.</summary>
    public byte Dirty;

    /// <summary>How old its price is.</summary>
    public StalenessClass Staleness;

    /// <summary>Which side of the risk results is the installed one, 0 or 1: a name of places, not hashed.</summary>
    public byte ResultSide;

    public SymbolText Symbol;
}
