using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HftDelta.Node.Cli;
using HftDelta.Node.Kernel;
using HftDelta.Tests.Engine.Greeks;
using NUnit.Framework;

namespace HftDelta.Tests.Node.Kernel;

[TestFixture]
[CancelAfter(20_000)]
public sealed class KernelPriceTableTests
{
    private const string Header = "price,delta,gamma,vega,theta,rho\n";

    /// <summary>What <c>100,90,0,0,C</c> is worth.</summary>
    private const string InTheMoney =
        "10.000000000000,1.000000000000000,0.00000000000000000,0.000000000000000000,0.000000000000000000,0.000000000000000000\n";

    [Test]
    public void Rows_follow_the_header_in_fixed_notation()
    {
        var (exitCode, output, error) = Run("100,90,0,3600,C\n100,90,0,3600,P\n90,100,0,0,p\n100,100,0.2,0,c\n");

        Assert.That(exitCode, Is.Zero);
        Assert.That(error, Is.Empty);
        Assert.That(
            output,
            Is.EqualTo(
                "price,delta,gamma,vega,theta,rho\n"
                + "10.000000000000,1.000000000000000,0.00000000000000000,0.000000000000000000,0.000000000000000000,"
                + "0.010273972602739726\n"
                + "0.000000000000,0.000000000000000,0.00000000000000000,0.000000000000000000,0.000000000000000000,"
                + "0.000000000000000000\n"
                + "10.000000000000,-1.000000000000000,0.0000000000000000,0.000000000000000000,0.000000000000000000,"
                + "0.000000000000000000\n"
                + "0.000000000000,0.500000000000000,0.00000000000000000,0.000000000000000000,0.000000000000000000,"
                + "0.000000000000000000\n"));
    }

    [Test]
    public void Published_table_is_met_through_text()
    {
        var file = ReferenceFile.Open("option_reference/black76_120digit_computed.csv");
        var input = string.Join('\n', file.Rows.Select(row => string.Join(
            ',',
            file.Text(row, "forward"),
            file.Text(row, "strike"),
            file.Text(row, "vol"),
            Seconds(file.Text(row, "t_years")),
            file.Text(row, "type") == "call" ? "C" : "P")));

        var (exitCode, output, _) = Run(input);

        Assert.That(exitCode, Is.Zero);
        var lines = output.TrimEnd('\n').Split('\n')[1..];
        Assert.That(lines, Has.Length.EqualTo(file.Rows.Count));
        foreach (var (line, row) in lines.Zip(file.Rows))
        {
            var fields = line.Split(',').Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray();
            Assert.That(fields[0], Is.EqualTo(file.Number(row, "price")).Within(1e-12 * 60_000), string.Join(',', row));
            Assert.That(fields[1], Is.EqualTo(file.Number(row, "delta_fwd")).Within(1e-12), string.Join(',', row));
        }
    }

    [TestCase("1e-9,1e-9,0.8,86400,C", 1e-9)]
    [TestCase("1e12,1e12,0.8,86400.000,C", 1e12)]
    [TestCase("0.000000123,0.000000123,8e-1,8.64e4,c", 0.000000123)]
    [TestCase("123456789012.123456789012,123456789012.123456789012,0.8,86400,C", 123456789012.123456789012)]
    public void At_the_money_price_is_right_for_forwards_of_every_size(string line, double forward)
    {
        Assert.That(KernelPriceLine.TryPrice(line, out var row, out var problem), Is.True, problem);

        // 2 N(w / 2) - 1 with w = 0.8 sqrt(1 / 365), to 12 digits by its series w (1 - w^2 / 24 + w^4 / 640) / sqrt(2 pi).
        var w = 0.8 / Math.Sqrt(365);
        var expected = forward * w * (1 - (w * w / 24) + (w * w * w * w / 640)) / Math.Sqrt(2 * Math.PI);
        Assert.That(double.Parse(row.Price, CultureInfo.InvariantCulture), Is.EqualTo(expected).Within(1e-11 * forward));
        Assert.That(row.Price, Does.Match("^[0-9]+\\.[0-9]{12,}$"));
    }

    [Test]
    public void Time_below_a_nanosecond_is_not_rounded_away()
    {
        // A quarter of the time and twice the volatility are the same option.
        Assert.That(KernelPriceLine.TryPrice("1,1.000000000001,0.5,1.25e-9,C", out var slow, out _), Is.True);
        Assert.That(KernelPriceLine.TryPrice("1,1.000000000001,1,0.3125e-9,C", out var fast, out _), Is.True);

        Assert.That(slow.Delta, Is.EqualTo(fast.Delta));
        Assert.That(slow.Delta, Does.StartWith("0.49987326"));
    }

