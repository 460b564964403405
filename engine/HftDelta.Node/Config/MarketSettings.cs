using System.Text.Json.Serialization;
using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Replica.Commitments;

namespace HftDelta.Node.Config;

/// <summary>What an instrument is.</summary>
public enum MarketInstrumentKind
{
    Perpetual,
    Future,
    Call,
    Put,

    /// <summary>A fixed set of lots of other instruments, its legs.</summary>
    Strategy,
    PowerPerpetual,
    PerpetualCall,
    PerpetualPut,
}

/// <summary>An account and what is paid into it when it is opened.</summary>
public sealed record MarketAccount
{
    /// <summary>From 16 on: those below belong to the venue.</summary>
    public required uint AccountId { get; init; }

    public long DepositAtoms { get; init; }

    /// <summary>
    /// Ethereum address of its owner, with 0x; null: the account's number. Money goes between accounts of one owner.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>Which of a schedule's fees it pays, 0 to 7.</summary>
    public uint FeeTier { get; init; }

    /// <summary>What is paid in beside the quote asset; null: nothing.</summary>
    public IReadOnlyList<MarketDeposit>? Deposits { get; init; }
}

/// <summary>Who may connect with a key, and as what.</summary>
public sealed record MarketParticipant
{
    public required ulong KeyId { get; init; }

    /// <summary>The account that it trades for; 0 for a source of oracle reports.</summary>
    public uint AccountId { get; init; }
}

/// <summary>What instruments are written on. A price tick of its instruments is a whole number of its own ticks.</summary>
public sealed record MarketUnderlying
{
    public required uint UnderlyingId { get; init; }

    public required string Symbol { get; init; }

    /// <summary>Ticks in one unit of the quote asset; for people.</summary>
    public int TicksPerUnit { get; init; } = 100;

    /// <summary>Value of one tick for one lot of delta 1.</summary>
    public long AtomsPerTick { get; init; } = 100;

    /// <summary>Ticks of the underlying in one price tick of its instruments.</summary>
    public int TicksPerPriceTick { get; init; } = 10;

    /// <summary>Fresh oracle sources that a price needs.</summary>
    public byte OracleQuorum { get; init; } = 1;

    /// <summary>The threshold is the larger of the two.</summary>
    public long SettlementThresholdTicks { get; init; } = 1;

    public uint SettlementThresholdPpm { get; init; } = 300;

    public ulong SettlementIntervalNanos { get; init; } = 200_000_000;

    public ulong OracleMaxAgeNanos { get; init; } = 2_000_000_000;

    public ulong RiskTimeoutNanos { get; init; } = 1_000_000_000;

    public uint InitialMarginPpm { get; init; } = 100_000;

    public uint ShortOptionMarginPpm { get; init; } = 150_000;

    public uint ShortOptionMinimumPpm { get; init; } = 100_000;

    /// <summary>Sent with the listing, and again after each restart; null: no rules and no keys.</summary>
    public MarketOracle? Oracle { get; init; }

    /// <summary>Added to every requirement, in millionths of it.</summary>
    public uint MarginBufferPpm { get; init; }

    /// <summary>Of its expiries; sent once, behind the listing, and later by an operator (hftdelta control surface).</summary>
    public IReadOnlyList<MarketVolatilities>? Volatilities { get; init; }
}

/// <summary>An instrument. Its expiry is either a moment or a time after listing, which listing turns into a moment.</summary>
public sealed record MarketInstrument
{
    public required uint InstrumentId { get; init; }

    public required uint UnderlyingId { get; init; }

    /// <summary>Always written: the first kind is what a missing one would read as.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required MarketInstrumentKind Kind { get; init; }

    public required string Symbol { get; init; }

    /// <summary>In ticks of the underlying; 0 unless an option, dated or perpetual.</summary>
    public long StrikeTicks { get; init; }

    /// <summary>In 2^-48 per square root of a year; 0 unless an option or a power perpetual.</summary>
    public long VolatilityQ48 { get; init; }

    /// <summary>0: none, or see <see cref="ExpiresAfterNanos"/>.</summary>
    public ulong ExpiryTimeNanos { get; init; }

    /// <summary>From the moment of listing on; 0 when the expiry is a moment or there is none.</summary>
    public ulong ExpiresAfterNanos { get; init; }

