using System.CommandLine;

namespace HftDelta.Node.Cli;

/// <summary>A verb whose result is rows: <c>--output csv</c> is for these alone.</summary>
internal sealed class TableCommand(string name, string description) : Command(name, description);
