using HftDelta.Client.Orders;
using HftDelta.Primitives.Units;

namespace HftDelta.Client.Samples;

/// <summary>
/// One oracle source: reports a price of each of its underlyings at a fixed interval. Its count of reports begins at the time, so
/// that a source that was restarted goes on above its last report. Owner: one thread.
/// </summary>
public sealed class SampleOracle : SampleClient
{
    private readonly SampleOracleOptions _options;
    private ulong _nextNanos;
    private ulong _sequence;

    public SampleOracle(SampleOracleOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Client, options.Latency)
    {
        _options = options;
    }

    public override string RoleName => "sample-oracle";

    protected override int Act(TimeNanos now)
    {
        if (now.Value < _nextNanos)
        {
            return 0;
        }

        _nextNanos = now.Value + _options.ReportEveryNanos;
        _sequence = Math.Max(_sequence + 1, now.Value);
        var sent = 0;
        for (var place = 0; place < _options.Underlyings.Count; place++)
        {
            var underlying = _options.Underlyings[place];
            var price = _options.Price(underlying, now);
            if (price.Value > 0)
            {
                sent += TryReport(underlying, price, now) ? 1 : 0;
            }
        }

        return sent;
    }

    private bool TryReport(UnderlyingId underlying, PriceTicks price, TimeNanos now)
    {
        var terms = new OracleTerms
        {
            Underlying = underlying,
            Source = _options.Source,
            SourceSequence = _sequence,
            SourceTime = now,
            Price = price,
        };
        var sent = Orders.ReportPrice(in terms, _options.Sign?.Invoke(terms));
        Tally.Refused += sent.IsSent ? 0 : 1;
        return sent.IsSent;
    }
}