    /// <summary>How a perpetual kind is funded; null: it is a perpetual without funding, or dated.</summary>
    public MarketFunding? Funding { get; init; }

    /// <summary>The delta index follows the mark at every so many intervals; 0: never, or at each for a perpetual kind.</summary>
    public uint TrueUpEvery { get; init; }

    /// <summary>Of an option or a future: time from expiry to delivery; 0: it is settled in cash alone.</summary>
    public ulong DeliveryNanos { get; init; }

    /// <summary>Of what is not delivered by then, in millionths of its value at the expiry's price.</summary>
    public uint DeliveryPenaltyPpm { get; init; }

    /// <summary>Of a strategy: what a lot of it consists of; null otherwise.</summary>
    public IReadOnlyList<MarketLeg>? Legs { get; init; }

    /// <summary>Sent with the listing, and again after each restart; null: none.</summary>
    public MarketRules? Rules { get; init; }

    /// <summary>What its trades and settlements cost; 0: nothing. Sent as the rules are.</summary>
    public ushort FeeScheduleId { get; init; }
}

/// <summary>One leg of a strategy.</summary>
public sealed record MarketLeg
{
    /// <summary>Listed before the strategy, on the same underlying, and no strategy itself.</summary>
    public required uint InstrumentId { get; init; }

    /// <summary>Lots of it bought for each lot of the strategy that is bought, -8 to 8; negative: sold.</summary>
    public required int Ratio { get; init; }
}

/// <summary>
/// What a venue lists and whom it lets in: <c>market.json</c>. A venue that lists a market writes it beside its journal with
/// every expiry as a moment, so that a restart and its clients read the same terms. Immutable.
/// </summary>
public sealed record MarketSettings
{
    public const string FileName = "market.json";
    public const string SchemaName = "hftdelta.market/1";

