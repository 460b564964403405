using HftDelta.Node.Cli;

return CommandLine.Run(args, Console.Out, Console.Error);
