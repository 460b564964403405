using System.Text.Json;
using System.Text.Json.Serialization;
using HftDelta.Node.Config;

namespace HftDelta.Node.Control;

/// <summary>What an operator can ask a running venue for.</summary>
public enum ControlVerb
{
    /// <summary>What is halted, killed and pending.</summary>
    Status,
    Halt,
    Open,
    PreOpen,
    Auction,
    VolatilityAuction,
    Close,
    Settle,
    Kill,
    Release,
    EndOfDay,
    Rules,
    Group,

    /// <summary>The volatilities of expiries.</summary>
    Surface,

    /// <summary>Perpetual kinds end at a time.</summary>
    Delist,

    /// <summary>From here on the engine behaves as a version.</summary>
    EngineVersion,

    /// <summary>Parameters, their envelopes, proposals and keys.</summary>
    Parameters,

    /// <summary>What the holder of a key says on parameters.</summary>
    Govern,
}

/// <summary>How a request ended.</summary>
public enum ControlResult
{
    /// <summary>Applied, safe, and all work that it left is done.</summary>
    Applied,

    /// <summary>The request makes no sense; nothing was sequenced.</summary>
    Invalid,

    /// <summary>Who asks may not; nothing was sequenced.</summary>
    Denied,

    /// <summary>The engine refused a command of it; what it applied before stands in the commands.</summary>
    Rejected,

    /// <summary>Its time was up: what was sequenced goes on.</summary>
    Unfinished,
}

/// <summary>One request: a line of JSON to the venue's control socket. Immutable.</summary>
public sealed record ControlRequest
{
    public string Schema { get; init; } = ControlJson.SchemaName;

    public required ControlVerb Verb { get; init; }

    /// <summary>Numbers or symbols.</summary>
    public IReadOnlyList<string> Instruments { get; init; } = [];

    /// <summary>Every instrument of these, by number or symbol.</summary>
    public IReadOnlyList<string> Underlyings { get; init; } = [];

    /// <summary>Everything, or everybody.</summary>
    public bool IsVenue { get; init; }

    public uint Account { get; init; }

    public bool CancelOrders { get; init; }

    public uint Group { get; init; }

    /// <summary>The day that is ended; 0: the present one.</summary>
    public ulong Day { get; init; }

    /// <summary>Of the engine's behaviour.</summary>
    public uint Version { get; init; }

    /// <summary>When what is delisted settles, in nanoseconds since 1970.</summary>
    public ulong SettleTimeNanos { get; init; }

    /// <summary>What changes of the rules; null: nothing.</summary>
    public RulesChange? Rules { get; init; }

    /// <summary>Of expiries of the one underlying that is named; one without SVI and strikes is taken back.</summary>
    public IReadOnlyList<MarketVolatilities>? Volatilities { get; init; }

    /// <summary>What the holder of a key says; null: nothing.</summary>
    public GovernanceWord? Word { get; init; }

    /// <summary>The venue answers after this at the latest.</summary>
    public int TimeoutMillis { get; init; } = 10_000;
}

/// <summary>Rules to change; null keeps what is. Immutable.</summary>
public sealed record RulesChange
{
    /// <summary>Begin from no rules instead of from the present ones.</summary>
    public bool Replaces { get; init; }

    public uint? StaticBandPpm { get; init; }

    public uint? DynamicBandPpm { get; init; }

    public uint? BandMinimumTicks { get; init; }

    public long? LotSize { get; init; }

    public long? OrderLotsMax { get; init; }

    public long? PositionLotsMax { get; init; }

    public uint? AccountOrdersMax { get; init; }

    public ulong? OpeningAuctionNanos { get; init; }

    public ulong? VolatilityAuctionNanos { get; init; }

    public IReadOnlyList<MarketIncrement>? Increments { get; init; }

