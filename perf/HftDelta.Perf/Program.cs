using HftDelta.Perf;

return BenchCommand.Invoke(args);
