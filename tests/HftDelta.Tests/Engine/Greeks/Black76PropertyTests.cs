using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;
using NUnit.Framework;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>
/// What holds for every option; slopes up to twice the error that the kernel promises: 2^-50 of the forward. A long run puts
/// 1e8 options through each of the six properties.
/// </summary>
[TestFixture]
[CancelAfter(620_000)]
public sealed class Black76PropertyTests
{
    private const ulong Seed = 1_976;
    private const int SlackBits = 50;

    [Test]
    public void Prices_and_deltas_stay_within_their_bounds()
    {
        ForEach(static input =>
        {
            var result = Black76Kernel.Evaluate(input);
            var isCall = input.Kind == OptionKind.Call;
            var difference = Q62(input.Forward) - Q62(input.Strike);
            var intrinsic = Int128.Max(0, isCall ? difference : -difference);
            Demand.That(result.PriceQ62 >= intrinsic, "price below intrinsic value");
            Demand.That(result.PriceQ62 <= Q62(isCall ? input.Forward : input.Strike), "price above its bound");
            var magnitude = isCall ? result.DeltaQ62 : -result.DeltaQ62;
            Demand.That(magnitude is >= 0 and <= 1L << 62, "delta out of bounds");
        });
    }

    [Test]
    public void Parity_is_exact()
    {
        ForEach(static input =>
        {
            var call = Black76Kernel.Evaluate(input with { Kind = OptionKind.Call });
            var put = Black76Kernel.Evaluate(input with { Kind = OptionKind.Put });
            Demand.That(call.PriceQ62 - put.PriceQ62 == Q62(input.Forward) - Q62(input.Strike), "parity of prices");
            Demand.That(call.DeltaQ62 - put.DeltaQ62 == 1L << 62, "parity of deltas");
            Demand.That(call.DeltaNearest.Value - put.DeltaNearest.Value == DeltaUnits.One.Value, "parity of rounded deltas");
        });
    }

    [Test]
    public void Price_of_a_call_rises_with_the_forward_and_its_delta_too()
    {
        ForEach(static input =>
        {
            var call = input with { Kind = OptionKind.Call };
            var higher = call with { Forward = Above(call.Forward) };
            var (low, high) = (Black76Kernel.Evaluate(call), Black76Kernel.Evaluate(higher));
            Demand.That(high.PriceQ62 >= low.PriceQ62 - Slack(higher), "price falls with the forward");
            Demand.That(high.DeltaQ62 >= low.DeltaQ62 - (1L << (62 - SlackBits)), "delta falls with the forward");
            Demand.That(high.PriceQ62 - low.PriceQ62 <= Q62(higher.Forward) - Q62(call.Forward) + Slack(higher), "slope above 1");
        });
    }

    [Test]
    public void Price_of_a_call_falls_with_the_strike_and_that_of_a_put_rises()
    {
        ForEach(static input =>
        {
            var higher = input with { Strike = Above(input.Strike) };
            var change = Black76Kernel.Evaluate(higher).PriceQ62 - Black76Kernel.Evaluate(input).PriceQ62;
            Demand.That(input.Kind == OptionKind.Call ? change <= Slack(input) : change >= -Slack(input), "slope in the strike");
        });
    }

    [Test]
    public void Price_rises_with_volatility_and_with_time()
    {
        ForEach(static input =>
        {
            var price = Black76Kernel.Evaluate(input).PriceQ62;
            var volatility = long.Min(input.Volatility.Value + 1 + (input.Volatility.Value >> 9), VolatilityQ48.Max.Value);
            var livelier = Black76Kernel.Evaluate(input with { Volatility = new VolatilityQ48(volatility) });
            Demand.That(livelier.PriceQ62 >= price - Slack(input), "price falls with volatility");
            var time = input.TimeToExpiryNanos + 1 + (input.TimeToExpiryNanos >> 9);
            var longer = Black76Kernel.Evaluate(input with { TimeToExpiryNanos = time });
            Demand.That(longer.PriceQ62 >= price - Slack(input), "price falls with time");
        });
    }

    [Test]
    public void Call_on_the_forward_is_a_put_with_forward_and_strike_exchanged()
    {
        ForEach(static input =>
        {
            var call = Black76Kernel.Evaluate(input with { Kind = OptionKind.Call });
            var put = Black76Kernel.Evaluate(new Black76Input(
                input.Strike, input.Forward, input.Volatility, input.TimeToExpiryNanos, OptionKind.Put));
            var larger = input.Forward > input.Strike ? input : input with { Forward = input.Strike };
            Demand.That(Int128.Abs(call.PriceQ62 - put.PriceQ62) <= Slack(larger), "exchange of forward and strike");
        });
    }

    [Test]
    public void Evaluation_allocates_nothing()
    {
        var input = new OptionSamples(Seed).Next();
        Black76Kernel.Evaluate(input);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++)
        {
            Black76Kernel.Evaluate(input);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void ForEach(Action<Black76Input> check)
    {
        const int block = 100_000;
        Histories.Run(
            LongSuite.Seed(Seed), LongSuite.Volume(1_000_000, 100_000_000) / block, TimeSpan.FromMinutes(10), (seed, _) =>
        {
            var samples = new OptionSamples(seed);
            for (var sample = 0; sample < block; sample++)
            {
                Check(check, samples.Next(), sample);
            }
        }, $"times {block:N0} options");
    }

    private static void Check(Action<Black76Input> check, Black76Input input, int sample)
    {
        try
        {
            check(input);
        }
        catch (InvalidOperationException fault)
        {
            throw new InvalidOperationException($"sample {sample}, {input}", fault);
        }
    }

    private static Int128 Q62(PriceTicks price) => (Int128)price.Value << Black76Result.FractionBits;

    private static Int128 Slack(Black76Input input) => Q62(input.Forward) >> SlackBits;

    private static PriceTicks Above(PriceTicks price) =>
        new(long.Min(price.Value + 1 + (price.Value >> 9), Black76Input.PriceMax));
}