    private const int UnreadableError = 1010;
    private const int UnwritableError = 1011;
    private const int TimesError = 1012;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = true,
    };

    public string Schema { get; init; } = SchemaName;

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    public IReadOnlyList<MarketAccount> Accounts { get; init; } = [];

    public IReadOnlyList<MarketParticipant> Participants { get; init; } = [];

    public IReadOnlyList<MarketFeeSchedule> FeeSchedules { get; init; } = [];

    /// <summary>Collateral beside the quote asset, in the order of their ids, from 1.</summary>
    public IReadOnlyList<MarketAsset> Assets { get; init; } = [];

    /// <summary>In which everything is signed; left out: that of development.</summary>
    public MarketDomain? Domain { get; init; }

    /// <summary>The same as those who sign and verify take it.</summary>
    internal CommitmentDomain SignedDomain => (Domain ?? new MarketDomain()).Signed;

    /// <summary>What accounts may borrow against their claims; null: there is no such rule.</summary>
    public MarketPool? SettlementPool { get; init; }

    /// <summary>In the order of their ids, from 1.</summary>
    public required IReadOnlyList<MarketUnderlying> Underlyings { get; init; }

    /// <summary>In the order of their ids, from 1.</summary>
    public required IReadOnlyList<MarketInstrument> Instruments { get; init; }

    /// <summary>Who may change parameters once the market is listed; null: its operator, as he likes.</summary>
    public MarketGovernance? Governance { get; init; }

    /// <exception cref="OperatorException">The file is missing, malformed, or says what no market can be.</exception>
    public static MarketSettings Read(string path)
    {
        try
        {
            var text = File.ReadAllBytes(path);
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
            using (var document = JsonDocument.Parse(text, options))
            {
                if (MarketDomain.OldKeyOf(document.RootElement) is { } moved)
                {
                    throw new JsonException(moved);
                }
            }

            var read = JsonSerializer.Deserialize<MarketSettings>(text, Json)
                ?? throw new JsonException("it says null");
            return read.FaultOf() is { } fault ? throw new JsonException(fault) : read;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                UnreadableError, ExitCode.Usage, $"the market {path} cannot be read: {fault.Message.TrimEnd('.')}",
                "correct it; a venue writes one beside its journal that can serve as an example", fault);
        }
    }

    /// <summary>Writes it as a whole: a reader sees the file entire or not at all.</summary>
    /// <exception cref="OperatorException">The file cannot be written.</exception>
    public void Write(string path)
    {
        try
        {
            var next = path + ".next";
            using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
            {
                file.Write(JsonSerializer.SerializeToUtf8Bytes(this, Json));
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                UnwritableError, ExitCode.Usage, $"the market {path} cannot be written: {fault.Message.TrimEnd('.')}",
                "check the directory and its permissions", fault);
        }
    }

    /// <summary>The same with every expiry as a moment.</summary>
    /// <param name="nowNanos">Of listing.</param>
    /// <exception cref="OperatorException">An expiry has passed.</exception>
    internal MarketSettings ListedAt(ulong nowNanos)
    {
        var listed = this with
        {
            Underlyings =
            [
                .. Underlyings.Select(underlying => underlying.Volatilities is { } slices
                    ? underlying with { Volatilities = [.. slices.Select(slice => MomentOf(slice, nowNanos))] }
                    : underlying),
            ],
            Instruments =
            [
                .. Instruments.Select(instrument => instrument.ExpiresAfterNanos == 0
                    ? instrument
                    : instrument with { ExpiryTimeNanos = nowNanos + instrument.ExpiresAfterNanos, ExpiresAfterNanos = 0 }),
            ],
        };
        return listed.Instruments.FirstOrDefault(instrument => instrument.ExpiryTimeNanos is > 0 and var time && time <= nowNanos)
            is { } late
            ? throw new OperatorException(
                TimesError, ExitCode.Usage, $"instrument {late.Symbol} expired before it was listed",
                "give it a later expiry, or begin with an empty journal directory")
            : listed;
    }

    private static MarketVolatilities MomentOf(MarketVolatilities slice, ulong nowNanos) => slice.ExpiresAfterNanos == 0
        ? slice
        : slice with { ExpiryTimeNanos = nowNanos + slice.ExpiresAfterNanos, ExpiresAfterNanos = 0 };

    /// <summary>What is wrong with it; null when nothing is.</summary>
    private string? FaultOf()
    {
        if (Schema != SchemaName)
        {
            return $"its schema is '{Schema}', not '{SchemaName}'";
        }

        if (Domain?.FaultOf() is { } domainFault)
        {
            return domainFault;
        }

        for (var place = 0; place < Underlyings.Count; place++)
        {
            if (Underlyings[place].UnderlyingId != place + 1 || Underlyings[place].TicksPerPriceTick < 1)
            {
                return $"underlying {place + 1} must have this id and ticksPerPriceTick of at least 1";
            }

            if (Underlyings[place].Oracle?.FaultOf() is { } fault)
            {
                return $"underlying {place + 1}: {fault}";
            }

            if (Underlyings[place].Volatilities?.Select(slice => slice.FaultOf()).FirstOrDefault(found => found is not null)
                is { } wrong)
            {
                return $"underlying {place + 1}: an expiry of its volatilities {wrong}";
            }
        }

        for (var place = 0; place < Instruments.Count; place++)
        {
            var instrument = Instruments[place];
            if (instrument.InstrumentId != place + 1 || instrument.UnderlyingId - 1 >= Underlyings.Count)
            {
                return $"instrument {place + 1} must have this id and an underlying that is listed";
            }

            if (instrument.ExpiryTimeNanos != 0 && instrument.ExpiresAfterNanos != 0)
            {
                return $"instrument {instrument.Symbol} has both expiryTimeNanos and expiresAfterNanos";
            }

            if ((MarketStrategies.FaultOf(instrument, Instruments) ?? MarketFunding.FaultOf(instrument, Underlyings)
                ?? instrument.Rules?.Fault()) is { } fault)
            {
                return $"instrument {instrument.InstrumentId} {instrument.Symbol}: {fault}";
            }
        }

        if (MarketStrategies.OverusedLegOf(Instruments) is { } leg)
        {
            return $"instrument {leg} is a leg of more than {MarketStrategies.StrategiesPerLegMax} strategies";
        }

        var doubled = Participants.GroupBy(participant => participant.KeyId).FirstOrDefault(group => group.Count() > 1);
        return doubled is null
            ? MarketMoneyFaults.Of(this) ?? Governance?.FaultOf(this)
            : $"key {doubled.Key} stands there twice";
    }
}