    /// <summary>The rules that come out of it.</summary>
    public MarketRules Over(MarketRules present)
    {
        var basis = Replaces ? new MarketRules() : present;
        return basis with
        {
            StaticBandPpm = StaticBandPpm ?? basis.StaticBandPpm,
            DynamicBandPpm = DynamicBandPpm ?? basis.DynamicBandPpm,
            BandMinimumTicks = BandMinimumTicks ?? basis.BandMinimumTicks,
            LotSize = LotSize ?? basis.LotSize,
            OrderLotsMax = OrderLotsMax ?? basis.OrderLotsMax,
            PositionLotsMax = PositionLotsMax ?? basis.PositionLotsMax,
            AccountOrdersMax = AccountOrdersMax ?? basis.AccountOrdersMax,
            OpeningAuctionNanos = OpeningAuctionNanos ?? basis.OpeningAuctionNanos,
            VolatilityAuctionNanos = VolatilityAuctionNanos ?? basis.VolatilityAuctionNanos,
            Increments = Increments ?? basis.Increments,
        };
    }
}

/// <summary>A command that was sequenced for a request. Immutable.</summary>
/// <param name="Sequence">Its place in the journal; 0 while it is not known.</param>
/// <param name="Message">Its name in the schema.</param>
/// <param name="Reference">The instrument, underlying or account that it names.</param>
/// <param name="Code">Why it was refused; empty when it was applied.</param>
public sealed record ControlCommandLine(long Sequence, string Message, uint Reference, string Code);

/// <summary>An instrument as the engine has it. Immutable.</summary>
public sealed record ControlInstrument
{
    public required uint InstrumentId { get; init; }

    public required uint UnderlyingId { get; init; }

    public required string Symbol { get; init; }

    public required string State { get; init; }

    /// <summary>A change that waits until what trades in it is done; empty: none.</summary>
    public string WantedState { get; init; } = "";

    /// <summary>Work that trades is under way.</summary>
    public bool IsBusy { get; init; }

    /// <summary>When the state ends by itself; 0: when the operator says.</summary>
    public ulong EndTimeNanos { get; init; }

    /// <summary>As an operator commanded them; in answers to <see cref="ControlVerb.Rules"/>.</summary>
    public MarketRules? Rules { get; init; }
}

/// <summary>An account that is killed or in a group. Immutable.</summary>
public sealed record ControlAccount
{
    public required uint AccountId { get; init; }

    public bool IsKilled { get; init; }

    public bool IsEndingOrders { get; init; }

    /// <summary>0: it is in none.</summary>
    public uint Group { get; init; }
}

/// <summary>The venue as a whole. Immutable.</summary>
public sealed record ControlVenue
{
    public bool IsKilled { get; init; }

    public bool IsEndingOrders { get; init; }

    /// <summary>How often the trading day has ended.</summary>
    public ulong Day { get; init; }

    public uint LiveOrders { get; init; }
}

/// <summary>The venue's answer: one line of JSON.</summary>
public sealed record ControlAnswer
{
    public string Schema { get; init; } = ControlJson.SchemaName;

    public ControlVerb Verb { get; init; }

    public ControlResult Result { get; init; }

    /// <summary>The command that the answer's state was told at; 0 where none was.</summary>
    public long StateSequence { get; init; }

    public IReadOnlyList<ControlCommandLine> Commands { get; init; } = [];

    /// <summary>Orders that a kill switch or the end of a day has ended; null: none was asked to.</summary>
    public ulong? CanceledOrders { get; init; }

    public ControlVenue? Venue { get; init; }

    public IReadOnlyList<ControlInstrument> Instruments { get; init; } = [];

    public IReadOnlyList<ControlAccount> Accounts { get; init; } = [];

    public ControlGovernance? Governance { get; init; }

    /// <summary>What became of a word on parameters; null: none was said, or it was not sequenced.</summary>
    public ControlStep? Step { get; init; }

    /// <summary>Applied, and yet something is to be done.</summary>
    public string Warning { get; init; } = "";

    /// <summary>What is wrong, when something is.</summary>
    public string What { get; init; } = "";

    /// <summary>What to do then.</summary>
    public string Next { get; init; } = "";
}

/// <summary>How both sides of the control socket write: one object a line.</summary>
internal static class ControlJson
{
    public const string SchemaName = "hftdelta.control/1";

    /// <summary>A request or an answer is not longer.</summary>
    public const int LineBytesMax = 1 << 20;

    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
