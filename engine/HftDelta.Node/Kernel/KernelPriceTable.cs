using HftDelta.Node.Cli;

namespace HftDelta.Node.Kernel;

/// <summary>
/// The whole of <c>kernel price</c>: lines in, rows out. It stops at the first malformed line, so that the rows written
/// are those of the lines before it. A first line without any number names the columns. Text is written row by row; JSON
/// only when every line was good.
/// </summary>
public static class KernelPriceTable
{
    public const string Schema = "hftdelta.kernel-price/1";
    public const string Header = "price,delta,gamma,vega,theta,rho";
    private const int LineError = 2703;
    private const int ExitOk = 0;
    private const int ExitUsage = 2;

    /// <returns>The exit code: 0, or 2 for a malformed line.</returns>
    /// <param name="input">The lines.</param>
    /// <param name="output">Where rows go.</param>
    /// <param name="error">Where a malformed line is named.</param>
    /// <param name="format">Text or JSON.</param>
    /// <param name="isPut">What lines are when a header names no column for it; null when one must.</param>
    public static int Run(TextReader input, TextWriter output, TextWriter error, OutputFormat format, bool? isPut)
    {
        KernelPriceColumns? columns = null;
        var isText = format == OutputFormat.Text;
        var rows = new List<KernelPriceRow>();
        var lineNumber = 0;
        if (isText)
        {
            WriteLine(output, Header);
        }

        while (input.ReadLine() is { } text)
        {
            lineNumber++;
            // Files made on Windows may start with a byte order mark.
            var line = lineNumber == 1 ? text.TrimStart('\uFEFF') : text;

            if (KernelPriceLine.IsSkipped(line))
            {
                continue;
            }

            var fields = KernelPriceLine.Fields(line);
            var isHeader = columns is null && KernelPriceColumns.IsHeader(fields);
            columns ??= KernelPriceColumns.Fixed;
            KernelPriceRow row = default;
            if (isHeader
                ? !KernelPriceColumns.TryHeader(fields, isPut, out columns, out var problem)
                : !KernelPriceLine.TryPrice(fields, columns, out row, out problem))
            {
                WriteLine(error, $"error HD{LineError}: line {lineNumber}: {problem}.");
                WriteLine(error, "  next: correct the line; nothing behind it was priced.");
                return ExitUsage;
            }

            if (isHeader)
            {
                continue;
            }

            if (isText)
            {
                WriteLine(output, row.ToString());
            }
            else
            {
                rows.Add(row);
            }
        }

        if (!isText)
        {
            WriteJson(output, rows);
        }

        return ExitOk;
    }

    /// <summary>Digits go out as they are: a JSON writer would send them through a binary double.</summary>
    private static void WriteJson(TextWriter output, List<KernelPriceRow> rows)
    {
        output.Write($"{{\"schema\":\"{Schema}\",\"rows\":[");
        var separator = "";
        foreach (var row in rows)
        {
            output.Write(
                $"{separator}{{\"price\":{row.Price},\"delta\":{row.Delta},\"gamma\":{row.Gamma},"
                + $"\"vega\":{row.Vega},\"theta\":{row.Theta},\"rho\":{row.Rho}}}");
            separator = ",";
        }

        WriteLine(output, "]}");
    }

    /// <summary>The same bytes on every platform.</summary>
    private static void WriteLine(TextWriter writer, string line) => writer.Write(line + "\n");
}
