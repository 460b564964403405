using System.Security.Cryptography;
using HftDelta.Aeron;
using HftDelta.Runtime.Time;

namespace HftDelta.Client;

/// <summary>
/// How a client connects and how patient it is. Immutable; <see cref="Validate"/> says everything that is wrong.
/// </summary>
public sealed record VenueClientOptions
{
    /// <summary>The venue keeps as many outcomes of a session, so a window within it can always be asked about.</summary>
    public const int WindowRequestsMax = 1_024;

    /// <summary>Where the venue listens, as <c>HOST:PORT</c>.</summary>
    public required string VenueEndpoint { get; init; }

    /// <summary>Whose client this is.</summary>
    public required KeyId Key { get; init; }

    /// <summary>
    /// The address of this machine that the venue answers to. It must be the one that the venue sees as sender; the port is
    /// drawn by the system for each connection.
    /// </summary>
    public string LocalAddress { get; init; } = "127.0.0.1";

    /// <summary>The session to open or to resume; null: a new one.</summary>
    public SessionId? Session { get; init; }

    public int RequestStreamId { get; init; } = 1;

    public int ReportStreamId { get; init; } = 2;

    /// <summary>Stream of public data; 0: none is wanted.</summary>
    public int MarketDataStreamId { get; init; } = 3;

    /// <summary>How the embedded driver is built; null: with the machine's sockets and the client's clock.</summary>
    public AeronOptions? Aeron { get; init; }

    /// <summary>The clock; null: the machine's. Deadlines are times of the venue, so both clocks must agree.</summary>
    public NanoClock? Clock { get; init; }

    /// <summary>Where session names and nonces come from; simulations hand in a seeded one.</summary>
    public RandomFill Random { get; init; } = RandomNumberGenerator.Fill;

    /// <summary>Requests without outcome at any time; a power of two.</summary>
    public int WindowRequests { get; init; } = 256;

    /// <summary>Reports that may wait for one that is missing; a power of two.</summary>
    public int HeldReports { get; init; } = 256;

    /// <summary>Quotes that the session can keep.</summary>
    public int QuotesMax { get; init; } = 256;

    /// <summary>Each side says something as often; three times as long without a word is a lost connection.</summary>
    public uint KeepAliveMillis { get; init; } = 500;

    /// <summary>The venue cancels what rests when the session is lost.</summary>
    public bool CancelOnDisconnect { get; init; } = true;

    /// <summary>How long an order or a replacement may take to be applied unless it says so itself; 0: for ever.</summary>
    public ulong RequestLifetimeNanos { get; init; } = 1_000_000_000;

    /// <summary>A call with a deadline ends as unknown when it has no outcome as long after it.</summary>
    public ulong AnswerGraceNanos { get; init; } = 4_000_000_000;

    /// <summary>A call without a deadline, as a cancel, ends as unknown when it has no outcome after as long.</summary>
    public ulong AnswerWithinNanos { get; init; } = 5_000_000_000;

    /// <summary>After as long without outcome the venue is asked, by sending the request again.</summary>
    public ulong AskAgainNanos { get; init; } = 100_000_000;

    /// <summary>How long a connection may take from its first packet to established.</summary>
    public ulong HandshakeTimeoutNanos { get; init; } = 2_000_000_000;

    /// <summary>The wait before the second attempt to connect; it doubles up to the longest.</summary>
    public ulong ReconnectDelayNanos { get; init; } = 10_000_000;

    public ulong ReconnectDelayNanosMax { get; init; } = 1_000_000_000;

    /// <exception cref="ArgumentException">Something is out of its range; the message names all of it.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        Require(!string.IsNullOrWhiteSpace(VenueEndpoint), $"{nameof(VenueEndpoint)} is HOST:PORT");
        Require(!string.IsNullOrWhiteSpace(LocalAddress), $"{nameof(LocalAddress)} is an address of this machine");
        Require(IsPowerOfTwo(WindowRequests) && WindowRequests <= WindowRequestsMax,
            $"{nameof(WindowRequests)} is a power of two up to {WindowRequestsMax}");
        Require(IsPowerOfTwo(HeldReports), $"{nameof(HeldReports)} is a power of two");
        Require(QuotesMax is >= 0 and <= Orders.ClientOrderIds.QuotesMax,
            $"{nameof(QuotesMax)} is 0 to {Orders.ClientOrderIds.QuotesMax}");
        Require(ReportStreamId != 0 && ReportStreamId != MarketDataStreamId,
            $"{nameof(ReportStreamId)} is not 0 and not {nameof(MarketDataStreamId)}");
        Require(KeepAliveMillis is >= 100 and <= 60_000, $"{nameof(KeepAliveMillis)} is 100 to 60000");
        Require(AskAgainNanos > 0, $"{nameof(AskAgainNanos)} is above 0");
        Require(AnswerGraceNanos > 0, $"{nameof(AnswerGraceNanos)} is above 0");
        Require(AnswerWithinNanos > 0, $"{nameof(AnswerWithinNanos)} is above 0");
        Require(HandshakeTimeoutNanos > 0, $"{nameof(HandshakeTimeoutNanos)} is above 0");
        Require(ReconnectDelayNanos > 0 && ReconnectDelayNanos <= ReconnectDelayNanosMax,
            $"{nameof(ReconnectDelayNanos)} is above 0 and at most {nameof(ReconnectDelayNanosMax)}");
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", faults));
        }

        void Require(bool holds, string rule)
        {
            if (!holds)
            {
                faults.Add(rule);
            }
        }
    }

    private static bool IsPowerOfTwo(int value) => value > 0 && (value & (value - 1)) == 0;
}
