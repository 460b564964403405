using HftDelta.Engine.Greeks;
using HftDelta.Primitives.Units;

namespace HftDelta.Tests.Engine.Greeks;

/// <summary>Random options of every size: most of them where the result is neither nothing nor everything.</summary>
internal sealed class OptionSamples(ulong seed)
{
    private readonly SeededWords _words = new(seed);

    public Black76Input Next()
    {
        var forward = _words.LogUniform(62);
        var volatility = new VolatilityQ48(long.Min(_words.LogUniform(55), VolatilityQ48.Max.Value));
        var time = (ulong)_words.LogUniform(62);
        var kind = (OptionKind)_words.Below(2);
        var strike = Strike(forward, volatility, time);
        return new Black76Input(new PriceTicks(forward), new PriceTicks(strike), volatility, time, kind);
    }

    private long Strike(long forward, VolatilityQ48 volatility, ulong time)
    {
        switch (_words.Below(8))
        {
            case 0:
                return _words.LogUniform(62);
            case 1:
                return long.Clamp(forward + _words.Below(9) - 4, 1, Black76Input.PriceMax);
            default:
                // Doubles only choose the sample: so many total volatilities away from the forward.
                var total = volatility.Value / Math.Pow(2, 48) * Math.Sqrt(time / 31_536e12);
                var distance = ((_words.Next() >> 11) / Math.Pow(2, 53) * 24) - 12;
                var strike = forward * Math.Exp(distance * total);
                return strike < 1 ? 1 : strike > 4e18 ? Black76Input.PriceMax : (long)strike;
        }
    }
}
