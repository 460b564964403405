using System.Globalization;

namespace HftDelta.Node.Kernel;

/// <summary>
/// Which column of a line holds what. Without a header the order is fixed; a header names columns in any order, by the
/// names that common tables of options use, and other columns are ignored. Immutable.
/// </summary>
internal sealed class KernelPriceColumns
{
    /// <summary>The order without a header.</summary>
    public static readonly KernelPriceColumns Fixed = new(
        [Role.Forward, Role.Strike, Role.Volatility, Role.Seconds, Role.Kind], isFixed: true, isPut: null);

    private const int SecondsPerYear = 31_536_000;

    private static readonly Dictionary<string, Role> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["forward"] = Role.Forward,
        ["underlying_price"] = Role.Forward,
        ["futures_price"] = Role.Forward,
        ["spot"] = Role.Spot,
        ["s"] = Role.Spot,
        ["strike"] = Role.Strike,
        ["k"] = Role.Strike,
        ["volatility"] = Role.Volatility,
        ["vol"] = Role.Volatility,
        ["v"] = Role.Volatility,
        ["implied_volatility"] = Role.Volatility,
        ["mark_iv"] = Role.VolatilityPercent,
        ["seconds"] = Role.Seconds,
        ["years"] = Role.Years,
        ["t_years"] = Role.Years,
        ["t"] = Role.Years,
        ["timestamp_ms"] = Role.StartMillis,
        ["expiration_timestamp_ms"] = Role.EndMillis,
        ["timestamp"] = Role.StartText,
        ["expiry_datetime"] = Role.EndText,
        ["kind"] = Role.Kind,
        ["type"] = Role.Kind,
        ["option_type"] = Role.Kind,
        ["rate"] = Role.Rate,
        ["r"] = Role.Rate,
        ["yield"] = Role.Yield,
        ["q"] = Role.Yield,
    };

    private readonly int[] _indexes = new int[(int)Role.Count];
    private readonly int _columnCount;
    private readonly bool _isFixed;
    private readonly bool? _isPut;

    private KernelPriceColumns(ReadOnlySpan<Role> roles, bool isFixed, bool? isPut)
    {
        Array.Fill(_indexes, -1);
        _columnCount = roles.Length;
        _isFixed = isFixed;
        _isPut = isPut;
        for (var index = roles.Length - 1; index >= 0; index--)
        {
            if (roles[index] != Role.Count)
            {
                // The first of two columns that say the same counts.
                _indexes[(int)roles[index]] = index;
            }
        }
    }

    private enum Role
    {
        Forward,
        Spot,
        Strike,
        Volatility,
        VolatilityPercent,
        Seconds,
        Years,
        StartMillis,
        EndMillis,
        StartText,
        EndText,
        Kind,
        Rate,
        Yield,

        /// <summary>How many there are, and a column that means nothing here.</summary>
        Count,
    }

    /// <summary>True for a line in which no field is a number: it names the columns.</summary>
    public static bool IsHeader(string[] fields) =>
        fields.Length > 1 && !Array.Exists(fields, static field => field.Length == 0 || DecimalNumber.TryParse(field, out _));

    /// <param name="fields">Of the header.</param>
    /// <param name="isPut">What every line is when no column says it.</param>
    /// <param name="columns">What they mean, when true.</param>
    /// <param name="problem">What is missing, when false.</param>
    public static bool TryHeader(string[] fields, bool? isPut, out KernelPriceColumns columns, out string problem)
    {
        var roles = Array.ConvertAll(fields, static field => Names.GetValueOrDefault(field, Role.Count));
        columns = new KernelPriceColumns(roles, isFixed: false, isPut);
        problem = columns.Missing() is { } missing ? $"the header names no column for {missing}" : "";
        return problem.Length == 0;
    }

    public bool TryRead(string[] fields, out KernelPriceOption option, out string problem)
    {
        option = default;
        if (fields.Length != _columnCount)
        {
            problem = _isFixed
                ? $"{fields.Length} fields; write five: forward,strike,volatility,seconds,C|P"
                : $"{fields.Length} fields; write {_columnCount}, as the header has";
            return false;
        }

        var isSpot = !Has(Role.Forward);
        var carry = default(SpotCarry);
        if (!TryNumber(fields, isSpot ? Role.Spot : Role.Forward, Range.Positive, out var underlying, out problem)
            || !TryNumber(fields, Role.Strike, Range.Positive, out var strike, out problem)
            || !TryVolatility(fields, out var volatility, out problem)
            || !TrySeconds(fields, out var seconds, out problem)
            || !TryKind(fields, out var isPut, out problem)
            || (isSpot && !TryCarry(fields, out carry, out problem)))
        {
            return false;
        }

        option = new KernelPriceOption(underlying, strike, volatility, seconds, isPut, isSpot ? carry : null);
        return true;
    }

    private string? Missing() =>
        !Has(Role.Forward) && !Has(Role.Spot) ? "the forward (forward, underlying_price, futures_price; or spot, S with rate, r)"
        : !Has(Role.Forward) && !Has(Role.Rate) ? "the rate that carries spot to the forward (rate, r)"
        : !Has(Role.Strike) ? "the strike (strike, K)"
        : !Has(Role.Volatility) && !Has(Role.VolatilityPercent) ? "the volatility (vol, v, implied_volatility, mark_iv)"
        : !HasTime() ? "the time to expiry (seconds, t_years, t, or timestamps of start and expiry)"
        : !Has(Role.Kind) && _isPut is null ? "the kind (kind, type, option_type); add one, or give --kind"
        : null;

    private bool Has(Role role) => _indexes[(int)role] >= 0;

    private bool HasTime() => Has(Role.Seconds) || Has(Role.Years) || (Has(Role.StartMillis) && Has(Role.EndMillis))
        || (Has(Role.StartText) && Has(Role.EndText));

    private string Text(string[] fields, Role role) => fields[_indexes[(int)role]];

    private bool TryNumber(string[] fields, Role role, Range range, out DecimalNumber number, out string problem)
    {
        var name = role switch
        {
            Role.VolatilityPercent => "volatility",
            Role.StartMillis => "start",
            Role.EndMillis => "expiry",
            _ => role.ToString().ToLowerInvariant(),
        };
        if (!DecimalNumber.TryParse(Text(fields, role), out number))
        {
            problem = $"{name} is not a decimal number; write it like 60000, 0.65 or 1e-5";
            return false;
        }

        problem = range != Range.Any && (number.IsNegative || (number.IsZero && range == Range.Positive))
            ? $"{name} is out of range; write a number {(range == Range.Positive ? "above 0" : "of 0 or more")}"
            : "";
        return problem.Length == 0;
    }

    private bool TryVolatility(string[] fields, out DecimalNumber volatility, out string problem)
    {
        var isPercent = !Has(Role.Volatility);
        var isGood = TryNumber(
            fields, isPercent ? Role.VolatilityPercent : Role.Volatility, Range.NotNegative, out volatility, out problem);
        volatility = isPercent ? volatility.TimesTenToThe(-2) : volatility;
        return isGood;
    }

    private bool TrySeconds(string[] fields, out DecimalNumber seconds, out string problem)
    {
        if (Has(Role.Seconds))
        {
            return TryNumber(fields, Role.Seconds, Range.NotNegative, out seconds, out problem);
        }

        if (Has(Role.Years))
        {
            var isGood = TryNumber(fields, Role.Years, Range.NotNegative, out var years, out problem);
            seconds = years with { Digits = years.Digits * SecondsPerYear };
            return isGood;
        }

        return Has(Role.StartMillis) && Has(Role.EndMillis)
            ? TryMillis(fields, out seconds, out problem)
            : TryTexts(fields, out seconds, out problem);
    }

    private bool TryMillis(string[] fields, out DecimalNumber seconds, out string problem)
    {
        seconds = default;
        if (!TryNumber(fields, Role.StartMillis, Range.NotNegative, out var start, out problem)
            || !TryNumber(fields, Role.EndMillis, Range.NotNegative, out var end, out problem))
        {
            return false;
        }

        if (!start.TryScale(0, out var wholeStart) || !end.TryScale(0, out var wholeEnd))
        {
            problem = "a timestamp has a fraction; write whole milliseconds since 1970";
            return false;
        }

        seconds = new DecimalNumber(wholeEnd - wholeStart, -3);
        problem = seconds.IsNegative ? "the option has expired; write an expiry that is not before its time" : "";
        return problem.Length == 0;
    }

    private bool TryTexts(string[] fields, out DecimalNumber seconds, out string problem)
    {
        seconds = default;
        const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParse(Text(fields, Role.StartText), CultureInfo.InvariantCulture, Universal, out var start)
            || !DateTimeOffset.TryParse(Text(fields, Role.EndText), CultureInfo.InvariantCulture, Universal, out var end))
        {
            problem = "a timestamp is not a date and time; write it like 2026-01-30T04:25:15.531747+00:00";
            return false;
        }

        // A tick of the library is 100 ns.
        seconds = new DecimalNumber(end.Ticks - start.Ticks, -7);
        problem = seconds.IsNegative ? "the option has expired; write an expiry that is not before its time" : "";
        return problem.Length == 0;
    }

    /// <summary>Tables write the word; the fixed order keeps to one letter.</summary>
    private bool TryKind(string[] fields, out bool isPut, out string problem)
    {
        if (!Has(Role.Kind))
        {
            isPut = _isPut ?? false;
            problem = "";
            return true;
        }

        var text = Text(fields, Role.Kind);
        isPut = IsKind(text, "P", "put");
        problem = isPut || IsKind(text, "C", "call") ? "" : "the kind is neither C nor P; write C for a call, P for a put";
        return problem.Length == 0;
    }

    private bool IsKind(string text, string letter, string word) =>
        text.Equals(letter, StringComparison.OrdinalIgnoreCase)
        || (!_isFixed && text.Equals(word, StringComparison.OrdinalIgnoreCase));

    private bool TryCarry(string[] fields, out SpotCarry carry, out string problem)
    {
        carry = default;
        var yield = default(DecimalNumber);
        if (!TryNumber(fields, Role.Rate, Range.Any, out var rate, out problem)
            || (Has(Role.Yield) && !TryNumber(fields, Role.Yield, Range.Any, out yield, out problem)))
        {
            return false;
        }

        carry = new SpotCarry(rate, yield);
        return true;
    }

    private enum Range
    {
        Any,
        NotNegative,
        Positive,
    }
}
