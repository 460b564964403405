using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using HftDelta.Aeron.Sockets;

namespace HftDelta.Tests.Aeron.Recorded;

/// <summary>What happened at one moment of a recording: a datagram that passed the relay, or a word of an application.</summary>
internal sealed record RecordedMoment(ulong TimeNanos)
{
    /// <summary>Null when an application spoke.</summary>
    public byte[]? Datagram { get; init; }

    public bool IsFromPublisher { get; init; }

    /// <summary>What the relay did with the datagram.</summary>
    public string Fate { get; init; } = "";

    /// <summary>Of the publisher's application; otherwise of the subscriber's.</summary>
    public bool IsPublisherWord { get; init; }

    public string Word { get; init; } = "";
}

/// <summary>A message as the recorded subscriber told it.</summary>
internal sealed record RecordedMessage(int SessionId, int Length, long Position, string Checksum);

/// <summary>One recorded conversation of two official drivers through a relay at port 24330.</summary>
internal sealed class RecordedScenario
{
    public const string Relay = "127.0.0.1:24330";
    public const int StreamId = 1001;

    private readonly Dictionary<string, string> _parameters;

    private RecordedScenario(string name, JsonDocument document)
    {
        Name = name;
        _parameters = document.RootElement.GetProperty("params").EnumerateObject()
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetString()!);
        Moments = [.. document.RootElement.GetProperty("timeline").EnumerateArray().Select(MomentOf)];
        Messages =
        [
            .. Words(isPublisher: false).Where(IsMessage).Select(word => new RecordedMessage(
                (int)NumberIn(word, "session"),
                (int)NumberIn(word, "len"),
                NumberIn(word, "position"),
                word.Split("crc32=")[1])),
        ];
        Fragments =
        [
            .. Words(isPublisher: false).Where(IsFragment).Select(word => NumberIn(word, "position")),
        ];
    }

    public string Name { get; }

    public IReadOnlyList<RecordedMoment> Moments { get; }

    /// <summary>What the subscriber's application received, in its order; in 14 also the client's own answers.</summary>
    public IReadOnlyList<RecordedMessage> Messages { get; }

    /// <summary>Positions behind fragments that were told without their bytes.</summary>
    public IReadOnlyList<long> Fragments { get; }

    public string SubscriptionChannel => _parameters["sub_channel"];

    /// <summary>Where the subscriber listens.</summary>
    public SocketEndpoint SubscriberAddress =>
        SocketEndpoint.Parse(SubscriptionChannel.Split("endpoint=")[1].Split('|')[0]);

    public string? Parameter(string name) => _parameters.GetValueOrDefault(name);

    public static RecordedScenario Read(string name)
    {
        using var document = VectorFiles.Read(name);
        return new RecordedScenario(name, document);
    }

    public static bool IsMessage(string word) => word.StartsWith("message ", StringComparison.Ordinal);

    public static bool IsFragment(string word) => word.StartsWith("fragment ", StringComparison.Ordinal);

    /// <summary>The number behind a name and an equals sign.</summary>
    public static long NumberIn(string word, string name) => long.Parse(
        Regex.Match(word, $@"\b{name}=(-?\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    public IEnumerable<string> Words(bool isPublisher) => Moments
        .Where(moment => moment.Datagram is null && moment.IsPublisherWord == isPublisher).Select(moment => moment.Word);

    public IEnumerable<byte[]> Datagrams(bool isFromPublisher) => Moments
        .Where(moment => moment.Datagram is not null && moment.IsFromPublisher == isFromPublisher)
        .Select(moment => moment.Datagram!);

    private static RecordedMoment MomentOf(JsonElement entry)
    {
        var time = entry.GetProperty("t_us").GetUInt64() * 1_000;
        return entry.TryGetProperty("hex", out var hex)
            ? new RecordedMoment(time)
            {
                Datagram = Convert.FromHexString(hex.GetString()!),
                IsFromPublisher = entry.GetProperty("dir").GetString() == "pub->sub",
                Fate = entry.GetProperty("fate").GetString()!,
            }
            : new RecordedMoment(time)
            {
                IsPublisherWord = entry.GetProperty("api").GetString() == "pub",
                Word = entry.GetProperty("event").GetString()!,
            };
    }
}