    [Test]
    public void Blank_lines_comments_carriage_returns_and_blanks_are_taken()
    {
        var (exitCode, output, _) = Run("\uFEFF# a comment\r\n\r\n   \r\n  # another\r\n 100 , 90 , 0 , 0 , C \r\n100,90,0,0,C");

        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Is.EqualTo($"{Header}{InTheMoney}{InTheMoney}"));
    }

    [TestCase("100,90,0,0", "five")]
    [TestCase("100,90,0,0,C,", "five")]
    [TestCase("forward,90,0,0,C", "forward is not a decimal number")]
    [TestCase("100,x,0,0,C", "strike is not a decimal number")]
    [TestCase("100,90,,0,C", "volatility is not a decimal number")]
    [TestCase("100,90,0,1h,C", "seconds is not a decimal number")]
    [TestCase("0,90,0,0,C", "forward is out of range")]
    [TestCase("100,-90,0,0,C", "strike is out of range")]
    [TestCase("100,90,-0.1,0,C", "volatility is out of range")]
    [TestCase("100,90,0,-1,C", "seconds is out of range")]
    [TestCase("100,90,0,0,call", "neither C nor P")]
    [TestCase("1e-30,1.23456789e30,0,0,C", "too many digits")]
    public void Malformed_line_is_named_and_leaves_no_row(string line, string problem)
    {
        var (exitCode, output, error) = Run($"100,90,0,0,C\n\n{line}\n100,90,0,0,C\n");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(output, Is.EqualTo($"{Header}{InTheMoney}"));
        Assert.That(error, Does.StartWith("error HD2703: line 3: ").And.Contain(problem).And.EndWith("\n"));
        Assert.That(error, Does.Contain("write").IgnoreCase);
    }

    [TestCase("option_reference/black76_120digit_computed.csv")]
    [TestCase("option_reference/quantlib_haug_european.csv")]
    [TestCase("deribit_options/full_greeks_2020-05-21.csv.gz")]
    public void Tables_of_others_are_read_by_the_names_of_their_columns(string name)
    {
        var file = ReferenceFile.Open(name);

        var (exitCode, output, error) = Run(file.Content);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(file.Rows.Count + 1));
    }

    [Test]
    public void Header_gives_the_same_rows_as_the_fixed_order_whatever_the_units()
    {
        var (_, expected, _) = Run("60000,50000,0.65,86400,P\n");
        foreach (var table in (ReadOnlySpan<string>)
        [
            "kind,seconds,volatility,strike,forward\nP,86400,0.65,50000,60000\n",
            "name,TYPE,mark_iv,K,underlying_price,timestamp_ms,expiration_timestamp_ms\nx,put,65,50000,60000,1000,86401000\n",
            "strike,futures_price,implied_volatility,timestamp,expiry_datetime,option_type\n"
                + "50000,60000,0.65,2026-01-30T08:00:00.000000+00:00,2026-01-31T10:00:00+02:00,put\n",
            "# rates of nothing\nS,K,v,t,r,q,type\n60000,50000,0.65,0.0027397260273972602739726027397260274,0,0,put\n",
        ])
        {
            var (exitCode, output, error) = Run(table);
            Assert.That(exitCode, Is.Zero, error);
            // The last digits of the greeks depend on the unit that was chosen and on what was read of the time.
            Assert.That(Numbers(output), Is.EqualTo(Numbers(expected)).Within(1e-10), table);
        }

        static double[] Numbers(string output) =>
            Array.ConvertAll(output.Split('\n')[1].Split(','), text => double.Parse(text, CultureInfo.InvariantCulture));
    }

    [Test]
    public void Spot_with_rates_is_the_discounted_option_of_the_spot_price()
    {
        // Hull, Options, Futures and Other Derivatives: S 42, K 40, r 10 %, 20 %, half a year: call 4.76, put 0.81.
        var (exitCode, output, _) = Run("spot,strike,rate,t_years,vol,kind\n42,40,0.1,0.5,0.2,C\n42,40,0.1,0.5,0.2,P\n");

        Assert.That(exitCode, Is.Zero);
        var rows = output.TrimEnd('\n').Split('\n');
        Assert.That(rows[1], Does.StartWith("4.759422"));
        Assert.That(rows[2], Does.StartWith("0.808599"));
    }

    [TestCase("strike,vol,t,kind", "no column for the forward")]
    [TestCase("spot,strike,vol,t,kind", "no column for the rate")]
    [TestCase("forward,vol,t,kind", "no column for the strike")]
    [TestCase("forward,strike,t,kind", "no column for the volatility")]
    [TestCase("forward,strike,vol,timestamp,kind", "no column for the time")]
    [TestCase("forward,strike,vol,t", "no column for the kind")]
    public void Header_without_a_column_that_is_needed_is_named(string header, string problem)
    {
        var (exitCode, output, error) = Run($"{header}\n");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(output, Is.EqualTo(Header));
        Assert.That(error, Does.StartWith("error HD2703: line 1: ").And.Contain(problem));
    }

    [TestCase("1,1,1,1", "4 fields; write 5")]
    [TestCase("1,1,1,1,X", "neither C nor P")]
    [TestCase("1,x,1,1,call", "strike is not a decimal number")]
    public void Line_that_does_not_fit_the_header_is_named(string line, string problem)
    {
        var (exitCode, _, error) = Run($"forward,strike,vol,t,kind\n1,1,1,1,call\n{line}\n");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.StartWith("error HD2703: line 3: ").And.Contain(problem));
    }

    [Test]
    public void Kind_for_all_lines_stands_in_for_a_column()
    {
        var (_, call, _) = Run("forward,strike,vol,seconds\n100,90,0,0\n", "--kind", "C");
        var (_, put, _) = Run("forward,strike,vol,seconds\n100,110,0,0\n", "--kind", "P");

        Assert.That(call, Is.EqualTo(Header + InTheMoney));
        Assert.That(put, Does.Contain("10.000000000000,-1.000000000000000,"));
    }

    [Test]
    public void File_is_read_like_stdin_and_one_that_is_not_there_is_named()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "100,90,0,0,C\n");
            Assert.That(Run("", path).Output, Is.EqualTo(Header + InTheMoney));
        }
        finally
        {
            File.Delete(path);
        }

        Assert.That(Run("100,90,0,0,C\n", "-").Output, Is.EqualTo(Header + InTheMoney));
        Assert.That(() => Run("", path), Throws.InstanceOf<OperatorException>().With.Message.Contains("error HD2704"));
    }

    [Test]
    public void Json_holds_the_same_digits()
    {
        var (exitCode, output, _) = Run("60000,60000,0.65,86400,C\n60000,50000,0.65,86400,P\n", "--output", "json");
        var (_, text, _) = Run("60000,60000,0.65,86400,C\n60000,50000,0.65,86400,P\n");

        Assert.That(exitCode, Is.Zero);
        using var document = JsonDocument.Parse(output);
        Assert.That(document.RootElement.GetProperty("schema").GetString(), Is.EqualTo("hftdelta.kernel-price/1"));
        var rows = document.RootElement.GetProperty("rows").EnumerateArray()
            .Select(row => string.Join(
                ',', Header.TrimEnd('\n').Split(',').Select(name => row.GetProperty(name).GetRawText())));
        Assert.That(rows, Is.EqualTo(text.TrimEnd('\n').Split('\n')[1..]));
    }

    [Test]
    public void Json_of_a_malformed_input_is_nothing_at_all()
    {
        var (exitCode, output, error) = Run("100,90,0,0,C\nnonsense\n", "--output", "json");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(output, Is.Empty);
        Assert.That(error, Does.StartWith("error HD2703: line 2: ").And.Contain("next:"));
    }

    [Test]
    public void Rows_are_rounded_to_the_nearest_with_the_sign_of_what_is_left()
    {
        Assert.That(KernelPriceRow.FormatNearest(-1, 3, 3), Is.EqualTo("-0.333"));
        Assert.That(KernelPriceRow.FormatNearest(2, 3, 3), Is.EqualTo("0.667"));
        Assert.That(KernelPriceRow.FormatNearest(-1, 10_000, 3), Is.EqualTo("0.000"));
        Assert.That(KernelPriceRow.FormatNearest(12_345, 10, 1), Is.EqualTo("1234.5"));
    }

    /// <summary>Through the command line, with stdin in the place of a pipe.</summary>
    private static (int ExitCode, string Output, string Error) Run(string input, params string[] arguments)
    {
        var root = new RootCommand { KernelCommand.Create(new StringReader(input)) };
        root.Options.Add(OutputOption.Shared);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = root.Parse(["kernel", "price", .. arguments])
            .Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (exitCode, output.ToString(), error.ToString());
    }

    private static string Seconds(string years)
    {
        Assert.That(DecimalNumber.TryParse(years, out var number), Is.True);
        var (numerator, denominator) = number.ToFraction();
        return KernelPriceRow.FormatNearest(numerator * 31_536_000, denominator, 30);
    }
}
